"""ExternalLoads files, and what may hide in XML."""

import pytest

from myoshift.errors import DataRefused
from myoshift.simulate.external_loads import read_loads
from simulate.laboratories import write_loads

NAMES = [
    f"ground_{kind}{axis}" for side in "rl" for kind in (f"force_{side}_v", f"force_{side}_p", f"torque_{side}_")
    for axis in "xyz"
]  # fmt: skip
BOMB = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


def test_columns_and_feet_are_those_of_the_file(tmp_path):
    found, flags = read_loads(write_loads(tmp_path / "loads.xml"), NAMES, "forces.mot")
    assert [(each.side, each.force[0], each.torque[2]) for each in found] == [
        ("r", "ground_force_r_vx", "ground_torque_r_z"),
        ("l", "ground_force_l_vx", "ground_torque_l_z"),
    ]
    assert not flags


def test_loads_of_another_file_are_used_and_said(tmp_path):
    _, flags = read_loads(write_loads(tmp_path / "loads.xml"), NAMES, "other.mot")
    assert flags[0].message == "written for forces.mot, used with other.mot"


@pytest.mark.parametrize("extra", [BOMB, OUTSIDE])
def test_a_document_type_is_refused_before_its_entities(tmp_path, extra):
    with pytest.raises(DataRefused, match=r"loads.xml: the XML declares a document type .*delete the line"):
        read_loads(write_loads(tmp_path / "loads.xml", extra=extra), NAMES, "forces.mot")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"feet": ("tibia_r", "calcn_l")}, "loads.xml, r: a force on 'tibia_r'"),
        ({"frame": "calcn_r"}, "force_expressed_in_body is 'calcn_r'"),
    ],
)
def test_forces_that_are_no_ground_reaction_on_a_foot(tmp_path, options, why):
    with pytest.raises(DataRefused, match=why):
        read_loads(write_loads(tmp_path / "loads.xml", **options), NAMES, "forces.mot")


def test_missing_columns_are_named(tmp_path):
    with pytest.raises(DataRefused, match="missing ground_force_r_vx, ground_force_r_vy, ground_force_r_vz"):
        read_loads(write_loads(tmp_path / "loads.xml"), NAMES[3:], "forces.mot")


@pytest.mark.parametrize(
    "text", ["", "not xml", "<a/>", "<a><b></a>", "<?xml version='1.0' encoding='no-such'?><a/>"]
)
def test_what_is_no_file_of_loads_is_refused(tmp_path, text):
    (tmp_path / "loads.xml").write_text(text)
    with pytest.raises(DataRefused, match=r"loads\.xml"):
        read_loads(tmp_path / "loads.xml", NAMES, "forces.mot")
