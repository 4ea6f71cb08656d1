from __future__ import annotations

import pytest

from myoshift.datasets.lab import templates
from myoshift.datasets.lab.paths import is_standing, pattern


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
        (["P1_slow.csv", "P2_fast.csv"], "{subject}_{trial}.csv"),
        (["S01.mat", "S02.mat"], "{trial}.mat"),
        (["a/walk_01.npz", "a/walk_12.npz"], "a/walk_{trial}.npz"),
        (["level_ccw_01.csv", "treadmill_01.csv"], "{trial}_01.csv"),
        (["P1/ik/P1_walk_1.2ms_ik.mot", "P1/ik/P1_walk_1.6ms_ik.mot", "P2/ik/P2_walk_1.2ms_ik.mot"],
         "{subject}/ik/{subject}_walk_{trial}_ik.mot"),
        (["a/walk01.trc", "a/walk02.trc"], "a/walk{trial}.trc"),
        (["a/walk1.trc", "a/run1.trc"], "a/{trial}.trc"),
        (["a/x_b.sto", "a/y.sto"], "a/{trial}.sto"),
        (["S1/fast/ik.sto", "S2/slow/ik.sto", "S1/slow/ik.sto"], "{subject}/{trial}/ik.sto"),
        (["sub-01/emg/sub-01_task-walk_run-1_emg.bdf"],
         "sub-{subject}/emg/sub-{subject}_task-{task}_run-{run}_emg.bdf"),
        (["sub-1/ses-1/sub-1_ses-1_tracksys-a_motion.tsv", "sub-2/ses-1/sub-2_ses-1_tracksys-b_motion.tsv"],
         "sub-{subject}/ses-{session}/sub-{subject}_ses-{session}_tracksys-{trial}_motion.tsv"),
    ],
)  # fmt: skip
def test_placeholders_stand_where_paths_differ_word_by_word(paths, expected):
    assert pattern(paths) == expected
    match = templates.pattern(expected).fullmatch
    assert len({tuple(match(path).groups()) for path in paths}) == len(paths)


def test_without_trials_what_differs_is_the_subject():
    assert pattern(["a/static.c3d", "b/static.c3d"], last="") == "{subject}/static.c3d"


def test_a_file_is_no_standing_trial_because_of_letters_inside_a_word():
    assert [is_standing(path) for path in ("a/Static_1.c3d", "vertical.c3d", "static/walk.c3d")] == [
        True,
        False,
        False,
    ]
