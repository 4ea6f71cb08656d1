from __future__ import annotations

import pytest

from myoshift.datasets.lab.paths import groups, pattern


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a/P01_slow_1.c3d", "b/P01_slow_1.c3d"], "{trial}/P01_slow_1.c3d"),
        (["P01/P01_slow_1.c3d", "P02/P02_fast_2.c3d"], "{subject}/{subject}_{task}_{trial}.c3d"),
        (["P01/walk_1.2.c3d", "P02/walk_1.6.c3d"], "{subject}/walk_{trial}.c3d"),
        (["S 1/day 1/marche n°1.c3d", "S 2/day 2/saut n°2.c3d"], "{subject}/{session}/{task} {trial}.c3d"),
        (["HC002D/Turn/HC002D06.c3d", "HC030A/Straight/HC030A05.c3d"], "{subject}/{task}/{trial}.c3d"),
        (["s1_walk_01.csv", "s2_run_02.csv"], "{subject}_{task}_{trial}.csv"),
        (["x/trial_one_more_emg.csv", "x/trial_two_emg.csv"], "x/trial_{trial}_emg.csv"),
        (["one.c3d"], "one.c3d"),
    ],
)
def test_placeholders_stand_where_paths_differ_word_by_word(paths, expected):
    assert pattern(paths) == expected


def test_standing_trials_are_a_group_of_their_own_with_one_file_a_person():
    found = groups(["a/static.c3d", "a/walk 1.c3d", "b/static.c3d", "b/walk 2.c3d", "b/walk 2.avi"], [".c3d"])
    assert found == {
        "{subject}/static.c3d": ["a/static.c3d", "b/static.c3d"],
        "{subject}/walk {trial}.c3d": ["a/walk 1.c3d", "b/walk 2.c3d"],
    }


def test_a_file_is_no_standing_trial_because_of_letters_inside_a_word():
    assert list(groups(["vertical.c3d", "walk.c3d"], [".c3d"])) == ["vertical.c3d", "walk.c3d"]
