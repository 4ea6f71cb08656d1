from __future__ import annotations

import numpy as np
import pytest
from scipy.io import loadmat

from myoshift import anatomy, formats
from myoshift.anatomy.tables import rows
from myoshift.errors import UnknownNameError


@pytest.mark.parametrize("name", anatomy.COORDINATES)
def test_canonical_coordinates_are_sound(name):
    found = anatomy.coordinate(name)
    assert (found.name, found.sign) == (name, 1)
    assert found.unit == ("rad" if found.rotational else "m")
    assert found.low < 0 < found.high
    assert found.mirror in (1, -1)
    assert found.mirror == 1 or anatomy.split_side(name)[1] is None


def test_what_the_mirror_turns():
    turned = {name for name in anatomy.COORDINATES if anatomy.coordinate(name).mirror < 0}
    assert turned == {"pelvis_list", "pelvis_rotation", "pelvis_tz", "lumbar_bending", "lumbar_rotation"}


@pytest.mark.parametrize(
    ("convention", "native", "name", "sign"),
    [
        ("rajagopal", "knee_angle_r", "knee_angle_r", 1),
        ("rajagopal", "hip_flex_r", "hip_flexion_r", 1),
        ("gait2392", "knee_angle_r", "knee_angle_r", -1),
        ("gait2392", "knee_angle_l", "knee_angle_l", -1),
        ("gait2392", "hip_flexion_l", "hip_flexion_l", 1),
        ("gait2392", "lumbar_bending", "lumbar_bending", 1),
        ("kul", "knee_angle_r", "knee_angle_r", -1),
        ("kul_mri", "knee_flex_r", "knee_angle_r", 1),
        ("kul_mri", "toe_angle_l", "mtp_angle_l", -1),
        ("plug_in_gait", "LHipAngles", "hip_flexion_l", 1),
        ("plug_in_gait", "RKneeAngles", "knee_angle_r", 1),
        ("plug_in_gait", "RPelvisAngles", "pelvis_tilt", -1),
        ("plug_in_gait", "LPelvisAngles:1", "pelvis_list", 1),
    ],
)
def test_conventions(convention, native, name, sign):
    found = anatomy.coordinate(native, convention)
    assert (found.name, found.sign) == (name, sign)


def test_every_convention_leads_to_canonical_names():
    """Each alias is a canonical coordinate, with the sign that its row states."""
    stated = rows("conventions.csv")
    assert {row["convention"] for row in stated} == set(anatomy.CONVENTIONS)
    for row in stated:
        every = row["alias"] == "*"
        alias, name = ("hip_flexion_r", "hip_flexion_r") if every else (row["alias"], row["name"])
        found = anatomy.coordinate(alias, row["convention"])
        assert (found.name, found.sign) == (name, 1 if every else int(row["sign"]))
        assert name in anatomy.COORDINATES


@pytest.mark.parametrize(
    ("name", "convention", "nearest"),
    [
        ("knee_anlge_r", "rajagopal", "knee_angle_r"),
        ("LHipAngle", "plug_in_gait", "LHipAngles"),
        ("hip_flexion_r", "plug_in_gait", "nearest"),
        ("hip_flexion_r", "gait2393", "gait2392"),
    ],
)
def test_an_unknown_coordinate_is_refused_with_the_nearest(name, convention, nearest):
    with pytest.raises(UnknownNameError, match=nearest):
        anatomy.coordinate(name, convention)


def test_a_coupled_column_is_no_coordinate():
    assert anatomy.is_coupled("knee_angle_r_beta")
    assert not anatomy.is_coupled("knee_angle_r")
    with pytest.raises(UnknownNameError, match=r"follows knee_angle_r.*drop"):
        anatomy.coordinate("knee_angle_r_beta")


