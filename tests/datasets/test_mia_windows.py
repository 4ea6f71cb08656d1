"""Windows of MIA: found in order, and refused where they are not what the set has."""

from __future__ import annotations

import numpy as np
import pytest

from miniatures.mia import write
from myoshift.datasets.mia_windows import windows
from myoshift.errors import DataFormatError, DataRefused


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path, exercises=("Squat",), people=(2, 10), count=2)


def change(folder, name, array):
    """Write another array into the first window."""
    window = windows(folder)[0]
    np.save(window.path / name, array, allow_pickle=True)
    return window


def test_by_person_exercise_part_and_number(folder):
    found = [(w.person, w.exercise, w.part, w.id) for w in windows(folder)]
    assert found == [
        (f"Subject{k}", "Squat", part, id) for k in (2, 10) for part, id in (("train", "9"), ("val", "10"))
    ]


def test_hands_are_left_out(folder):
    window = windows(folder)[0]
    assert window.pose().shape == (30, 22, 3)
    assert window.emg().shape == (30, 8)


@pytest.mark.parametrize(
    ("name", "array", "words"),
    [
        ("emgvalues.npy", np.zeros((8, 30)), "another shape"),
        ("emgvalues.npy", np.zeros((30, 8), dtype="U3"), "another shape or kind"),
        ("emgvalues.npy", np.full((30, 8), None), "object array"),
        ("pose.npy", np.zeros((30, 24, 3)), "another shape"),
        ("pose.npy", np.zeros((31, 72)), "another shape"),
        ("pose.npy", np.full((30, 72), None), "object array"),
        ("pose.npy", np.full((30, 72), np.inf), "not finite"),
        ("pose.npy", np.full((30, 72), 90.0), "full turn"),
    ],
)
def test_other_arrays_are_refused_with_their_file(folder, name, array, words):
    window = change(folder, name, array)
    with pytest.raises(DataFormatError, match=words) as caught:
        window.emg() if name == "emgvalues.npy" else window.pose()
    assert str(window.path / name) in caught.value.where


def test_the_first_missing_number_is_named(folder):
    pose = np.zeros((30, 72))
    pose[7, 5] = np.nan
    with pytest.raises(DataFormatError, match="frame 7, joint 1"):
        change(folder, "pose.npy", pose).pose()


def test_a_window_without_a_file_is_refused(folder):
    (windows(folder)[1].path / "pose.npy").unlink()
    with pytest.raises(DataRefused, match="missing") as caught:
        windows(folder)
    assert "pose.npy" in caught.value.where


def test_another_folder_is_refused(folder):
    (folder / "MIADatasetOfficial" / "train" / "Subject2" / "Yoga" / "1").mkdir(parents=True)
    with pytest.raises(DataRefused, match="does not have") as caught:
        windows(folder)
    assert "Yoga" in caught.value.where


def test_nothing_there_is_refused_with_the_layout(tmp_path):
    with pytest.raises(DataRefused, match="no windows") as caught:
        windows(tmp_path)
    assert "SubjectN" in caught.value.why


def test_stray_files_and_hidden_folders_do_not_matter(folder):
    (folder / "MIADatasetOfficial" / "train" / "notes.txt").write_text("x")
    (folder / "MIADatasetOfficial" / "train" / ".cache").mkdir()
    assert len(windows(folder)) == 4
