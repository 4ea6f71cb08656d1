"""The embedded body: legs and pelvis of MyoLegs (`sim` extra), trunk, head and arms from published anthropometry.

MyoLegs lacks arms, and its trunk is a passive scaffold; both must move with the body if its root wrench is to be that
of a person. The joints of the upper body turn about the axes of Rajagopal et al. (2016, IEEE Trans Biomed Eng
63:2068), with his names and signs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch

from myoshift.simulate.fit import myolegs
from myoshift.simulate.fit.polynomials import MOVES
from myoshift.simulate.model import ARM, PELVIS, TRUNK, Axis, Model, Segment, sided
from myoshift.simulate.paths import geometry
from myoshift.types import Array

MASS, HEIGHT = 75.0, 1.70
"""Of the person whom MyoLegs, as Rajagopal's model, describes, kg and m."""
MEAN_HEIGHT = 1.77
"""Of the men of Dumas et al., m."""
STATISTICS: dict[str, Callable[[Array], Any]] = {"median": np.median, "largest": np.max}
X, Y, Z = np.eye(3)
MIRROR = np.diag([1.0, 1.0, -1.0])


class Anthropometry(NamedTuple):
    """Mass over body mass; length (m) of a man of 1.77 m; centre of mass and radii of gyration over that length."""

    mass: float
    length: float
    centre: tuple[float, float, float]
    radii: tuple[float, float, float]


# Dumas, Cheze and Verriest (2007, J Biomech 40:543, table 2, men; frames x forwards, y upwards, z to the right).
# Trunk and head made symmetric, products of inertia left out.
DUMAS = {
    "head": Anthropometry(0.067, 0.277, (-0.062, 0.555, 0.0), (0.31, 0.25, 0.33)),
    "torso": Anthropometry(0.333, 0.477, (-0.036, -0.420, 0.0), (0.27, 0.25, 0.28)),
    "humerus": Anthropometry(0.024, 0.271, (0.017, -0.452, -0.026), (0.31, 0.14, 0.32)),
    "forearm": Anthropometry(0.017, 0.283, (0.010, -0.417, 0.014), (0.28, 0.11, 0.27)),
    "hand": Anthropometry(0.006, 0.080, (0.082, -0.839, 0.074), (0.61, 0.38, 0.56)),
}
LUMBAR = (-0.098, 0.071, 0.0)
"""Joint between sacrum and fifth lumbar vertebra in the pelvis of MyoLegs, m."""
SHOULDER_RISE = 0.296
"""Height of the shoulder joints above the hip joints over body height (de Leva 1996, J Biomech 29:1223, men)."""
SHOULDER_WIDTH = 0.105
"""Half the way between the shoulder joints over body height. Rajagopal has 0.100; the skin is at 0.129 (Winter)."""
HIP = (-0.056276, -0.07849, 0.07726)


def embedded_model() -> Model:
    """The model that comes with the package."""
    compiled = _myolegs()
    return Model(
        name="MyoLegs, trunk and arms of Dumas",
        mass=MASS,
        height=HEIGHT,
        segments=embedded_segments(),
        legs=myolegs.legs(compiled),
        points=myolegs.points(compiled),
    )


def held_out(model: Model, count: int = 1000, seed: int = 1) -> dict[str, float]:
    """Root-mean-square errors of the muscles of a leg at poses that were not fitted, m: medians and largest ones."""
    compiled = _myolegs()
    q = myolegs.poses(compiled, np.random.default_rng(seed), count)
    length, slope = myolegs.exact(compiled, q)
    found_length, found_slope = geometry(model.legs["r"].paths, torch.from_numpy(q))
    lengths = np.sqrt(((found_length.numpy() - length) ** 2).mean(axis=0))
    arms = np.sqrt(((found_slope.numpy() - slope) ** 2).mean(axis=0))[np.abs(slope).max(axis=0) > MOVES]
    errors = {"length": lengths, "moment arm": arms}
    return {f"{name} {what}": float(way(e)) for name, e in errors.items() for what, way in STATISTICS.items()}


def _myolegs() -> Any:
    import myo_sim  # type: ignore[import-untyped]

    return myo_sim.load("myolegs")[0]


def embedded_segments() -> tuple[Segment, ...]:
    """Pelvis, legs, trunk, head and arms, parents first. Needs the `sim` extra."""
    own = read_mujoco(_myolegs())
    pelvis = own[0]
    right = tuple(segment for segment in own if segment.name.endswith("_r"))
    arm = _arm()
    return (
        pelvis,
        *right,
        *(mirrored(segment) for segment in right),
        *_trunk(),
        *arm,
        *(mirrored(segment) for segment in arm),
    )


def mirrored(segment: Segment) -> Segment:
    """The left counterpart of a right segment: its image in the sagittal plane, which turns the other way about z.

    An axis that points forwards or upwards is turned round, so that left coordinates keep their meaning.
    """
    return replace(
        segment,
        name=_left(segment.name),
        parent=_left(segment.parent),
        centre=MIRROR @ segment.centre,
        inertia=MIRROR @ segment.inertia @ MIRROR,
        parent_offset=MIRROR @ segment.parent_offset,
        parent_rotation=MIRROR @ segment.parent_rotation @ MIRROR,
        child_offset=MIRROR @ segment.child_offset,
        child_rotation=MIRROR @ segment.child_rotation @ MIRROR,
        rotations=tuple(_other_axis(axis, -MIRROR) for axis in segment.rotations),
        translations=tuple(_other_axis(axis, MIRROR) for axis in segment.translations),
    )


def _left(name: str) -> str:
    return f"{name[:-2]}_l" if name.endswith("_r") else name


