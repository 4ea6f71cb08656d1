import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift import registry
from myoshift.methods.source_only import SourceOnly
from myoshift.models.motion_norm import span
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import Batch, Pool, Trained, TrainingConfig, Windows
from myoshift.types import Split

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "gastrocnemius", "soleus"), 50.0
)


def batch() -> Batch:
    generator = torch.Generator().manual_seed(0)
    motion = torch.randn(4, 50, 3, generator=generator)
    activation = torch.rand(4, 50, 3, generator=generator)
    numbers = torch.zeros(4, dtype=torch.int64)
    return Batch(Windows(motion, span(motion), activation, numbers, numbers, numbers, torch.zeros(4, 3, 3)))


def begun(method: SourceOnly, model: TCN) -> SourceOnly:
    method.modules(model, Pool(PROBLEM.legs([make_walk()])))
    return method


def test_the_correlation_term_has_its_weight():
    model = TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0).eval()
    with torch.no_grad():
        terms = {w: begun(SourceOnly(correlation=w), model).loss(model, batch(), 0.0) for w in (0.05, 0.5, 0.0)}
    assert set(terms[0.05]) == {"task", "correlation"}
    assert terms[0.5]["correlation"] == pytest.approx(10 * float(terms[0.05]["correlation"]))
    assert terms[0.0]["correlation"] == 0
    assert terms[0.0]["task"] == terms[0.5]["task"]


def test_it_learns_to_walk_in_a_new_laboratory():
    source = tuple(make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i, seconds=6) for i in range(3))
    method = registry.load("methods", "source_only")
    assert method is SourceOnly
    predictor = Trained("source_only", PROBLEM, TrainingConfig(steps=150)).fit(Split(name="x", source=source))
    target = make_walk(subject="new", institution="new", seed=9)
    values, names = predictor.predict_recording(target.hidden())
    for site in ("tibialis_anterior_r", "soleus_l"):
        measured = target.activation[:, target.activation_names.index(site)]
        assert np.corrcoef(values[:, names.index(site)], measured)[0, 1] > 0.95
