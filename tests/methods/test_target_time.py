"""A target whose features are moved is moved back, without the source and without labels."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift import registry
from myoshift.losses.subspace import Subspace
from myoshift.methods.target_time import AdaBn, MeanTeacher, Ssa, aligned
from myoshift.models.tcn import TCN
from myoshift.predictor import Predictor, Problem
from myoshift.training import Pool, TrainingConfig, fit
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
SOURCE = tuple(make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i, seconds=6) for i in range(2))
TARGET = (make_walk(subject="t", institution="new", seed=5, seconds=6).hidden(),)
SPLIT = Split(name="x", source=SOURCE, unlabelled=TARGET, unlabelled_scope="test_people")
CONFIG = TrainingConfig(steps=20, batch=8, window=40)


@pytest.fixture
def network():
    torch.manual_seed(0)
    model = TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0)
    torch.nn.init.normal_(model.head.weight)
    return model.eval()


def test_a_moved_network_moves_its_features_offline_and_streaming():
    torch.manual_seed(0)
    model = TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0, causal=True).eval()
    motion = torch.tensor(PROBLEM.legs(SOURCE)[0].motion)
    scale, shift = torch.rand(len(model.scale)) + 0.5, torch.randn(len(model.scale))
    twice = model.moved(scale, shift).moved(scale, shift)
    expected = (model.collected([motion]) * scale + shift) * scale + shift
    torch.testing.assert_close(twice.collected([motion]), expected)
    assert torch.equal(model.scale, torch.ones_like(model.scale))


def test_adabn_undoes_a_change_of_scale_and_offset_of_the_features(network):
    source = Pool(PROBLEM.legs(SOURCE))
    method = AdaBn()
    method.finish(network, source)
    spoilt = network.moved(torch.full_like(network.scale, 1.7), torch.full_like(network.shift, 0.3))
    mended = method.adapt(spoilt, source.motions)
    torch.testing.assert_close(
        mended.collected(source.motions), network.collected(source.motions), atol=1e-3, rtol=1e-3
    )


def test_ssa_undoes_a_shift_where_it_matters(network):
    method, source = Ssa(dimensions=4), Pool(PROBLEM.legs(SOURCE))
    method.finish(network, source)
    rows = network.collected(source.motions)
    moved = rows + 2 * rows.std(dim=0) * method.subspace.basis[:, -1]
    scale, shift = aligned(method.subspace, moved)
    before, after = (float(method.subspace.distance(each)) for each in (moved, moved * scale + shift))
    assert after < 0.25 * before


def test_on_the_source_itself_ssa_stays(network):
    rows = network.collected(Pool(PROBLEM.legs(SOURCE)).motions)
    scale, shift = aligned(Subspace.of(rows, torch.eye(len(network.scale))[:2], 4), rows)
    assert (scale - 1).abs().max() < 0.05  # a hundred steps do not end in the optimum, nor alike on every processor
    assert shift.abs().max() < 0.05


def test_the_teacher_is_the_moving_average_of_the_student():
    method = MeanTeacher(decay=0.9)
    model = TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0)
    method.modules(model, Pool(PROBLEM.legs(SOURCE)))
    start = model.head.bias.detach().clone()
    with torch.no_grad():
        model.head.bias += 1
    method.after_step(model, 0.0)
    torch.testing.assert_close(method.mean.head.bias, start + 0.1)
    assert method.finish(model, Pool(PROBLEM.legs(SOURCE))) is method.mean


@pytest.mark.parametrize("name", ["adabn", "ssa", "mean_teacher"])
@pytest.mark.parametrize("causal", [False, True])
def test_it_trains_adapts_and_survives_the_disk(name, causal, tmp_path):
    method = registry.load("methods", name)()
    predictor = fit(method, PROBLEM, SPLIT, CONFIG.model_copy(update={"causal": causal}))
    predictor.save(tmp_path / "model")
    values, again = (p.predict_recording(TARGET[0])[0] for p in (predictor, Predictor.load(tmp_path / "model")))
    assert np.isfinite(values).all()
    np.testing.assert_array_equal(values, again)
