"""A predictor on a stream is the predictor on the whole recording, for everything that a predictor can be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import make_walk
from models.networks import INPUTS, KINDS, OUTPUTS, network
from myoshift import anatomy
from myoshift.calibration.chain import steps
from myoshift.calibration.personal import calibrate
from myoshift.deploy.live import Live
from myoshift.errors import ConfigError, DataRefused
from myoshift.estimators.ensemble import average
from myoshift.estimators.ridge import Ridge
from myoshift.models.gru import SavedGRU
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.models.transformer import SavedTransformer
from myoshift.predictor import Predictor, Problem
from myoshift.types import Split

PROBLEM = Problem(INPUTS, OUTPUTS, 50.0)
WALK, NEW = make_walk(seconds=6), make_walk(seed=3, subject="s2", seconds=5)
SAVED = (SavedTCN, SavedGRU, SavedTransformer)
PLAIN = [Predictor(PROBLEM, saved(network(kind, causal=True))) for saved, kind in zip(SAVED, KINDS, strict=True)]
PERSONAL = calibrate(PLAIN[0], steps("physiology+last_layer"), [WALK])
MEAN = average(PROBLEM, PLAIN)
EVERY = {
    **{each.model.kind: each for each in PLAIN},
    "ensemble": MEAN,
    "calibrated": PERSONAL,
    "calibrated ensemble": calibrate(MEAN, steps("free_delay+mixing+isotonic"), [WALK]),
    "ensemble of calibrated": average(PROBLEM, [PERSONAL, PLAIN[1]]),
    "calibrated twice": calibrate(PERSONAL, steps("delay+last_layer"), [WALK]),
    "never trained on one": calibrate(replace(PLAIN[0], trained=OUTPUTS[:2]), steps("physiology"), [WALK]),
}


def rows(live: Live, motion: np.ndarray) -> np.ndarray:
    """What `Live` says of every frame of a motion, in their order."""
    there = np.array([live.step(frame) for frame in motion])
    late, end = round(live.latency * live.rate), live.finish()
    assert len(end) == min(late, len(motion))
    assert np.isnan(there[:late]).all()
    return np.concatenate([there[late:], end])


@pytest.mark.parametrize("name", EVERY)
@settings(deadline=None, max_examples=3)
@given(frames=st.integers(1, 160), seed=st.integers(0, 1000))
def test_it_is_the_predictor_on_the_whole_recording(name, frames, seed):
    random, motion = np.random.default_rng(seed), NEW.motion[:frames].copy()
    motion[random.random(motion.shape) < 0.1] = np.nan
    motion[10:20] = motion[40:50, :3] = np.nan
    motion[0] = NEW.motion[0]  # a column that is NaN throughout is no column offline
    live = Live(EVERY[name], NEW.motion_names)
    expected, names = EVERY[name].muscles(replace(NEW, motion=motion, activation=NEW.activation[:frames]))
    assert live.names == names
    np.testing.assert_allclose(rows(live, motion), expected, atol=1e-5)


def test_without_look_ahead_nothing_is_late_and_what_is_missing_is_said():
    live, patient = Live(PERSONAL, NEW.motion_names, look_ahead=False), Live(PERSONAL, NEW.motion_names)
    assert live.latency == 0 < patient.latency
    assert patient.delays == {}
    assert list(live.delays) == list(OUTPUTS)
    shift = dict(PERSONAL.model.chain.links)["physiology"].values
    known = shift["offset"] + shift["delay"]
    for left, delay in zip(live.delays.values(), known, strict=True):
        assert left == pytest.approx(max(delay, 0.0), abs=0.5 / live.rate)
    assert np.isfinite(rows(live, NEW.motion)).all()


def test_coordinates_come_in_any_order_with_others_among_them():
    order = np.random.default_rng(0).permutation(len(NEW.motion_names))
    names = ("pelvis_tz", *(NEW.motion_names[i] for i in order))
    frames = np.concatenate([np.full((len(NEW.motion), 1), 9.0), NEW.motion[:, order]], axis=1)
    np.testing.assert_allclose(rows(Live(MEAN, names), frames), MEAN.muscles(NEW)[0], atol=1e-5)


def test_a_leg_without_its_coordinates_is_not_predicted():
    left = [name for name in NEW.motion_names if name.endswith("_l")]
    live = Live(MEAN, left)
    assert {anatomy.split_side(name)[1] for name in live.names} == {"l"}
    with pytest.raises(DataRefused, match="knee_angle"):
        Live(MEAN, ["pelvis_list"])


def test_the_midline_is_turned_for_the_left_leg_and_the_other_leg_is_seen():
    inputs = ("hip_flexion", "contralateral_knee_angle", "pelvis_list")
    module = TCN(inputs, OUTPUTS, 50.0, causal=True)
    module.head.weight.data.normal_()
    names = ("pelvis_list", "hip_flexion_l", "hip_flexion_r", "knee_angle_r")  # knee_angle_l is not there
    predictor = Predictor(Problem(inputs, OUTPUTS, 50.0), SavedTCN(module))
    recording = replace(NEW, motion=NEW.motion[:, :4], motion_names=names)
    live = Live(predictor, names)
    np.testing.assert_allclose(rows(live, recording.motion), predictor.muscles(recording)[0], atol=1e-5)


@pytest.mark.parametrize("wild", [np.inf, -np.inf, 1e30, 1e300])
def test_a_wild_sample_is_a_missing_one(wild):
    first, second = Live(PLAIN[0], NEW.motion_names), Live(PLAIN[0], NEW.motion_names)
    frames = NEW.motion[:40].astype(float)
    frames[10, 1], gap = wild, frames.copy()
    gap[10, 1] = np.nan
    np.testing.assert_array_equal(rows(first, frames), rows(second, gap))


def test_a_frame_of_another_length_is_refused_and_changes_nothing():
    live, fresh = Live(PERSONAL, NEW.motion_names), Live(PERSONAL, NEW.motion_names)
    with pytest.raises(DataRefused, match=r"expected \(6,\)"):
        live.step(NEW.motion[0, :5])
    np.testing.assert_array_equal(rows(live, NEW.motion[:50]), rows(fresh, NEW.motion[:50]))


def test_what_cannot_follow_is_refused():
    ridge = Ridge(PROBLEM).fit(Split(name="toy", source=(WALK,)))
    with pytest.raises(ConfigError, match=r"ridge.*causal: true"):
        Live(ridge, NEW.motion_names)
    with pytest.raises(ConfigError, match="member 1, ridge"):
        Live(average(PROBLEM, [PLAIN[0], ridge]), NEW.motion_names)
    inputs = (*INPUTS, "moment_knee_angle")
    moments = Predictor(Problem(inputs, OUTPUTS, 50.0), SavedTCN(TCN(inputs, OUTPUTS, 50.0, causal=True)))
    with pytest.raises(ConfigError, match=r"moment_knee_angle.*simulation"):
        Live(moments, NEW.motion_names)
    with pytest.raises(DataRefused, match=r"knee_angle_r.*twice"):
        Live(MEAN, (*NEW.motion_names, "knee_angle_r"))


def test_the_state_of_a_stream_does_not_grow():
    live, held = Live(EVERY["ensemble of calibrated"], NEW.motion_names), []
    for frame in range(1_500):
        live.step(NEW.motion[frame % len(NEW.motion)])
        if frame in (300, 1_499):
            held.append(sizes(live, set()))
    assert held[0] == held[1] > 0


def sizes(thing: object, known: set[int]) -> int:
    """Bytes of every array and tensor, and entries of every queue, that a thing holds."""
    if id(thing) in known:
        return 0
    known.add(id(thing))
    own = thing.nbytes if isinstance(thing, np.ndarray) else 0
    if hasattr(thing, "untyped_storage"):
        return int(thing.untyped_storage().nbytes())
    inner = list(getattr(thing, "__dict__", {}).values())
    if isinstance(thing, dict):
        inner = list(thing.values())
    elif not isinstance(thing, (str, bytes, np.ndarray)) and hasattr(thing, "__iter__"):
        inner = list(thing)
        own += len(inner)
    return own + sum(sizes(each, known) for each in inner)