TABLES = {
    "ceinmsrt-lowerlimb/data/walk36/ik.sto": "gait2392",
    "ceinmsrt-lowerlimb/data/walk45/ik.sto": "gait2392",
    "ceinmsrt-lowerlimb/data/run81/ik.sto": "gait2392",
    "stanford-matlabso/TestData/results_ik.sto": "rajagopal",
    "opensim-core-moco/Bindings/Java/Matlab/examples/Moco/exampleEMGTracking/coordinates.mot": "rajagopal",
    "opensim-core-moco/OpenSim/Examples/Moco/example3DWalking/coordinates.sto": "rajagopal",
}


@pytest.mark.parametrize("file", TABLES)
def test_every_motion_column_of_a_real_table_resolves_and_lies_in_range(data_root, file):
    table = formats.read_sto(data_root / file)
    assert len(table.names) >= 23
    for name in map(formats.short_name, table.names):
        if not anatomy.is_coupled(name):
            assert anatomy.coordinate(name, TABLES[file]).name == name
    knees = [n for n in table.names if formats.short_name(n) in ("knee_angle_r", "knee_angle_l")]
    for native in knees:
        sign = anatomy.coordinate(formats.short_name(native), TABLES[file]).sign
        assert np.median(sign * table.column(native)) > 0, "knees flex"


def test_plug_in_gait_angles_lie_in_range(data_root):
    trials = sorted((data_root / "mcgill-biomechzoo/data/sample_study/raw c3d files").glob("*/*/*.c3d"))
    assert len(trials) == 24
    file = formats.read_c3d(trials[0])
    natives = [
        "LHipAngles", "LHipAngles:1", "LHipAngles:2", "LKneeAngles", "LAnkleAngles",
        "RPelvisAngles", "RPelvisAngles:1", "RPelvisAngles:2",
    ]  # fmt: skip
    for native in natives:
        point, _, component = native.partition(":")
        found = anatomy.coordinate(native, "plug_in_gait")
        values = found.sign * np.deg2rad(file.point(point)[:, int(component or 0)])
        assert found.low < np.nanmin(values)
        assert np.nanmax(values) < found.high


def test_plug_in_gait_pelvis_agrees_with_its_markers(data_root):
    trials = (data_root / "mcgill-biomechzoo/data/sample_study/raw c3d files").glob("*/Straight/*.c3d")
    file = formats.read_c3d(sorted(trials)[0])
    right, left, back = (file.point(name) for name in ("RASI", "LASI", "SACR"))
    forwards = (right + left) / 2 - back
    rise = forwards[:, 2] / np.linalg.norm(forwards, axis=1)
    across = left - right
    seen = {
        "RPelvisAngles": rise,
        "LPelvisAngles": rise,
        "RPelvisAngles:1": left[:, 2] - right[:, 2],
        "LPelvisAngles:1": left[:, 2] - right[:, 2],
        "RPelvisAngles:2": np.unwrap(np.arctan2(across[:, 1], across[:, 0])),
        "LPelvisAngles:2": np.unwrap(np.arctan2(across[:, 1], across[:, 0])),
    }
    for native, expected in seen.items():
        point, _, component = native.partition(":")
        values = anatomy.coordinate(native, "plug_in_gait").sign * file.point(point)[:, int(component or 0)]
        there = np.isfinite(values) & np.isfinite(expected)
        assert np.corrcoef(values[there], expected[there])[0, 1] > 0.8, native


def test_kul_coordinates_resolve_once_they_have_a_side(data_root):
    file = data_root / "kul-3dpredictsim/ExperimentalData/ExperimentalData.mat"
    data = loadmat(file, squeeze_me=True, struct_as_record=False)["ExperimentalData"]
    angles = data.Q.subject1.Qs
    for name, mean in zip(angles.colheaders, angles.mean.T, strict=True):
        own = name if name in anatomy.COORDINATES else f"{name}_r"
        found = anatomy.coordinate(own, "kul")
        if name == "knee_angle":
            assert np.max(found.sign * mean) > 60
