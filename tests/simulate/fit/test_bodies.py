from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from myoshift.errors import ConfigError, DataFormatError, UnknownNameError
from myoshift.simulate.fit.bodies import read_segments
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.tree import place
from simulate.motions import still

opensim = pytest.importorskip("opensim")

BODY = """<Body name="{name}"><mass>{mass}</mass><mass_center>0.01 {y} 0.02</mass_center>
<inertia>0.2 0.1 0.21 0.001 0.002 0.003</inertia></Body>"""
FRAME = """<PhysicalOffsetFrame name="{name}"><socket_parent>{base}</socket_parent>
<translation>{offset}</translation><orientation>{turn}</orientation></PhysicalOffsetFrame>"""
COORDINATE = '<Coordinate name="{name}"><range>{low} {high}</range></Coordinate>'
LINE = "<LinearFunction><coefficients>1 0</coefficients></LinearFunction>"
NOTHING = "<Constant><value>0</value></Constant>"
SPLINE = "<SimmSpline><x>-2 -1.4 -0.7 0 0.5</x><y>{y}</y></SimmSpline>"


def axis(name, direction, function, coordinate=""):
    inside = f"<coordinates>{coordinate}</coordinates><axis>{direction}</axis>"
    return f'<TransformAxis name="{name}">{inside}{function}</TransformAxis>'


def custom(name, parent, child, coordinates, axes, offset="0 0 0", turn="0 0 0"):
    frames = FRAME.format(name="base", base=parent, offset=offset, turn=turn)
    frames += FRAME.format(name="hung", base=child, offset="0.01 0.02 -0.01", turn="0.1 -0.2 0.3")
    return f"""<CustomJoint name="{name}"><socket_parent_frame>base</socket_parent_frame>
<socket_child_frame>hung</socket_child_frame><coordinates>{coordinates}</coordinates><frames>{frames}</frames>
<SpatialTransform>{axes}</SpatialTransform></CustomJoint>"""


def pin(name, parent, child, coordinate, kind="PinJoint"):
    frames = FRAME.format(name="base", base=parent, offset="0.02 -0.4 0.01", turn="0.2 0.1 -0.3")
    frames += FRAME.format(name="hung", base=child, offset="0 0 0", turn="0 0 0")
    return f"""<{kind} name="{name}"><socket_parent_frame>base</socket_parent_frame>
<socket_child_frame>hung</socket_child_frame><coordinates>{coordinate}</coordinates>
<frames>{frames}</frames></{kind}>"""


