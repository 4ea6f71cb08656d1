from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from conftest import make_walk
from myoshift import registry
from myoshift.errors import AccessError, MyoshiftError
from myoshift.losses import masked_mse
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.predictor import Predictor, Problem
from myoshift.training import Method, NotFiniteError, Trained, TrainingConfig, fit
from myoshift.types import Split

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus", "gluteus_medius"), 50.0
)
SHORT = TrainingConfig(steps=60, batch=8)
SPLIT = Split(
    name="toy",
    source=tuple(make_walk(subject=f"s{i}", institution=f"toy-{'abc'[i]}", seed=i, seconds=4 + i) for i in range(3)),
)


@dataclass
class Plain(Method):
    """Squared error; `spoil` makes the loss of these steps infinite."""

    name: ClassVar[str] = "plain"
    spoil: tuple[int, ...] = ()
    step: int = -1

    def loss(self, model, batch, progress):
        self.step += 1
        task = masked_mse(model(batch.source.motion, batch.source.span), batch.source.activation)
        return {"task": task * float("inf") if self.step in self.spoil else task}


def saved(predictor: Predictor, folder) -> bytes:
    predictor.save(folder)
    return (folder / "model.safetensors").read_bytes() + (folder / "model.json").read_bytes()


def test_the_same_seed_gives_the_same_bytes_whatever_came_before(tmp_path):
    first = saved(fit(Plain(), PROBLEM, SPLIT, SHORT, 3), tmp_path / "1")
    torch.rand(100)
    np.random.default_rng().random(3)
    assert saved(fit(Plain(), PROBLEM, SPLIT, SHORT, 3), tmp_path / "2") == first
    assert saved(fit(Plain(), PROBLEM, SPLIT, SHORT, 4), tmp_path / "3") != first


def test_torch_is_left_as_it_was():
    threads = torch.get_num_threads()
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    fit(Plain(), PROBLEM, SPLIT, SHORT)
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads


def test_the_loss_falls_and_the_progress_is_told():
    told = []
    fit(Plain(), PROBLEM, SPLIT, SHORT, on_step=lambda step, terms: told.append((step, terms["task"])))
    assert [step for step, _ in told] == list(range(60))
    assert np.mean([v for _, v in told[-10:]]) < 0.5 * np.mean([v for _, v in told[:10]])


def test_the_card_says_how_and_on_whom():
    predictor = fit(Plain(), PROBLEM, SPLIT, SHORT, 5)
    assert predictor.card["method"] == "plain"
    assert predictor.card["training"]["steps"] == 60
    assert (predictor.card["seed"], predictor.card["threads"], predictor.card["people"]) == (5, 1, 3)
    assert predictor.card["institutions"] == ["toy-a", "toy-b", "toy-c"]
    assert len(predictor.card["persons"]) == 3
    assert predictor.card["skipped_steps"] == 0


def test_an_output_that_nobody_measured_is_not_predicted(walk):
    predictor = fit(Plain(), PROBLEM, SPLIT, SHORT)
    assert predictor.trained == ("tibialis_anterior", "soleus")
    values, names = predictor.predict_recording(walk)
    assert np.isnan(values[:, names.index("gluteus_medius_r")]).all()
    assert set(predictor.muscles(walk)[1]) == {"tibant_r", "tibant_l", "soleus_r", "soleus_l"}


@pytest.mark.parametrize("norm", ["zscore", "centre"])
def test_the_norm_of_the_config_is_that_of_the_model(norm):
    predictor = fit(Plain(), PROBLEM, SPLIT, SHORT.model_copy(update={"norm": norm, "steps": 2}))
    assert predictor.model.config()["norm"] == norm


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("model", ["tcn", "gru", "transformer"])
def test_every_network_learns_and_is_that_of_the_config(model, causal, walk, tmp_path):
    told = []
    config = SHORT.model_copy(update={"model": model, "causal": causal, "steps": 40})
    predictor = fit(Plain(), PROBLEM, SPLIT, config, on_step=lambda step, terms: told.append(terms["task"]))
    assert np.mean(told[-5:]) < 0.6 * np.mean(told[:5])
    assert (predictor.model.kind, predictor.model.config()["causal"]) == (model, causal)
    assert (predictor.card["training"]["model"], predictor.card["training"]["causal"]) == (model, causal)
    predictor.save(tmp_path / "model")
    values, names = Predictor.load(tmp_path / "model").predict_recording(walk)
    measured = walk.activation[:, walk.activation_names.index("soleus_r")]
    assert np.corrcoef(values[:, names.index("soleus_r")], measured)[0, 1] > 0.8


@dataclass
class Spying(Plain):
    """Keeps what the first layer is told of the windows."""

    def loss(self, model, batch, progress):
        self.told = batch.source
        return super().loss(model, batch, progress)


def test_a_causal_network_is_told_the_history_and_any_other_the_span():
    for causal, shape in ((False, (8, 2, 3)), (True, (8, 3, 3))):
        method = Spying()
        fit(method, PROBLEM, SPLIT, SHORT.model_copy(update={"causal": causal, "steps": 1}))
        assert method.told.span.shape == shape
        assert (method.told.span is method.told.history) == causal


