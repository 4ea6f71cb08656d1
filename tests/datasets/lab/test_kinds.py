from __future__ import annotations

from myoshift.datasets.lab.kinds import kinds
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


def test_files_of_other_suffixes_are_none():
    said = kinds(["s1/a_ik.mot", "s1/a_emg.csv", "s2/a_ik.mot", "s1/notes.docx"], found)
    assert {pattern: own for pattern, (_, own) in said.items()} == {
        "{trial}/a_ik.mot": ["s1/a_ik.mot", "s2/a_ik.mot"],
        "s1/a_emg.csv": ["s1/a_emg.csv"],
    }


def test_standing_trials_are_a_kind_of_their_own_with_one_file_a_person():
    said = kinds(["a/static.c3d", "a/walk 1.c3d", "b/static.c3d", "b/walk 2.c3d", "b/walk 2.avi"], found)
    assert {pattern: own for pattern, (_, own) in said.items()} == {
        "{subject}/static.c3d": ["a/static.c3d", "b/static.c3d"],
        "{subject}/walk {trial}.c3d": ["a/walk 1.c3d", "b/walk 2.c3d"],
    }


def test_kinds_that_share_a_pattern_are_told_apart_by_the_number_of_words():
    said = kinds(
        [f"x_{n}_Data_{what}{end}.csv" for n in ("a", "b") for what in ("ik", "emg") for end in ("", "_N4")], found
    )
    assert set(said) == {f"x_{{trial}}_Data_{what}{end}.csv" for what in ("ik", "emg") for end in ("", "_N4")}
