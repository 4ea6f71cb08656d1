"""From trial to recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift.datasets import Preparation, prepare
from myoshift.datasets.base import table
from myoshift.errors import DataRefused
from myoshift.types import Event, Flag, SourceFile, Subject, Trial


def burst(time, centre=2.0, width=0.15):
    return np.exp(-(((time - centre) / width) ** 2))


def trial(motion_rate=100.0, emg_rate=1000.0, seconds=4.0, motion_start=0.0, emg_start=0.0, **facts) -> Trial:
    """Two angles and two envelopes; the first of each peaks 2 s after its start."""
    at = motion_start + np.arange(round(seconds * motion_rate) + 1) / motion_rate
    when = emg_start + np.arange(round(seconds * emg_rate) + 1) / emg_rate
    angles = np.stack([40 * burst(at - motion_start, width=0.3), 10 * np.sin(2 * np.pi * at)], axis=1)
    emg = np.stack([burst(when - emg_start), 0.5 * burst(when - emg_start, 2.5)], axis=1)
    settings = {
        "name": "t",
        "dataset": "set",
        "institution": "lab",
        "subject": Subject(id="s"),
        "task": "walk",
        "motion": table(angles, ("hip_flexion_r", "knee_angle_r"), "deg", motion_rate, start=motion_start),
        "emg": table(emg, ("ch1", "ch2"), "1", emg_rate, start=emg_start),
        "emg_kind": "envelope",
        "sites": {"ch1": "soleus_r", "ch2": "vastus_lateralis_r"},
    }
    return Trial(**{**settings, **facts})


def test_vocabulary_units_and_grid():
    recording = prepare(trial())
    assert recording.motion_names == ("hip_flexion_r", "knee_angle_r")
    assert recording.activation_names == ("soleus_r", "vastus_lateralis_r")
    assert recording.motion.dtype == recording.activation.dtype == np.float32
    assert recording.rate == 100.0
    assert len(recording.motion) == len(recording.activation) == 401
    assert recording.domain == "set/healthy-walk"
    assert recording.kind == "emg_envelope"
    assert recording.normalisation == "none"
    assert recording.reference == ()


def test_neither_motion_nor_emg_is_moved():
    recording = prepare(trial(motion_rate=60.0, emg_rate=1080.0))
    time = recording.start + np.arange(len(recording.motion)) / recording.rate
    assert time[np.argmax(recording.motion[:, 0])] == pytest.approx(2.0, abs=0.011)
    assert time[np.argmax(recording.activation[:, 0])] == pytest.approx(2.0, abs=0.006)
    assert time[np.argmax(recording.activation[:, 1])] == pytest.approx(2.5, abs=0.006)


def test_amplitudes_stay_in_the_unit_of_the_source():
    recording = prepare(trial())
    assert recording.activation.max(axis=0) == pytest.approx([1.0, 0.5], abs=0.01)
    assert np.degrees(recording.motion[:, 0]).max() == pytest.approx(40, abs=1)


def test_the_grid_begins_with_the_motion_and_covers_what_is_shared():
    recording = prepare(trial(motion_start=0.123, emg_start=0.55))
    assert recording.start == pytest.approx(0.123 + 0.43)
    assert recording.seconds == pytest.approx(3.58)


@pytest.mark.parametrize(("motion_start", "emg_start"), [(0.0, 3.7), (3.7, 0.0), (0.0, 100.0)])
def test_what_does_not_overlap_is_refused_with_both_ranges(motion_start, emg_start):
    with pytest.raises(DataRefused, match="set/s/t: motion and EMG do not overlap") as caught:
        prepare(trial(motion_start=motion_start, emg_start=emg_start))
    said = str(caught.value)
    assert f"motion {motion_start:g}..{motion_start + 4:g} s" in said
    assert f"EMG {emg_start:g}..{emg_start + 4:g} s" in said
    assert f"offset {emg_start - motion_start:g} s" in said
    assert caught.value.exit_code == 3


@settings(max_examples=20, deadline=None)
@given(shift=st.floats(-50, 50))
def test_the_clock_of_the_files_does_not_matter(shift):
    plain, moved = prepare(trial()), prepare(trial(motion_start=shift, emg_start=shift))
    assert moved.start == pytest.approx(shift, abs=1e-9)
    assert len(plain.motion) == len(moved.motion)


@pytest.mark.parametrize("samples", [1, 2, 30])
def test_too_little_motion_is_refused(samples):
    wave = 20 * np.sin(np.arange(samples) / 5)[:, None]
    with pytest.raises(DataRefused, match=rf"set/s/t: the motion is too short \({samples} samples"):
        prepare(trial(motion=table(wave, ("hip_flexion_r",), "deg", 100.0)))


def test_fast_motion_is_removed_and_not_aliased():
    time = np.arange(4001) / 1000.0
    fast = np.stack([20 * np.sin(2 * np.pi * 97 * time), 20 * np.sin(2 * np.pi * 1.0 * time)], axis=1)
    given_ = trial(motion=table(fast, ("hip_flexion_r", "knee_angle_r"), "deg", 1000.0))
    degrees = np.degrees(prepare(given_).motion)[50:-50]
    assert np.abs(degrees[:, 0]).max() < 0.2
    assert np.abs(degrees[:, 1]).max() == pytest.approx(20, rel=0.02)


def test_every_setting_has_an_effect():
    base = prepare(trial())
    assert prepare(trial(), Preparation(rate=50.0)).rate == 50.0
    slow = prepare(trial(), Preparation(motion_cutoff=1.0))
    assert np.ptp(slow.motion[:, 1]) < 0.8 * np.ptp(base.motion[:, 1])
    with pytest.raises(DataRefused, match="at least 9 s"):
        prepare(trial(), Preparation(shortest=9.0))
    creep = table(np.linspace(0, 0.1, 401)[:, None], ("hip_flexion_r",), "deg", 100.0)
    with pytest.raises(DataRefused, match="implausible angle"):
        prepare(trial(motion=creep))
    with pytest.raises(DataRefused, match="no coordinate is left"):
        prepare(trial(motion=creep), Preparation(asked=("knee_angle",)))


def test_settings_of_raw_emg_have_an_effect():
    random = np.random.default_rng(0)
    noise = np.convolve(random.standard_normal(4001), np.hanning(9), "same")
    raw = table(1e-4 * noise[:, None], ("ch1",), "V", 1000.0)
    raw = replace(raw, values=raw.values * (0.1 + burst(raw.time))[:, None])
    given_ = trial(emg=raw, emg_kind="raw", sites={"ch1": "soleus_r"})
    plain = prepare(given_).activation[10:]
    for other in (Preparation(emg_low=80.0), Preparation(emg_high=60.0), Preparation(emg_cutoff=2.0)):
        assert np.abs(prepare(given_, other).activation[10:] - plain).max() > 0.05 * plain.max()
    assert np.argmax(plain[:, 0]) == pytest.approx(190, abs=8)
    assert np.isfinite(prepare(given_, Preparation(settle=0.0)).activation).all()


def test_a_trial_without_emg_is_all_motion():
    recording = prepare(trial(emg=None, sites={}))
    assert recording.activation.shape == (401, 0)
    assert recording.activation_names == ()


def test_a_cycle_is_continued_by_itself():
    time = np.linspace(0, 1, 101)
    wave = np.stack([30 * np.cos(2 * np.pi * time), 30 + 30 * np.sin(2 * np.pi * time), 1.3 * time], axis=1)
    motion = table(wave, ("hip_flexion_r", "knee_angle_r", "pelvis_tx"), "deg", 100.0)
    emg = table((1.0 + wave[:, :1] / 30) / 2, ("ch1",), "", 100.0)
    given_ = trial(motion=motion, emg=emg, sites={"ch1": "soleus_r"}, cyclic=True)
    recording = prepare(given_, Preparation(context=0.4))
    assert len(recording.motion) == 181
    assert recording.start == pytest.approx(-0.4)
    phase = recording.start + np.arange(181) / 100
    inside = slice(15, -15)
    np.testing.assert_allclose(
        np.degrees(recording.motion[inside, 0]), 30 * np.cos(2 * np.pi * phase[inside]), atol=0.2
    )
    np.testing.assert_allclose(recording.motion[inside, 2], 1.3 * phase[inside], atol=0.01)
    measured = np.isfinite(recording.activation[:, 0])
    assert measured[40:141].all()
    assert not measured[:39].any()
    assert not measured[142:].any()


def test_frames_out_of_view_are_cut_at_the_ends_only():
    motion = trial().motion
    values = motion.values.copy()
    values[:60, 0] = np.nan
    values[380:] = np.nan
    values[200:210, 1] = np.nan
    recording = prepare(trial(motion=replace(motion, values=values)))
    assert recording.start == pytest.approx(0.6)
    assert len(recording.motion) == 320
    assert np.isnan(recording.motion[140:150, 1]).all()
    (flag,) = (flag for flag in recording.flags if flag.code == "cut")
    assert "0.60..3.79 s is kept" in flag.message


def test_a_coordinate_that_was_never_measured_cuts_nothing():
    motion = trial().motion
    values = motion.values.copy()
    values[:, 1] = np.nan
    recording = prepare(trial(motion=replace(motion, values=values)))
    assert len(recording.motion) == 401
    assert np.isnan(recording.motion[:, 1]).all()


def test_provenance_events_and_flags_are_kept():
    source, flag = SourceFile("a.sto", "00"), Flag("code", "words")
    events = (Event("foot_strike", 1.0, "r"), Event("foot_strike", 99.0, "l"))
    recording = prepare(trial(sources=(source,), flags=(flag, flag), events=events, session="two"))
    assert recording.provenance == (source,)
    assert recording.flags == (flag,)
    assert recording.events == events[:1]
    assert recording.session == "two"


def test_declared_facts_reach_the_recording():
    recording = prepare(
        trial(
            segment_orientation="upright",
            external_load=5.0,
            subject=Subject(id="p", population="stroke", mass=61.5, height=1.68),
        )
    )
    assert recording.segment_orientation == "upright"
    assert recording.external_load == 5.0
    assert (recording.mass, recording.height) == (61.5, 1.68)
    assert recording.domain == "set/stroke-walk"


def test_motion_that_is_mostly_a_gap_is_refused_before_memory_is_asked_for():
    whole = trial()
    late = np.where(np.arange(len(whole.motion.time)) < 300, 0.0, 1e12)
    with pytest.raises(DataRefused, match=r"most of the motion is missing.*401 samples at 100 Hz.*gaps"):
        prepare(replace(whole, motion=replace(whole.motion, time=whole.motion.time + late)))
