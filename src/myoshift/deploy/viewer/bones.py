"""The bones that the viewer draws: simple solids of our own, one mesh for each segment.

Places are metres in the frame of the segment, for the embedded body of 1.70 m; they follow the joints and muscle
attachments of that model. A segment of another model takes the shape at its own length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from myoshift.anatomy import split_side
from myoshift.deploy.viewer.solids import Faces, Mesh, Vector, blob, hoop, joined, plate, rod
from myoshift.simulate.model import COORDINATES, Model
from myoshift.simulate.table import load
from myoshift.simulate.tree import place
from myoshift.types import Array32

LENGTHS = {
    "pelvis": "femur_r",
    "femur": "tibia",
    "tibia": "talus",
    "patella": "tibia",
    "talus": "calcn",
    "calcn": "toes",
    "torso": "head",
    "humerus": "ulna",
    "radius": "hand",
    "ulna": "hand",
}
"""The segment at whose joint another one ends: how far it is away says how large the bone is drawn."""
THIN = 0.012  # m, radius of a segment of which nothing is known


@dataclass(frozen=True, kw_only=True, eq=False)
class Bone:
    """What is drawn of a segment (index): `vertices` (V, 3) m in its frame, `faces` (F, 3) that look outwards."""

    segment: int
    vertices: Array32
    faces: Faces


def bones(model: Model) -> tuple[Bone, ...]:
    """A bone for each segment of the model that has a length; unknown segments are bars to the joints they carry."""
    joints, usual = _joints(model), _joints(load())
    out = []
    for number, segment in enumerate(model.segments):
        base, side = split_side(segment.name)
        shape = _shapes().get(base)
        if shape is not None:
            mesh = shape.scaled(_size(segment.name, joints, usual, model.height / load().height))
            mesh = mesh.mirrored() if side == "l" else mesh
        elif joints[segment.name]:
            mesh = joined([rod([(0.0, 0.0, 0.0), end], [THIN, THIN]) for end in joints[segment.name].values()])
        else:
            continue
        out.append(Bone(segment=number, vertices=mesh.vertices, faces=mesh.faces))
    return tuple(out)


def _joints(model: Model) -> Mapping[str, Mapping[str, Vector]]:
    """For each segment, where those that hang on it have their origin: in its own frame, all joints neutral."""
    rotations, origins = (each[0].numpy() for each in place(model.segments, _neutral()))
    index = {segment.name: number for number, segment in enumerate(model.segments)}
    out: dict[str, dict[str, Vector]] = {segment.name: {} for segment in model.segments}
    for number, segment in enumerate(model.segments):
        if segment.parent in index:
            parent = index[segment.parent]
            x, y, z = (rotations[parent].T @ (origins[number] - origins[parent])).tolist()
            if np.hypot(np.hypot(x, y), z) > 1e-3:
                out[segment.parent][segment.name] = (x, y, z)
    return out


def _neutral() -> torch.Tensor:
    return torch.zeros(1, len(COORDINATES), dtype=torch.float64)


def _size(
    name: str, joints: Mapping[str, Mapping[str, Vector]], usual: Mapping[str, Mapping[str, Vector]], otherwise: float
) -> float:
    """How long a segment is beside that of the embedded body."""
    base, side = split_side(name)
    end = LENGTHS.get(base, "")
    carrier = {"patella": "femur", "ulna": "radius"}.get(base, base)
    whole, last = (f"{part}_{side}" if side else part for part in (carrier, end))
    if last not in joints.get(whole, {}) or last not in usual.get(whole, {}):
        return otherwise
    mine, theirs = (float(np.linalg.norm(each[whole][last])) for each in (joints, usual))
    return mine / theirs


@cache
def _shapes() -> dict[str, Mesh]:
    """Bones by segment without side: of the midline, or of the right side."""
    return {
        "pelvis": _both(_hip_bone(), _sacrum()),
        "femur": _femur(),
        "patella": blob((0.006, 0.026, 0.0), (0.010, 0.024, 0.019)),
        "tibia": _shank(),
        "talus": blob((0.004, -0.012, 0.0), (0.030, 0.020, 0.020)),
        "calcn": _foot(),
        "toes": _toes(),
        "torso": _both(_shoulder(), _spine(), _ribs()),
        "head": _head(),
        "humerus": rod(
            [(0, 0, 0), (0, -0.035, 0), (0, -0.13, 0), (0, -0.215, 0), (0, -0.252, 0)],
            [0.023, 0.014, 0.011, 0.012, 0.020],
        ),
        "ulna": rod(
            [(-0.014, 0.012, -0.004), (-0.010, -0.04, -0.006), (0.0, -0.15, -0.006), (-0.012, -0.262, -0.002)],
            [0.013, 0.011, 0.007, 0.008],
        ),
        "radius": rod(
            [(0.010, -0.012, 0.006), (0.012, -0.06, 0.006), (0.018, -0.15, 0.004), (0.012, -0.262, 0.002)],
            [0.012, 0.007, 0.008, 0.012],
        ),
        "hand": _hand(),
    }


def _both(right: Mesh, *middle: Mesh) -> Mesh:
    return joined([right, right.mirrored(), *middle])


def _hip_bone() -> Mesh:
    socket, sit, front = (-0.056, -0.078, 0.070), (-0.094, -0.124, 0.056), (-0.014, -0.090, 0.010)
    wing = [
        (-0.050, -0.066, 0.082),
        (-0.018, -0.014, 0.108),
        (-0.034, 0.030, 0.124),
        (-0.068, 0.048, 0.112),
        (-0.106, 0.042, 0.078),
        (-0.134, 0.018, 0.046),
        (-0.118, -0.028, 0.044),
        (-0.082, -0.056, 0.064),
    ]
    crest = rod(wing[1:6], [0.009, 0.008, 0.007, 0.007, 0.010])
    ring = [
        rod([socket, (-0.030, -0.078, 0.038), front], [0.022, 0.010, 0.012]),
        rod([socket, (-0.085, -0.100, 0.064), sit], [0.022, 0.015, 0.016]),
        rod([sit, (-0.055, -0.120, 0.030), front], [0.012, 0.007, 0.009]),
    ]
    return joined([plate(wing, 0.012), crest, *ring])


def _sacrum() -> Mesh:
    return rod([(-0.104, 0.048, 0), (-0.130, 0.012, 0), (-0.142, -0.030, 0), (-0.130, -0.062, 0)],
               [0.030, 0.028, 0.016, 0.006])  # fmt: skip


def _femur() -> Mesh:
    neck = rod([(0, 0, 0), (-0.006, -0.012, 0.026), (-0.010, -0.026, 0.046)], [0.024, 0.014, 0.018])
    shaft = rod(
        [(-0.010, -0.022, 0.048), (-0.004, -0.075, 0.042), (0.010, -0.20, 0.026), (0.004, -0.33, 0.008),
         (0.0, -0.385, 0.0)],
        [0.016, 0.0165, 0.0135, 0.0155, 0.026],
    )  # fmt: skip
    return joined([neck, shaft, *(blob((-0.006, -0.400, z), (0.026, 0.022, 0.019)) for z in (-0.022, 0.022))])


def _shank() -> Mesh:
    plateau = blob((-0.004, -0.030, 0.0), (0.028, 0.014, 0.038))
    tibia = rod(
        [(0.0, -0.036, 0.0), (0.008, -0.075, -0.001), (0.006, -0.20, -0.003), (-0.006, -0.355, -0.006),
         (-0.009, -0.385, -0.008)],
        [0.026, 0.018, 0.0125, 0.0130, 0.0180],
    )  # fmt: skip
    fibula = rod([(-0.022, -0.055, 0.032), (-0.024, -0.20, 0.027), (-0.018, -0.395, 0.022)], [0.011, 0.006, 0.011])
    return joined([plateau, blob((0.026, -0.062, 0.0), (0.012, 0.016, 0.010)), tibia, fibula])


def _foot() -> Mesh:
    heel = blob((0.018, 0.014, 0.0), (0.034, 0.026, 0.022))
    arch = rod([(0.030, 0.020, 0.0), (0.085, 0.030, -0.008)], [0.020, 0.018])
    outer = rod([(0.030, 0.012, 0.006), (0.085, 0.012, 0.024)], [0.018, 0.014])
    ends = ((0.178, -0.028), (0.180, -0.010), (0.176, 0.005), (0.168, 0.020), (0.156, 0.034))
    rays = [
        rod([(0.080, 0.026 - 0.003 * k, -0.016 + 0.010 * k), (x, 0.001, z)], [0.009, 0.0105 if k == 0 else 0.0085])
        for k, (x, z) in enumerate(ends)
    ]
    return joined([heel, arch, outer, *rays])


def _toes() -> Mesh:
    ends = ((0.0, 0.056, -0.028, -0.022), (0.002, 0.046, -0.011, -0.004), (-0.002, 0.040, 0.004, 0.010),
            (-0.010, 0.032, 0.019, 0.022), (-0.020, 0.020, 0.033, 0.034))  # fmt: skip
    return joined(
        [
            rod([(x, 0.002, z), (to, -0.001, out)], [0.010 if k == 0 else 0.0075, 0.009 if k == 0 else 0.0065])
            for k, (x, to, z, out) in enumerate(ends)
        ]
    )


SPINE = ((0.0, 0.0), (0.012, 0.06), (0.002, 0.13), (-0.028, 0.21), (-0.048, 0.29), (-0.042, 0.37), (-0.014, 0.458))
"""x and y of the curve of the back, from the pelvis to the neck."""


def _spine() -> Mesh:
    heights = np.linspace(0.0, 0.445, 15)
    back = np.interp(heights, [y for _, y in SPINE], [x for x, _ in SPINE])
    width = np.linspace(0.026, 0.015, 15)
    return joined(
        [
            rod([(x, y, 0.0) for x, y in SPINE], [0.012] * len(SPINE)),
            *(blob((x, y, 0.0), (0.8 * w, 0.011, w)) for x, y, w in zip(back, heights, width, strict=True)),
        ]
    )


def _ribs() -> Mesh:
    rows = ((0.385, 0.085, 0.12), (0.345, 0.125, 0.18), (0.305, 0.155, 0.22), (0.265, 0.175, 0.245),
            (0.225, 0.180, 0.26), (0.185, 0.175, 0.265), (0.148, 0.150, 0.26))  # fmt: skip
    back = [float(np.interp(y, [each for _, each in SPINE], [x for x, _ in SPINE])) for y, _, _ in rows]
    hoops = [
        hoop((x + depth / 2, y - 0.03, 0.0), depth, width, 0.0055, 0.06)
        for x, (y, depth, width) in zip(back, rows, strict=True)
    ]
    front = [(x + depth, y - 0.06, 0.0) for x, (y, depth, _) in zip(back[:5], rows[:5], strict=True)]
    return joined([*hoops, rod(front, [0.012, 0.011, 0.010, 0.009, 0.008])])


def _shoulder() -> Mesh:
    collar = rod([(0.044, 0.338, 0.016), (0.046, 0.362, 0.070), (-0.004, 0.378, 0.165)], [0.010, 0.007, 0.010])
    blade = [(-0.020, 0.368, 0.150), (-0.070, 0.355, 0.085), (-0.085, 0.300, 0.070), (-0.078, 0.225, 0.082),
             (-0.050, 0.300, 0.125), (-0.014, 0.345, 0.150)]  # fmt: skip
    return joined([collar, plate(blade, 0.008), rod([blade[0], blade[1]], [0.008, 0.005])])


def _head() -> Mesh:
    skull = blob((0.004, 0.148, 0.0), (0.094, 0.080, 0.072))
    face = blob((0.050, 0.098, 0.0), (0.044, 0.058, 0.050))
    chin = rod([(0.0, 0.100, 0.054), (0.010, 0.062, 0.050), (0.058, 0.042, 0.032), (0.078, 0.040, 0.0),
                (0.058, 0.042, -0.032), (0.010, 0.062, -0.050), (0.0, 0.100, -0.054)],
               [0.008, 0.010, 0.011, 0.012, 0.011, 0.010, 0.008])  # fmt: skip
    neck = rod([(-0.012, 0.0, 0.0), (-0.004, 0.045, 0.0), (-0.008, 0.085, 0.0)], [0.016, 0.015, 0.015])
    return joined([skull, face, chin, neck])


def _hand() -> Mesh:
    knuckles = ((0.030, -0.078, 0.155), (0.012, -0.082, 0.170), (-0.006, -0.080, 0.162), (-0.022, -0.074, 0.140))
    fingers = [
        rod([(0.4 * x + 0.004, -0.012, 0.0), (x, y, 0.0), (1.15 * x, -end, -0.008)], [0.010, 0.0085, 0.0065])
        for x, y, end in knuckles
    ]
    thumb = rod([(0.014, -0.016, -0.004), (0.046, -0.050, -0.014), (0.058, -0.092, -0.018)], [0.010, 0.009, 0.007])
    return joined([*fingers, thumb])