def test_missing_inputs_and_short_recordings_can_be_learned_from(walk):
    problem = replace(PROBLEM, inputs=(*PROBLEM.inputs, "contralateral_hip_flexion", "pelvis_tilt"))
    split = replace(SPLIT, source=(*SPLIT.source, walk.window(0, 30), walk.window(0, 1)))
    values, _ = fit(Plain(), problem, split, SHORT).predict_recording(walk)
    assert np.isfinite(values[:, :2]).all()


def test_a_step_that_is_not_finite_is_skipped_and_counted():
    config = SHORT.model_copy(update={"steps": 200, "window": 20, "batch": 2})
    predictor = fit(Plain(spoil=(4, 7)), PROBLEM, SPLIT, config)
    assert predictor.card["skipped_steps"] == 2
    assert all(np.isfinite(a).all() for a in predictor.model.arrays().values())


def test_more_than_one_percent_of_such_steps_is_a_failure():
    config = SHORT.model_copy(update={"steps": 200, "window": 20, "batch": 2})
    with pytest.raises(MyoshiftError, match=r"step 9.*3 of 200.*task.*learning rate"):
        fit(Plain(spoil=(4, 7, 9)), PROBLEM, SPLIT, config)


def test_a_training_that_fails_keeps_the_predictor_of_its_last_good_steps(walk):
    config = SHORT.model_copy(update={"steps": 200, "window": 20, "batch": 2})
    with pytest.raises(NotFiniteError) as caught:
        fit(Plain(spoil=(44, 47, 49)), PROBLEM, SPLIT, config)
    kept = caught.value.kept
    assert kept.card["skipped_steps"] == caught.value.skipped == 3
    assert all(np.isfinite(array).all() for array in kept.model.arrays().values())
    untrained = fit(Plain(), PROBLEM, SPLIT, config.model_copy(update={"steps": 1}))
    assert not np.allclose(kept.predict_recording(walk)[0], untrained.predict_recording(walk)[0], equal_nan=True)


@dataclass
class Greedy(Plain):
    name: ClassVar[str] = "greedy"
    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})

    def loss(self, model, batch, progress):
        assert batch.unlabelled.activation.isnan().all()
        assert batch.calibration is None
        return super().loss(model, batch, progress)


def test_a_method_gets_the_parts_it_needs_and_is_refused_without(walk):
    with pytest.raises(AccessError, match=r"toy.*greedy needs unlabelled"):
        fit(Greedy(), PROBLEM, SPLIT, SHORT)
    fit(Greedy(), PROBLEM, replace(SPLIT, unlabelled=(walk.hidden(),)), SHORT)


class Hooked(Plain):
    """Trains a module of its own, counts the steps, and hands back another model."""

    def __init__(self) -> None:
        super().__init__()
        self.scale, self.steps, self.seen = nn.Parameter(torch.ones(())), 0, []

    def modules(self, model, source):
        return (nn.ParameterList([self.scale]),)

    def loss(self, model, batch, progress):
        self.seen.append(progress)
        return super().loss(model, batch, progress) | {"own": (self.scale - 3).square()}

    def after_step(self, model, progress):
        self.steps += 1

    def finish(self, model, source):
        return TCN(model.inputs, model.outputs, model.rate)


def test_hooks_are_called():
    method = Hooked()
    predictor = fit(method, PROBLEM, SPLIT, SHORT)
    assert method.steps == 60
    assert method.seen == [step / 60 for step in range(60)]
    assert method.scale > 1.02
    assert not predictor.model.arrays()["head.weight"].any()


def test_trained_finds_the_method_by_name_and_passes_its_settings(monkeypatch):
    there = {("methods", "plain"): Plain, ("models", "tcn"): SavedTCN}
    monkeypatch.setattr(registry, "load", lambda kind, name: there[kind, name])
    with pytest.raises(MyoshiftError, match="not stay finite"):
        Trained("plain", PROBLEM, SHORT, 0, {"spoil": (0, 1, 2)}).fit(SPLIT)


@pytest.mark.parametrize(
    "wrong", [{"steps": 0}, {"norm": "minmax"}, {"model": "lstm"}, {"learning_rate": 1e-3}, {"speed": 1.0}]
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TrainingConfig(**wrong)


def test_one_step_is_a_training():
    assert fit(Plain(), PROBLEM, SPLIT, TrainingConfig(steps=1)).card["skipped_steps"] == 0


def test_a_training_can_go_on_from_a_network():
    first = fit(Plain(), PROBLEM, SPLIT, TrainingConfig(steps=30), 0)
    start = first.model.module
    kept = {name: weight.clone() for name, weight in start.state_dict().items()}
    on = fit(Plain(), PROBLEM, SPLIT, TrainingConfig(steps=1, lr=1e-9), 1, start=start)
    for name, weight in on.model.module.state_dict().items():
        torch.testing.assert_close(weight, kept[name], atol=1e-6, rtol=0)
    assert all(torch.equal(weight, kept[name]) for name, weight in start.state_dict().items())
