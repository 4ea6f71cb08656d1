from __future__ import annotations

import pytest

from myoshift import anatomy
from myoshift.anatomy.tables import other


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("soleus_r", ("soleus", "r")),
        ("hip_flexion_l", ("hip_flexion", "l")),
        ("pelvis_tilt", ("pelvis_tilt", None)),
        ("_r", ("_r", None)),
        ("r", ("r", None)),
    ],
)
def test_split_side(name, parts):
    assert anatomy.split_side(name) == parts


def test_other_side():
    assert (other("r"), other("l")) == ("l", "r")
