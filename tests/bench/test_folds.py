from __future__ import annotations

from dataclasses import replace

import pytest

from bench.conftest import RICH
from bench.toys import benchmark, cohort, recordings
from myoshift.bench import folds, leakage
from myoshift.bench.cohort import Cohort
from myoshift.errors import LeakageError


def test_every_fold_says_who_is_where_in_which_unit_and_what_was_checked(finished):
    found = folds.read(finished)
    assert list(found) == ["leave_one_domain_out", "single_real", "few_shot(seconds=2.0)"]
    first = found["leave_one_domain_out"][0]
    assert first["fold"] == "north"
    assert [(side["institution"], side["people"], side["seconds"]) for side in first["source"]] == [
        ("south", 2, 16.0),
        ("west", 2, 16.0),
    ]
    assert [(side["institution"], side["people"]) for side in first["test"]] == [("north", 2)]
    assert (first["calibration"], first["masked"], first["units"]) == ([], [], ["oracle: walk"])
    assert [check["name"] for check in first["checks"]] == list(leakage.CHECKS)
    assert {check["name"] for check in first["checks"] if not check["compared"]} == {
        "selection",
        "session",
        "task",
        "side",
        "overlapping window",
        "hygiene mask",
    }
    shot = found["few_shot(seconds=2.0)"][0]
    assert shot["units"] == ["calibration: 2 s"]
    assert [(side["people"], side["seconds"]) for side in shot["calibration"]] == [(1, 2.0)]
    assert shot["leakage"]["recordings"] == 4 + 1 + 2


def test_a_recording_is_written_once_however_many_folds_it_is_in(tmp_path):
    spec = benchmark(**RICH)
    once = folds.write(tmp_path, spec, cohort(spec)).read_text()
    assert once.count('"own: walk"') == 6
    assert folds.write(tmp_path, spec, cohort(spec)).read_text() == once


def test_masks_are_told_with_the_reason(tmp_path):
    spiked = [replace(r, activation=r.activation.copy()) for r in recordings()]
    spiked[0].activation[:, 0] = 0.01
    spiked[0].activation[50, 0] = 5.0
    spec = benchmark()
    folds.write(tmp_path, spec, Cohort(tuple(spiked), spec))
    found = {fold["fold"]: fold["masked"] for fold in folds.read(tmp_path)["leave_one_domain_out"]}
    assert found["north"] == []
    (mask,) = found["south"]
    assert (mask["recording"], mask["channel"]) == (spiked[0].id, "tibialis_anterior_r")
    assert "coefficient of variation" in mask["why"]


def test_nothing_is_written_when_a_fold_leaks(tmp_path):
    copy = replace(recordings()[0], subject="copy", institution="east", dataset="east")
    with pytest.raises(LeakageError):
        folds.write(tmp_path, benchmark(), Cohort((*recordings(), copy), benchmark()))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_the_file_has_no_folds(tmp_path):
    assert folds.read(tmp_path) == {}
