"""A miniature `.osim` in gait2392's names: two legs of thigh, shank and a kneecap on a coupler, a few muscles."""

from __future__ import annotations

from simulate.fit.test_bodies import BODY, COORDINATE, FRAME, LINE, axis, custom

PIN = """<PinJoint name="{name}"><socket_parent_frame>base</socket_parent_frame>
<socket_child_frame>hung</socket_child_frame><coordinates>{coordinate}</coordinates><frames>{frames}</frames></PinJoint>"""
COUPLER = """<CoordinateCouplerConstraint name="c{side}"><coupled_coordinates_function>
<LinearFunction><coefficients>0.9 0.05</coefficients></LinearFunction></coupled_coordinates_function>
<independent_coordinate_names>knee_angle_{side}</independent_coordinate_names>
<dependent_coordinate_name>knee_angle_{side}_beta</dependent_coordinate_name></CoordinateCouplerConstraint>"""
POINT = """<PathPoint name="{name}"><socket_parent_frame>/bodyset/{body}</socket_parent_frame>
<location>{location}</location></PathPoint>"""
MUSCLE = """<{kind} name="{name}"><max_isometric_force>{force}</max_isometric_force>
<optimal_fiber_length>0.1</optimal_fiber_length><tendon_slack_length>0.3</tendon_slack_length>
<pennation_angle_at_optimal>0.1</pennation_angle_at_optimal><max_contraction_velocity>12</max_contraction_velocity>
<GeometryPath name="path"><PathPointSet><objects>{points}</objects></PathPointSet></GeometryPath></{kind}>"""
THIGH, SHANK, CAP = "femur_{side}", "tibia_{side}", "patella_{side}"
PATHS = {
    "rect_fem": (("pelvis", "0.03 -0.03 0.1"), (THIGH, "0.05 -0.2 0"), (CAP, "0.05 0.01 0")),
    "add_mag3": (("pelvis", "-0.08 -0.1 0.04"), (THIGH, "0.02 -0.3 0.02")),
    "bifemsh": ((THIGH, "0 -0.2 0"), (SHANK, "-0.03 -0.05 0.02")),
    "ercspn": (("pelvis", "-0.1 0 0"), (THIGH, "0 0 0")),
    "nobodys": (("pelvis", "-0.1 0 0"), (THIGH, "0 0 0")),
}
ROOT = ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz")


def miniature(folder, *, sides="rl", muscles=tuple(PATHS), kind="Thelen2003Muscle", change=lambda text: text):
    names = [f"rotation{i}" for i in (1, 2, 3)] + [f"translation{i}" for i in (1, 2, 3)]
    directions = ("0 0 1", "1 0 0", "0 1 0", "1 0 0", "0 1 0", "0 0 1")
    free = "".join(axis(n, d, LINE, c) for n, d, c in zip(names, directions, ROOT, strict=True))
    coordinates = "".join(COORDINATE.format(name=n, low=-3, high=3) for n in ROOT)
    bodies, joints = {"pelvis": 40.0}, custom("root", "/ground", "/bodyset/pelvis", coordinates, free)
    for side in "rl":
        bodies |= {f"femur_{side}": 9.0, f"tibia_{side}": 4.0, f"patella_{side}": 0.1}
        joints += pin(f"hip_flexion_{side}", "pelvis", f"femur_{side}", -0.5, 1.5, "-0.06 -0.08 0.08")
        joints += pin(f"knee_angle_{side}", f"femur_{side}", f"tibia_{side}", -1.8, 0.1, "0 -0.4 0")
        joints += pin(f"knee_angle_{side}_beta", f"femur_{side}", f"patella_{side}", -9, 9, "0 -0.4 0")
    own = "".join(muscle(name, side, kind) for side in sides for name in muscles)
    text = f"""<?xml version="1.0"?><OpenSimDocument Version="40000"><Model name="mini">
<BodySet><objects>{"".join(BODY.format(name=n, mass=m, y=-0.1) for n, m in bodies.items())}</objects></BodySet>
<JointSet><objects>{joints}</objects></JointSet>
<ConstraintSet><objects>{"".join(COUPLER.format(side=side) for side in "rl")}</objects></ConstraintSet>
<ForceSet><objects>{own}</objects></ForceSet></Model></OpenSimDocument>"""
    path = folder / "mini.osim"
    path.write_text(change(text))
    return path


def pin(coordinate, parent, child, low, high, offset):
    frames = FRAME.format(name="base", base=f"/bodyset/{parent}", offset=offset, turn="0 0 0")
    frames += FRAME.format(name="hung", base=f"/bodyset/{child}", offset="0 0 0", turn="0 0 0")
    inside = COORDINATE.format(name=coordinate, low=low, high=high)
    return PIN.format(name=f"{coordinate}_joint", coordinate=inside, frames=frames)


def muscle(name, side, kind):
    points = [
        POINT.format(name=f"{name}_{side}_{number}", body=body.format(side=side), location=location)
        for number, (body, location) in enumerate(PATHS[name])
    ]
    return MUSCLE.format(kind=kind, name=f"{name}_{side}", force=1000, points="".join(points))
