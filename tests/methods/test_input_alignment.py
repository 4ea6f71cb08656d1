"""A laboratory with other goniometers: after the map its motion is the target's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.methods.input_alignment import QuantileAligned, Whitening, motion
from myoshift.predictor import Problem
from myoshift.training import TrainingConfig, fit
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)


def bent(recording):
    return replace(recording, motion=np.sign(recording.motion) * np.abs(recording.motion) ** 1.5 + 0.2)


SOURCE = [bent(make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i, seconds=8)) for i in range(2)]
TARGET = [make_walk(subject=f"t{i}", institution="new", seed=7 + i, seconds=8).hidden() for i in range(2)]


def off(method):
    source, target = PROBLEM.legs(SOURCE), PROBLEM.legs(TARGET)
    plain = PROBLEM.legs([make_walk(subject="s0", institution="lab-0", seed=0, seconds=8)])[0]
    mapped = method.translate(source, target)[0]
    return [float(np.abs(motion(leg) - motion(plain)).mean()) for leg in (source[0], mapped)]


@pytest.mark.parametrize("method", [QuantileAligned(), QuantileAligned(phases=4), Whitening(), Whitening(phases=4)])
def test_the_map_brings_the_motion_nearer_to_what_the_target_would_have_measured(method):
    before, after = off(method)
    assert after < 0.45 * before


@pytest.mark.parametrize("kind", [QuantileAligned, Whitening])
def test_a_source_that_is_the_target_stays(kind):
    legs = PROBLEM.legs(TARGET)
    for leg, mapped in zip(legs, kind().translate(legs, legs), strict=True):
        np.testing.assert_allclose(mapped.motion, leg.motion, atol=1e-5)


@pytest.mark.parametrize("kind", [QuantileAligned, Whitening])
def test_it_is_trained_on_the_mapped_motion(kind):
    split = Split(name="x", source=tuple(SOURCE), unlabelled=tuple(TARGET), unlabelled_scope="test_people")
    predictor = fit(kind(), PROBLEM, split, TrainingConfig(steps=20, batch=8, window=40))
    assert np.isfinite(predictor.predict_recording(TARGET[0])[0]).all()
