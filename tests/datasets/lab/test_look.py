from __future__ import annotations

import numpy as np
import pytest

from myoshift.datasets.lab.look import leaves_of, look, role_of, text_form


def rows(mark=",", point=".", count=5, step=0.01):
    return "".join(f"{step * k:.3f}{mark}{k}.5\n".replace(".", point) for k in range(count))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t,a\n" + rows(), {}),
        ("t;a\n" + rows(";", ","), {"decimal": ","}),
        ("x\ty\nHz\t200\n\nt\ta\n" + rows("\t"), {"preamble": 3}),
        ("no numbers,at all\n", {}),
        (rows(), {"names": ["column1", "column2"]}),
        ("File: x\n\n" + rows("\t"), {"preamble": 2, "names": ["column1", "column2"]}),
    ],
)
def test_the_form_of_a_text(tmp_path, text, expected):
    (tmp_path / "x.txt").write_text(text)
    assert text_form(tmp_path / "x.txt") == expected


@pytest.mark.parametrize(("label", "step"), [("Header", 0.005), ("Zeit (s)", 0.005), ("frame", 1.0)])
def test_seconds_are_a_column_called_so_or_a_first_one_of_even_small_steps(tmp_path, label, step):
    (tmp_path / "x.csv").write_text(f"{label},soleus\n" + rows(step=step))
    found = look(tmp_path, "x.csv")
    assert found.told == (() if label == "frame" else (("time", label, "check: 200 Hz"),))
    assert found.timeless == (label == "frame")


def test_what_cannot_be_read_is_nothing(tmp_path):
    (tmp_path / "x.csv").write_text("Subject,Age\nAB06,20\n")
    assert look(tmp_path, "x.csv") is None


def test_leaves_of_a_struct_array_are_those_of_all_elements():
    found = {"s": {"data": [{"emg": np.ones((4, 2)), "task": "walk"}] * 3, "fs": 100.0}}
    leaves = dict(leaves_of(found))
    assert leaves["s.data.emg"].shape == (3, 4, 2)
    assert (leaves["s.data.task"], leaves["s.fs"]) == (["walk"] * 3, 100.0)


def test_a_text_whose_last_row_is_torn_says_so(tmp_path):
    (tmp_path / "x.csv").write_text("t,soleus\n" + rows() + "0.05")
    found = look(tmp_path, "x.csv")
    assert [key for key, _, _ in found.told] == ["short_rows", "time"]


def test_moments_of_coordinates_are_no_motion():
    names = ["knee_angle_r", "hip_flexion_r"]
    assert [role_of(path, names) for path in ("a/id.sto", "a/ik.sto", "did.sto")] == ["dynamics", "motion", "motion"]


def test_lists_of_unequal_arrays_are_shown_by_their_length(tmp_path):
    from scipy.io import savemat

    cells = np.empty(2, dtype=object)
    cells[:] = [np.ones((3, 2)), np.ones((4, 2))]
    savemat(tmp_path / "x.mat", {"cells": cells, "one": 1.0, "emg": np.ones((3, 2))})
    assert set(look(tmp_path, "x.mat").variables) == {"cells 2", "emg 3x2"}


@pytest.mark.parametrize(
    ("path", "names", "role"),
    [
        ("x_EMG_2.csv", ("Lead1", "Lead2"), "emg"),
        ("emg/x.csv", ("Lead1", "Lead2"), "unknown"),
        ("emg/x.csv", ("soleus", "knee_angle_r", "hip_flexion_r"), "emg"),
        ("x_emg.csv", ("knee_angle_r",), "motion"),
    ],
)
def test_the_name_of_a_file_says_emg_where_no_column_says_more(path, names, role):
    assert role_of(path, names) == role
