"""How channels name their side."""

from __future__ import annotations

import pytest

from myoshift.datasets import naming


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("soleus_r", ("_r", "r")),
        ("soleus_L", ("_R", "l")),
        ("R_TA", ("R_", "r")),
        ("Voltage.L Gast", ("R_", "l")),
        ("LT SOLEUS", ("RT", "l")),
        ("Right Vastus", ("Right", "r")),
        ("vastus_left", ("Right", "l")),
        ("/jointset/hip_r/hip_flexion_r", ("_r", "r")),
        ("rectus", None),
        ("LVAS", None),
        ("bright", None),
        ("time", None),
    ],
)
def test_styles(name, found):
    assert naming.side(name) == found


def test_one_style_says_nothing_and_two_are_flagged_with_what_is_assumed():
    assert not list(naming.sides(["soleus_r", "soleus_l", "emg"]))
    (flag,) = naming.sides(["soleus_r", "R_TA", "emg"])
    assert flag.code == "sides"
    assert "2 styles: _r (soleus_r), R_ (R_TA); assumed: soleus_r = right, R_TA = right" in flag.message
