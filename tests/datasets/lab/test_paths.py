from __future__ import annotations

import pytest

from myoshift.datasets.lab import paths, templates


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (["P1/ik/P1_walk_1.2ms_ik.mot", "P1/ik/P1_walk_1.6ms_ik.mot", "P2/ik/P2_walk_1.2ms_ik.mot"],
         "{subject}/ik/{subject}_walk_{trial}_ik.mot"),
        (["a/walk01.trc", "a/walk02.trc"], "a/walk{trial}.trc"),
        (["a/walk1.trc", "a/run1.trc"], "a/{trial}.trc"),
        (["a/x_b.sto", "a/y.sto"], "a/{trial}.sto"),
        (["S1/fast/ik.sto", "S2/slow/ik.sto", "S1/slow/ik.sto"], "{subject}/{trial}/ik.sto"),
        (["one.sto"], "one.sto"),
        (["sub-01/emg/sub-01_task-walk_run-1_emg.bdf"],
         "sub-{subject}/emg/sub-{subject}_task-{task}_run-{run}_emg.bdf"),
        (["sub-1/ses-1/sub-1_ses-1_tracksys-a_motion.tsv", "sub-2/ses-1/sub-2_ses-1_tracksys-b_motion.tsv"],
         "sub-{subject}/ses-{session}/sub-{subject}_ses-{session}_{trial}_motion.tsv"),
    ],
)  # fmt: skip
def test_what_differs_becomes_a_placeholder(found, said):
    assert paths.pattern(found) == said
    expression = templates.pattern(said)
    assert len({tuple(expression.fullmatch(path).groups()) for path in found}) == len(found)


def test_files_of_one_kind_are_a_group():
    found = paths.groups(["s1/a_ik.mot", "s1/a_emg.csv", "s2/a_ik.mot", "s1/notes.docx"], (".mot", ".csv"))
    assert found == {"{trial}/a_ik.mot": ["s1/a_ik.mot", "s2/a_ik.mot"], "s1/a_emg.csv": ["s1/a_emg.csv"]}
