from __future__ import annotations

import numpy as np
import pytest

from myoshift.datasets.lab.look import leaves_of, look, text_form


def rows(mark=",", point=".", count=5, step=0.01):
    return "".join(f"{step * k:.3f}{mark}{k}.5\n".replace(".", point) for k in range(count))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t,a\n" + rows(), {}),
        ("t;a\n" + rows(";", ","), {"decimal": ","}),
        ("x\ty\nHz\t200\n\nt\ta\n" + rows("\t"), {"preamble": 3}),
        ("no numbers,at all\n", {}),
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
