"""Rules of uci-lowerlimb, on a miniature of its 66 files."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import datasets
from myoshift.datasets.base import files
from myoshift.datasets.motion import canonical

NAME = "uci-lowerlimb"
ROWS = 30


def lines(stem, rows):
    """A file: an angle from 10 to 60 deg of flexion, written with the sign of that file, and two rows without EMG."""
    negative = stem[:-3] in ("3N", "4N", "6N", "1A", "8A", "9A") or stem in ("7Npie", "7Nsen")
    wide = stem[:-3] in ("9A", "10A", "11A")
    angle = np.linspace(10, 60, rows) * (-1 if negative else 1)
    head = ["File Name: x", *(f"Channel {k}: 'x', {rows} values, mV" for k in range(1, 6 + wide)), ""]
    body = [f"{k % 3}\t{k % 5}\t{k % 7}\t{k % 11}\t{a:.3f}" + "\t31" * wide for k, a in enumerate(angle)]
    return "\n".join([*head, *body, "\t\t\t\t7.5" + "\t" * wide, "\t\t\t\t" + "\t" * wide]) + "\n"


@pytest.fixture
def trials(tmp_path):
    for file in files(NAME):
        path = tmp_path / NAME / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(lines(path.stem, ROWS))
    return {trial.name: trial for trial in datasets.load(NAME).trials(tmp_path)}


def test_every_knee_flexes_upwards(trials):
    assert len(trials) == 66
    for trial in trials.values():
        knee, _ = canonical(trial, ())
        assert knee.names == ("knee_angle_r",)
        np.testing.assert_allclose(np.degrees(knee.values[[0, -1], 0]), [10, 60])
        assert len(trial.motion.time) == ROWS
        assert trial.motion.rate == 1000


def test_columns_go_by_position(trials):
    for name in ("1Nmar", "10Amar"):
        emg = trials[name].emg
        assert emg.names == ("RF", "BF", "VM", "ST")
        assert set(emg.units) == {"mV"}
        np.testing.assert_array_equal(emg.values[10], [1, 0, 3, 10])
        assert trials[name].sites["BF"] == "hamstrings_lateral_r"


def test_copies_are_one_person_without_emg(trials):
    assert {name for name, trial in trials.items() if trial.emg is None} == {"2Npie", "2Nsen"}
    assert {trials[name].subject.id for name in ("1Nmar", "1Npie", "2Nmar", "2Npie", "2Nsen")} == {"1N"}
    assert len({trial.subject.id for trial in trials.values()}) == 21
    assert "copy" in {flag.code for flag in trials["2Npie"].flags}


def test_tasks_postures_and_people(trials):
    assert (trials["3Apie"].task, trials["3Apie"].segment_orientation) == ("standing_flexion", "thigh vertical")
    assert (trials["3Asen"].task, trials["3Asen"].segment_orientation) == ("sitting_extension", "thigh horizontal")
    assert (trials["3Amar"].task, trials["3Amar"].segment_orientation) == ("walk", None)
    assert (trials["2Apie"].task, trials["2Asen"].task) == ("sitting_extension", "standing_flexion")
    assert trials["2Npie"].task == "standing_flexion"
    assert trials["3Apie"].subject.population == "knee_abnormality"
    assert trials["3Npie"].subject.population == "healthy"
    assert all("side_assumed" in {flag.code for flag in trial.flags} for trial in trials.values())
