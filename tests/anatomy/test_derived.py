from __future__ import annotations

import pytest

from myoshift.anatomy import Derived, derived, is_derived_column


@pytest.mark.parametrize(
    ("name", "kind", "of"),
    [
        ("moment_knee_angle", "moment", "knee_angle"),
        ("simulated_hamstrings_medial", "simulated", "hamstrings_medial"),
        ("length_bfsh", "length", "bfsh"),
        ("velocity_soleus", "velocity", "soleus"),
        ("gravity_shank", "gravity", "shank"),
    ],
)
def test_a_name_is_a_kind_and_what_it_is_of(name, kind, of):
    assert derived(name) == Derived(kind, of)
    assert is_derived_column(f"{name}_r")
    assert not is_derived_column(name)


@pytest.mark.parametrize("name", ["knee_angle", "moment_knee_angle_r", "moment_soleus", "gravity", "length_shank"])
def test_anything_else_is_none(name):
    assert derived(name) is None


def test_a_coordinate_is_no_derived_column():
    assert not is_derived_column("knee_angle_r")