def miniature(folder, *, joint="PinJoint", knee="knee_angle_r"):
    """Pelvis, thigh, shank on splines, kneecap on a coupler, and a foot; written child before parent."""
    directions = ("0 0 1", "1 0 0", "0 1 0", "1 0 0", "0 1 0", "0 0 1")
    names = [f"rotation{i}" for i in (1, 2, 3)] + [f"translation{i}" for i in (1, 2, 3)]
    root = ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz")
    hip = ("hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "", "", "")
    free = "".join(axis(n, d, LINE, c) for n, d, c in zip(names, directions, root, strict=True))
    ball = "".join(axis(n, d, LINE if c else NOTHING, c) for n, d, c in zip(names, directions, hip, strict=True))
    slides = SPLINE.format(y="-0.03 -0.02 -0.01 0 0.004"), SPLINE.format(y="-0.41 -0.40 -0.4 -0.405 -0.41")
    hinge = axis(names[0], directions[0], LINE, knee)
    hinge += "".join(axis(names[i], directions[i], NOTHING) for i in (1, 2))
    hinge += axis(names[3], directions[3], slides[0], knee) + axis(names[4], directions[4], slides[1], knee)
    hinge += axis(names[5], directions[5], NOTHING)
    cap = hinge.replace(knee, "knee_angle_r_beta")
    bodies = {"pelvis": 11.0, "femur_r": 9.0, "tibia_r": 3.7, "patella_r": 0.1, "calcn_r": 1.2}
    frames = {name: f"/bodyset/{name}" for name in bodies}
    wide = {"low": -3, "high": 3}
    joints = (
        pin("ankle_r", frames["tibia_r"], frames["calcn_r"], COORDINATE.format(name="ankle_angle_r", **wide), joint)
        + custom(
            "knee_r", frames["femur_r"], frames["tibia_r"], COORDINATE.format(name=knee, low=-1.9, high=0.2), hinge
        )
        + custom(
            "cap_r", frames["femur_r"], frames["patella_r"], COORDINATE.format(name="knee_angle_r_beta", **wide), cap
        )
        + custom("root", "/ground", frames["pelvis"], "".join(COORDINATE.format(name=n, **wide) for n in root), free)
        + custom(
            "hip_r",
            frames["pelvis"],
            frames["femur_r"],
            "".join(COORDINATE.format(name=n, **wide) for n in hip[:3]),
            ball,
            "-0.06 -0.08 0.08",
            "0.1 0.2 0.3",
        )
    )
    coupler = f"""<CoordinateCouplerConstraint name="c"><coupled_coordinates_function>
<LinearFunction><coefficients>0.9 0.05</coefficients></LinearFunction></coupled_coordinates_function>
<independent_coordinate_names>{knee}</independent_coordinate_names>
<dependent_coordinate_name>knee_angle_r_beta</dependent_coordinate_name></CoordinateCouplerConstraint>"""
    text = f"""<?xml version="1.0"?><OpenSimDocument Version="40000"><Model name="toy">
<gravity>0 -9.80665 0</gravity>
<BodySet><objects>{"".join(BODY.format(name=n, mass=m, y=-0.1) for n, m in bodies.items())}</objects></BodySet>
<JointSet><objects>{joints}</objects></JointSet>
<ConstraintSet><objects>{coupler}</objects></ConstraintSet></Model></OpenSimDocument>"""
    path = folder / "toy.osim"
    path.write_text(text)
    return path


def test_segments_stand_where_opensim_puts_them(tmp_path):
    path = miniature(tmp_path)
    segments = read_segments(path, "gait2392")
    model = opensim.Model(str(path))
    state = model.initSystem()
    random = np.random.default_rng(0)
    for _ in range(5):
        native = {c.getName(): random.uniform(-0.5, 0.5) for c in model.getCoordinateSet()}
        native["knee_angle_r"] = random.uniform(-1.8, 0.1)
        native["knee_angle_r_beta"] = 0.9 * native["knee_angle_r"] + 0.05
        q = torch.zeros(1, len(COORDINATES), dtype=torch.float64)
        for name, value in native.items():
            model.getCoordinateSet().get(name).setValue(state, value, False)
            if name in COORDINATES:
                q[0, COORDINATES.index(name)] = -value if name == "knee_angle_r" else value
        model.realizePosition(state)
        rotations, origins = place(segments, q)
        for index, segment in enumerate(segments):
            there = model.getBodySet().get(segment.name).getTransformInGround(state)
            np.testing.assert_allclose(origins[0, index], [there.p().get(i) for i in range(3)], atol=2e-4)
            turn = [[there.R().get(i, j) for j in range(3)] for i in range(3)]
            np.testing.assert_allclose(rotations[0, index], turn, atol=1e-6)


def test_mass_centre_and_inertia_are_the_files(tmp_path):
    segments = {segment.name: segment for segment in read_segments(miniature(tmp_path), "gait2392")}
    foot = segments["calcn_r"]
    assert foot.mass == 1.2
    np.testing.assert_allclose(foot.centre, [0.01, -0.1, 0.02])
    np.testing.assert_allclose(foot.inertia, [[0.2, 0.001, 0.002], [0.001, 0.1, 0.003], [0.002, 0.003, 0.21]])


def test_parents_come_first_whatever_the_order_of_the_file(tmp_path):
    names = [segment.name for segment in read_segments(miniature(tmp_path), "gait2392")]
    assert names[:2] == ["pelvis", "femur_r"]
    assert names.index("tibia_r") < names.index("calcn_r")


def test_the_knee_of_gait2392_is_turned(tmp_path):
    path = miniature(tmp_path)
    turned, plain = (read_segments(path, convention) for convention in ("gait2392", "rajagopal"))
    index = [segment.name for segment in turned].index("tibia_r")
    here, there = place(turned, still(1, knee_angle_r=0.6)[0]), place(plain, still(1, knee_angle_r=-0.6)[0])
    torch.testing.assert_close(here[1][0, index], there[1][0, index])


def test_a_joint_without_counterpart_is_refused(tmp_path):
    path = miniature(tmp_path, joint="BallJoint")
    ankle, *others = (COORDINATE.format(name=f"{n}_angle_r", low=-3, high=3) for n in ("ankle", "subtalar", "mtp"))
    path.write_text(path.read_text().replace(ankle, "".join((ankle, *others))))
    with pytest.raises(DataFormatError, match="joint 'ankle_r' is a BallJoint"):
        read_segments(path, "gait2392")


def test_a_coordinate_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="kneebend_r"):
        read_segments(miniature(tmp_path, knee="kneebend_r"), "gait2392")


def test_without_opensim_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "opensim", None)
    with pytest.raises(ConfigError, match=r"myoshift\[opensim\]"):
        read_segments(tmp_path / "any.osim")


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "no.osim"
    path.write_text("nothing")
    with pytest.raises(DataFormatError, match="no OpenSim model"):
        read_segments(path)
