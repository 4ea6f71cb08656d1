import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift.models.motion_norm import MotionNorm
from myoshift.predictor import Problem
from myoshift.training import TrainingConfig
from myoshift.training.augmentation import augment
from myoshift.training.pool import Pool

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("soleus",), 50.0)
NOTHING = {"gain": 0.0, "offset": 0.0, "noise": 0.0}


def windows(count: int = 800):
    legs = PROBLEM.legs([make_walk(seconds=4)])
    return Pool(legs).draw(np.random.default_rng(0), count, 50)


def norm(mode: str = "zscore") -> MotionNorm:
    layer = MotionNorm(3, mode)
    layer.typical.copy_(torch.tensor([0.28, 0.35, 0.15]))
    return layer


def normalised(drawn, mode):
    return norm(mode)(drawn.motion, drawn.span)


@pytest.mark.parametrize("mode", ["zscore", "centre"])
@pytest.mark.parametrize("what", ["gain", "offset", "noise"])
def test_each_setting_changes_the_normalised_motion_by_its_sd(mode, what):
    torch.manual_seed(0)
    drawn = windows()
    changed = augment(drawn, norm(mode), TrainingConfig(**NOTHING | {what: 0.1}))
    before, after = normalised(drawn, mode), normalised(changed, mode)
    strength = {
        "gain": lambda: (after.std(1) / before.std(1)).std(),
        "offset": lambda: (after - before).mean(1).std(),
        "noise": lambda: (after - before).std(),
    }[what]()
    assert strength == pytest.approx(0.1, rel=0.1)


def test_nothing_asked_nothing_changed():
    drawn = windows(10)
    torch.testing.assert_close(augment(drawn, norm(), TrainingConfig(**NOTHING)).motion, drawn.motion)


def test_activation_and_span_stay():
    drawn = windows(10)
    changed = augment(drawn, norm(), TrainingConfig())
    assert torch.equal(changed.activation, drawn.activation)
    assert torch.equal(changed.span, drawn.span)
    assert not torch.allclose(changed.motion, drawn.motion, atol=0.05)
