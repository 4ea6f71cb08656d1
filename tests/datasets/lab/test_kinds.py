from __future__ import annotations

import pytest

from myoshift.datasets.lab.kinds import kinds, pattern
from myoshift.datasets.lab.look import Look


def found(path):
    role = "emg" if "emg" in path else "motion"
    return Look(path, role, ("soleus", "ta") if role == "emg" else ("knee_angle_r",), "")


def test_folders_tell_kinds_where_what_is_in_them_differs():
    paths = [f"AB0{n}/{mode}/{kind}/t1.csv" for n in (6, 7) for mode in ("level", "ramp") for kind in ("emg", "ik")]
    said = kinds(paths, found)
    assert set(said) == {"{subject}/{trial}/emg/t1.csv", "{subject}/{trial}/ik/t1.csv"}
    assert [len(own) for _, own in said.values()] == [4, 4]


def test_a_file_that_cannot_be_read_does_not_hide_the_next():
    said = kinds(["s1_emg.csv", "s2_emg.csv"], lambda path: found(path) if "2" in path else None)
    assert said["{trial}_emg.csv"][0].path == "s2_emg.csv"


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["P1_slow.csv", "P2_fast.csv"], "{subject}_{trial}.csv"),
        (["S01.mat", "S02.mat"], "{trial}.mat"),
        (["a/walk_01.npz", "a/walk_12.npz"], "a/walk_{trial}.npz"),
        (["level_ccw_01.csv", "treadmill_01.csv"], "{trial}_01.csv"),
        (["a/x.csv"], "a/x.csv"),
    ],
)
def test_patterns_tear_no_word(paths, expected):
    assert pattern(paths) == expected
