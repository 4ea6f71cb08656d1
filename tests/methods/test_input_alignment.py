"""A laboratory with other goniometers: after the map its motion is the target's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.methods.input_alignment import QuantileAligned, Whitening
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
    return [float(np.abs(leg.motion - plain.motion).mean()) for leg in (source[0], mapped)]


@pytest.mark.parametrize("method", [QuantileAligned(), QuantileAligned(phases=4), Whitening(), Whitening(phases=4)])
def test_the_map_brings_the_motion_nearer_to_what_the_target_would_have_measured(method):
    before, after = off(method)
    assert after < 0.45 * before


@pytest.mark.parametrize("phases", [1, 4])
@pytest.mark.parametrize("kind", [QuantileAligned, Whitening])
def test_a_source_that_is_the_target_stays(kind, phases):
    legs = PROBLEM.legs(TARGET)
    for leg, mapped in zip(legs, kind(phases=phases).translate(legs, legs), strict=True):
        np.testing.assert_allclose(mapped.motion, leg.motion, atol=1e-5)


@pytest.mark.parametrize("kind", [QuantileAligned, Whitening])
def test_it_is_trained_on_the_mapped_motion(kind):
    split = Split(name="x", source=tuple(SOURCE), unlabelled=tuple(TARGET), unlabelled_scope="test_people")
    predictor = fit(kind(), PROBLEM, split, TrainingConfig(steps=20, batch=8, window=40))
    assert np.isfinite(predictor.predict_recording(TARGET[0])[0]).all()


def lifted(recording):
    """In one half of each leg's cycle, the knee and the ankle are seen 0.2 rad further bent."""
    moved = recording.motion.copy()
    for hip, others in ((0, [1, 2]), (3, [4, 5])):
        velocity = np.gradient(moved[:, hip])
        moved[:, others] += 0.2 * np.clip(velocity / np.abs(velocity).max(), 0, None)[:, None]
    return replace(recording, motion=moved)


def shape(motion):
    """Motion as the network sees it."""
    return (motion - motion.mean(axis=0)) / motion.std(axis=0)


@pytest.mark.parametrize("kind", [QuantileAligned, Whitening])
def test_what_depends_on_the_phase_is_undone_by_maps_of_the_phases(kind):
    walks = [make_walk(subject=f"s{i}", institution="lab", seed=i, seconds=8) for i in range(2)]
    source, plain = PROBLEM.legs([lifted(walk) for walk in walks]), PROBLEM.legs(walks)
    target = PROBLEM.legs(TARGET)
    off = {
        phases: np.mean(
            [np.abs(shape(leg.motion) - shape(p.motion)).mean() for leg, p in zip(legs, plain, strict=True)]
        )
        for phases, legs in {0: source, **{n: kind(phases=n).translate(source, target) for n in (1, 8)}}.items()
    }
    assert off[8] < 0.4 * off[0]
    assert off[8] < 0.5 * off[1]


@pytest.mark.parametrize("phases", [1, 4])
@pytest.mark.parametrize("kind", [QuantileAligned, Whitening])
def test_gaps_stay_and_a_person_with_many_recordings_counts_once(kind, phases):
    odd = replace(bent(make_walk(subject="odd", institution="lab-0", seed=3, seconds=8)), motion=SOURCE[0].motion * 3)
    gappy = SOURCE[0].motion.copy()
    gappy[10:20], gappy[40:60, 1] = np.nan, np.nan
    source, target = [replace(SOURCE[0], motion=gappy), odd], PROBLEM.legs(TARGET)
    once, often = (kind(phases=phases).translate(PROBLEM.legs(s), target)[0].motion for s in (source, [*source, odd]))
    np.testing.assert_array_equal(np.isnan(once), np.isnan(PROBLEM.legs(source)[0].motion))
    np.testing.assert_allclose(once, often, atol=2e-3)
