"""Physical checks: nothing is said of sound walks, planted faults are found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from badinputs.trials import delayed
from datasets.walkers import turned, walker
from myoshift.anatomy import mirror
from myoshift.datasets import load, prepare
from myoshift.datasets.plausibility import judge
from myoshift.datasets.seen import as_trial
from myoshift.datasets.thresholds import Thresholds
from myoshift.types import Flag, Subject


def said(*trials, **thresholds):
    """Rule, verdict and place of every judgement."""
    return [(each.rule, each.verdict, each.where) for each in judge(trials, Thresholds(**thresholds))]


def flags(*trials, **thresholds):
    return [(rule, where) for rule, verdict, where in said(*trials, **thresholds) if verdict == "flag"]


SOUND = replace(walker(), emg=replace(walker().emg, units=("",) * 5))


def test_a_sound_walk_passes_every_rule_that_can_tell():
    assert flags(SOUND) == []
    passed = {rule for rule, verdict, _ in said(SOUND) if verdict == "pass"}
    assert passed == {"units", "sign", "events", "sync", "side", "phase"}
    assert ("drift", "cannot tell", "p/walk") in said(SOUND)
    assert ("units", "cannot tell", "p/walk, EMG") in said(SOUND)


def test_recordings_are_judged_by_the_same_rules():
    recording = as_trial(prepare(SOUND))
    assert flags(recording) == []
    assert ("sync", "pass", "p/walk") in said(recording)


@pytest.mark.parametrize("name", ["knee_angle_r", "hip_flexion_r", "ankle_angle_r"])
def test_a_turned_sign(name):
    assert flags(turned(SOUND, name)) == [("sign", f"p/walk, {name}")]


@pytest.mark.parametrize(("seconds", "rule"), [(0.3, "sync"), (-0.3, "sync"), (0.12, "sync"), (0.55, "side")])
def test_late_and_early_emg_and_that_of_the_other_leg(seconds, rule):
    found = [each for each in flags(delayed(seconds)) if each[0] in ("sync", "side")]
    assert [each[0] for each in found] == [rule]


def test_the_tolerance_is_a_threshold():
    assert not [each for each in flags(delayed(0.12), lag=0.2) if each[0] == "sync"]


def test_clocks_that_drift():
    assert "drift" in [rule for rule, _ in flags(delayed(0.0, ppm=2000.0))]
    assert ("drift", "pass", "p/walk") in said(delayed(0.0))
    assert ("drift", "cannot tell", "p/walk") in said(delayed(0.0, ppm=2000.0), strides=200)


def test_units_of_emg_of_angles_and_of_one_recording_among_others():
    volts = replace(SOUND, emg=replace(SOUND.emg, units=("V",) * 5))
    assert ("units", "p/walk, EMG") in flags(volts)
    shrunk = replace(SOUND, motion=replace(SOUND.motion, units=("rad",) * 6))
    assert [rule for rule, where in flags(shrunk)] == ["units"]
    others = [walker(name=f"w{k}", seed=k, emg=replace(walker(seed=k).emg, units=("",) * 5)) for k in range(2)]
    loud = replace(SOUND, emg=replace(SOUND.emg, values=1e6 * SOUND.emg.values))
    assert {where.partition(",")[0] for rule, where in flags(loud, *others) if rule == "units"} == {"p/walk"}


def test_bodies_copies_and_mirrored_copies():
    tall = replace(SOUND, subject=Subject(id="p", height=170.0))
    assert ("body", "p/walk, whole body of p") in flags(tall)
    recording = prepare(SOUND)
    copy = as_trial(replace(mirror(recording), subject="x"))
    assert [rule for rule, _ in flags(as_trial(recording), copy)] == ["copy"]


def test_a_pathological_gait_is_not_judged_by_healthy_bursts():
    ill = replace(SOUND, subject=Subject(id="p", population="cerebral palsy"))
    assert {verdict for rule, verdict, _ in said(ill) if rule == "phase"} == {"cannot tell"}


def test_what_is_no_walk_cannot_be_told():
    lifted = replace(SOUND, task="squat_lift", events=())
    assert {verdict for rule, verdict, _ in said(lifted) if rule in ("sync", "sign", "drift")} == {"cannot tell"}


def test_numbers_are_finite():
    for each in judge([SOUND, delayed(0.3)]):
        assert all(np.isfinite(value) for value in each.numbers.values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ceinmsrt-lowerlimb", {"sync"}), ("kul-3dpredictsim", set()), ("opensim-core-moco", set())],
)
def test_real_walks(data_root, name, expected):
    trials = [trial for trial in load(name).trials(data_root) if trial.task == "walk"]
    found = [each for each in judge(trials) if each.verdict == "flag"]
    assert {each.rule for each in found} == expected
    if expected:
        assert all("EMG comes early" in each.why for each in found)
        assert all(-0.13 < each.numbers["lag_s"] < -0.05 for each in found)


def test_a_unit_doubted_when_a_recording_was_made_is_said_of_the_recording():
    loud = Flag("emg_flag", "SNR 2 dB, below 6 dB; RMS 0.02 V, above 10 mV: mV, or not divided?", "RTA")
    found = [each for each in judge([replace(SOUND, flags=(loud,))]) if each.where == "p/walk, EMG"]
    assert [(each.rule, each.verdict) for each in found] == [("units", "flag")]
    assert found[0].why == "RTA: RMS 0.02 V, above 10 mV: mV, or not divided?"
    quiet = replace(SOUND, flags=(Flag("emg_flag", "SNR 2 dB, below 6 dB", "RTA"),))
    assert ("units", "cannot tell", "p/walk, EMG") in said(quiet)


@pytest.mark.parametrize(
    ("mishap", "verdict"),
    [
        (lambda events: events, "pass"),
        (lambda events: tuple(replace(e, side="l" if e.side == "r" else "r") for e in events), "flag"),
        (lambda events: tuple(replace(e, side="r") for e in events), "flag"),
        (lambda events: tuple(replace(e, time=e.time + 0.1) for e in events), "pass"),
    ],
    ids=["as they are", "sides exchanged", "of both legs", "late"],
)
def test_foot_strikes_of_another_leg(mishap, verdict):
    trial = walker()
    found = [j for j in judge([replace(trial, events=mishap(trial.events))]) if j.rule == "events"]
    assert found
    assert {j.verdict for j in found} == {verdict}
