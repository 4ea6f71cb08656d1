"""The other leg and the pelvis as inputs that a laboratory may have measured or not."""

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import registry
from myoshift.models.running_norm import RunningNorm
from myoshift.predictor import Predictor, Problem
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Recording, Split

OWN = ("hip_flexion", "knee_angle", "ankle_angle")
OTHER = ("contralateral_hip_flexion", "contralateral_knee_angle", "pelvis_tilt", "pelvis_list")
OUTPUTS = ("tibialis_anterior", "soleus")
PROBLEM = Problem((*OWN, *OTHER), OUTPUTS, 50.0)
NETWORKS = [(model, causal) for model in ("tcn", "gru", "transformer") for causal in (False, True)]
LEARNERS = ["knn", "ridge", *NETWORKS]


def measured(*, other: bool, seed: int, **about) -> Recording:
    """A walk with the pelvis, or with the right leg alone."""
    walk = make_walk(seed=seed, seconds=5, **about)
    phase = 6 * np.arange(len(walk.motion)) / walk.rate
    angles = np.stack([0.1 * np.sin(2 * phase), 0.05 * np.cos(phase)], axis=1).astype(np.float32)
    motion = np.concatenate([walk.motion, angles], axis=1)
    walk = replace(walk, motion=motion, motion_names=(*walk.motion_names, "pelvis_tilt", "pelvis_list"))
    if other:
        return walk
    kept = [i for i, name in enumerate(walk.motion_names) if name.endswith("_r")]
    return replace(walk, motion=walk.motion[:, kept], motion_names=tuple(walk.motion_names[i] for i in kept))


def source(*others: bool) -> Split:
    """One laboratory of each."""
    walks = (measured(other=o, seed=i, subject=f"s{i}", institution=f"lab-{i}") for i, o in enumerate(others))
    return Split(name="toy", source=tuple(walks))


def learn(learner, split: Split) -> Predictor:
    if isinstance(learner, str):
        return registry.load("estimators", learner)(PROBLEM, seed=0).fit(split)
    model, causal = learner
    return Trained("source_only", PROBLEM, TrainingConfig(model=model, causal=causal, steps=8), 0).fit(split)


EVERY = pytest.mark.parametrize("learner", LEARNERS, ids=str)
FULL = measured(other=True, seed=9, subject="new", institution="new")
RIGHT = measured(other=False, seed=9, subject="new", institution="new")


@EVERY
@pytest.mark.parametrize("others", [(True, True), (True, False), (False, False)])
def test_wherever_they_were_measured_every_leg_is_predicted(learner, others):
    predictor = learn(learner, source(*others))
    both, names = predictor.predict_recording(FULL)
    assert names == tuple(f"{name}_{side}" for side in "rl" for name in OUTPUTS)
    right, only = predictor.predict_recording(RIGHT)
    assert only == names[:2]
    assert np.isfinite(both).all()
    assert np.isfinite(right).all()


@EVERY
def test_what_the_source_measured_has_a_say(learner):
    predictor = learn(learner, source(True, False))
    other = FULL.motion.copy()
    other[:, FULL.motion_names.index("hip_flexion_l")] *= -1
    turned, _ = predictor.predict_recording(replace(FULL, motion=other))
    before, _ = predictor.predict_recording(FULL)
    assert np.abs(turned - before)[:, :2].max() > 1e-4


@EVERY
def test_missing_in_the_target_they_count_as_their_mean(learner):
    predictor = learn(learner, source(True, True))
    right, _ = predictor.predict_recording(RIGHT)
    still = RIGHT.motion_names, np.concatenate([RIGHT.motion, usual(predictor, len(RIGHT.motion))], axis=1)
    names = (*still[0], *(name.removeprefix("contralateral_") + "_l" * (name in OTHER[:2]) for name in OTHER))
    expected, _ = predictor.predict_recording(replace(RIGHT, motion=still[1], motion_names=names))
    np.testing.assert_allclose(right, expected[:, :2], atol=1e-5)


def usual(predictor: Predictor, frames: int) -> np.ndarray:
    """The other leg and the pelvis at rest: the mean so far of a causal network begins with what is usual."""
    norm = getattr(getattr(predictor.model, "module", None), "norm", None)
    means = norm.usual.numpy()[len(OWN) :] if isinstance(norm, RunningNorm) else np.full(len(OTHER), 0.3)
    return np.tile(means.astype(np.float32), (frames, 1))


@pytest.mark.parametrize("learner", ["ridge", *NETWORKS], ids=str)
def test_what_nobody_in_the_source_measured_has_no_say(learner):
    predictor = learn(learner, source(False, False))
    moved, still = FULL.motion.copy(), FULL.motion.copy()
    columns = [FULL.motion_names.index(name) for name in ("hip_flexion_l", "knee_angle_l", "pelvis_tilt")]
    moved[:, columns] += np.random.default_rng(0).normal(size=(len(moved), 3))
    still[:, columns] = 0
    values = [predictor.predict_recording(replace(FULL, motion=each))[0][:, :2] for each in (moved, still)]
    np.testing.assert_allclose(*values, atol=1e-6)


@EVERY
def test_a_leg_lost_halfway_is_still_predicted(learner):
    motion = FULL.motion.copy()
    motion[100:140, [FULL.motion_names.index(name) for name in ("hip_flexion_l", "pelvis_list")]] = np.nan
    values, _ = learn(learner, source(True, False)).predict_recording(replace(FULL, motion=motion))
    assert np.isfinite(values).all()