def _other_axis(axis: Axis, image: Array) -> Axis:
    return replace(axis, direction=image @ axis.direction, coordinate=_left(axis.coordinate))


def _plain(direction: Array, coordinate: str) -> Axis:
    return Axis(direction=direction, coordinate=coordinate, polynomial=(0.0, 1.0))


def read_mujoco(model: Any) -> tuple[Segment, ...]:
    """Pelvis and legs of a compiled MyoLegs model, whose bodies have OpenSim's frames, parents first.

    Joints that an equality drives become polynomials of the coordinate that drives them.
    """
    driven = _driven(model)
    found = [_mujoco_body(model, "pelvis", driven)]
    names = {"pelvis"}
    for index in range(model.nbody):
        body = model.body(index)
        if model.body(int(model.body_parentid[index])).name in names:
            names.add(body.name)
            found.append(_mujoco_body(model, body.name, driven))
    return tuple(found)


def _driven(model: Any) -> dict[str, tuple[str, tuple[float, ...]]]:
    """The driver of each coupled joint, and the polynomial."""
    joints = [model.joint(index).name for index in range(model.njnt)]
    return {
        joints[int(model.eq_obj1id[index])]: (
            joints[int(model.eq_obj2id[index])],
            tuple(float(term) for term in model.eq_data[index, :5]),
        )
        for index in range(model.neq)
        if joints[int(model.eq_obj1id[index])].startswith("knee_angle")
    }


def _mujoco_body(model: Any, name: str, driven: dict[str, tuple[str, tuple[float, ...]]]) -> Segment:
    body = model.body(name)
    first, count = int(model.body_jntadr[body.id]), int(model.body_jntnum[body.id])
    slides: list[Axis] = []
    hinges: list[Axis] = []
    for index in range(first, first + count):
        joint = model.joint(index)
        driver, terms = driven.get(joint.name, (joint.name, (0.0, 1.0)))
        axis = Axis(direction=np.array(model.jnt_axis[index]), coordinate=driver, polynomial=terms)
        (slides if int(model.jnt_type[index]) == 2 else hinges).append(axis)  # 2: mjJNT_SLIDE, always before hinges
    turn = _quaternion(model.body_iquat[body.id])
    root = name == "pelvis"
    tilt, list_, rotation, *slide = PELVIS
    return Segment(
        name=name,
        parent="ground" if root else model.body(int(model.body_parentid[body.id])).name,
        mass=float(model.body_mass[body.id]),
        centre=np.array(model.body_ipos[body.id]),
        inertia=turn @ np.diag(model.body_inertia[body.id]) @ turn.T,
        parent_offset=np.zeros(3) if root else np.array(model.body_pos[body.id]),
        parent_rotation=np.eye(3) if root else _quaternion(model.body_quat[body.id]),
        rotations=(_plain(Z, tilt), _plain(X, list_), _plain(Y, rotation)) if root else tuple(hinges),
        translations=tuple(map(_plain, (X, Y, Z), slide)) if root else tuple(slides),
    )


def _quaternion(q: Array) -> Array:
    """Rotation matrix of a unit quaternion, real part first."""
    w, x, y, z = (float(part) for part in q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _part(name: str, share: float = 1.0) -> dict[str, Any]:
    """Mass, centre and inertia of a part of the body; `share` of it."""
    part = DUMAS[name]
    length = part.length * HEIGHT / MEAN_HEIGHT
    mass = share * part.mass * MASS
    return {
        "mass": mass,
        "centre": np.array(part.centre) * length,
        "inertia": mass * np.diag((np.array(part.radii) * length) ** 2),
    }


def _trunk() -> tuple[Segment, ...]:
    neck = np.array([0.0, DUMAS["torso"].length * HEIGHT / MEAN_HEIGHT, 0.0])
    own = _part("torso")
    extension, bending, rotation = TRUNK
    return (
        Segment(
            name="torso",
            parent="pelvis",
            parent_offset=np.array(LUMBAR),
            rotations=(_plain(Z, extension), _plain(X, bending), _plain(Y, rotation)),
            **(own | {"centre": neck + own["centre"]}),
        ),
        Segment(name="head", parent="torso", parent_offset=neck, **_part("head")),
    )


def _arm() -> tuple[Segment, ...]:
    """Right arm; at zero it hangs down, the palm forwards. Ulna and radius carry half the forearm each."""
    flexion, adduction, rotation, elbow, pronation, wrist, deviation = sided(ARM, "r")
    rise = SHOULDER_RISE * HEIGHT + HIP[1] - LUMBAR[1]
    length = {
        name: np.array([0.0, -DUMAS[name].length * HEIGHT / MEAN_HEIGHT, 0.0]) for name in ("humerus", "forearm")
    }
    return (
        Segment(
            name="humerus_r",
            parent="torso",
            parent_offset=np.array([0.0, rise, SHOULDER_WIDTH * HEIGHT]),
            rotations=(_plain(Z, flexion), _plain(X, adduction), _plain(Y, rotation)),
            **_part("humerus"),
        ),
        Segment(
            name="ulna_r",
            parent="humerus_r",
            parent_offset=length["humerus"],
            rotations=(_plain(Z, elbow),),
            **_part("forearm", 0.5),
        ),
        Segment(
            name="radius_r",
            parent="ulna_r",
            parent_offset=np.zeros(3),
            rotations=(_plain(Y, pronation),),
            **_part("forearm", 0.5),
        ),
        Segment(
            name="hand_r",
            parent="radius_r",
            parent_offset=length["forearm"],
            rotations=(_plain(Z, wrist), _plain(X, deviation)),
            **_part("hand"),
        ),
    )
