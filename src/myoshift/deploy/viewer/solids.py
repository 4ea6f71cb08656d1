"""Triangles of a few simple solids, from which the bones are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from myoshift.types import Array, Array32

Vector = tuple[float, float, float]
Faces = NDArray[np.int32]
MIRROR = np.array([1, 1, -1], np.float32)
AROUND = 8  # vertices of a ring
CAP = np.radians((90.0, 50.0, 20.0))  # latitudes of the rings of a round end


@dataclass(frozen=True, kw_only=True, eq=False)
class Mesh:
    """Triangles: `vertices` (V, 3) in m, `faces` (F, 3) counter-clockwise as seen from outside."""

    vertices: Array32
    faces: Faces

    def mirrored(self) -> Mesh:
        """The left one of a right one: z turned, and the faces still look outwards."""
        return Mesh(vertices=self.vertices * MIRROR, faces=self.faces[:, ::-1].copy())

    def scaled(self, factor: float) -> Mesh:
        """The same shape, larger by `factor` about the origin."""
        return Mesh(vertices=self.vertices * np.float32(factor), faces=self.faces)


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Several meshes as one."""
    return reduce(_and, meshes)


def rod(points: Sequence[Vector], radii: Sequence[float]) -> Mesh:
    """A round bar along points, of a radius (m) at each of them, with round ends."""
    line, radius = np.array(points), np.array(radii)
    tangents = _unit(np.gradient(line, axis=0))
    up, rise = np.cos(CAP)[:, None], np.sin(CAP)[:, None]
    first, last = line[0] - radius[0] * rise * tangents[0], line[-1] + (radius[-1] * rise * tangents[-1])[::-1]
    centres = np.concatenate([first, line, last])
    sizes = np.concatenate([radius[0] * up[:, 0], radius, radius[-1] * up[::-1, 0]])
    along = np.concatenate([np.repeat(tangents[:1], len(CAP), 0), tangents, np.repeat(tangents[-1:], len(CAP), 0)])
    across = np.eye(3)[np.abs(line[-1] - line[0]).argmin()]
    return _tube(centres, along, sizes, across, closed=False)


def hoop(centre: Vector, depth: float, width: float, radius: float, dip: float) -> Mesh:
    """A round bar around a flat ellipse, `depth` long in x and `width` in z, lower in front than behind by `dip`."""
    angle = np.linspace(0.0, 2 * np.pi, 20, endpoint=False)
    x, z = np.cos(angle), np.sin(angle)
    centres = np.array(centre) + np.stack([depth / 2 * x, -dip / 2 * x, width / 2 * z], axis=1)
    along = _unit(np.roll(centres, -1, axis=0) - np.roll(centres, 1, axis=0))
    return _tube(centres, along, np.full(len(angle), radius), np.array([0.0, 1.0, 0.0]), closed=True)


def blob(centre: Vector, radii: Vector) -> Mesh:
    """An ellipsoid along the axes of its frame."""
    latitude = np.radians(np.linspace(-90.0, 90.0, 7))
    centres = np.stack([np.zeros(7), np.sin(latitude), np.zeros(7)], axis=1)
    ball = _tube(centres, np.tile([0.0, 1.0, 0.0], (7, 1)), np.cos(latitude), np.array([1.0, 0.0, 0.0]), closed=False)
    return Mesh(vertices=ball.vertices * np.array(radii, np.float32) + np.array(centre, np.float32), faces=ball.faces)


def plate(outline: Sequence[Vector], thickness: float) -> Mesh:
    """A slightly domed plate inside an outline (counter-clockwise as seen from its upper side)."""
    edge = np.array(outline)
    count, middle = len(edge), edge.mean(axis=0)
    normal = _unit(np.cross(edge - middle, np.roll(edge, -1, axis=0) - middle).sum(axis=0))
    lift = thickness / 2 * normal
    vertices = np.concatenate([edge, [middle + 2 * lift, middle - 2 * lift]])
    here, after = np.arange(count), np.roll(np.arange(count), -1)
    top = np.stack([here, after, np.full(count, count)], axis=1)
    bottom = np.stack([after, here, np.full(count, count + 1)], axis=1)
    return Mesh(vertices=vertices.astype(np.float32), faces=np.concatenate([top, bottom]).astype(np.int32))


def _and(one: Mesh, two: Mesh) -> Mesh:
    faces = np.concatenate([one.faces, two.faces + np.int32(len(one.vertices))])
    return Mesh(vertices=np.concatenate([one.vertices, two.vertices]), faces=faces)


def _tube(centres: Array, along: Array, radii: Array, across: Array, *, closed: bool) -> Mesh:
    """Rings around centres, perpendicular to `along`, joined by triangles; `across` is any direction but that."""
    side = _unit(np.cross(along, across))
    other = np.cross(along, side)
    angle = np.linspace(0.0, 2 * np.pi, AROUND, endpoint=False)
    ring = np.cos(angle)[:, None] * side[:, None] + np.sin(angle)[:, None] * other[:, None]
    vertices = centres[:, None] + radii[:, None, None] * ring
    count = len(centres)
    start = np.arange(count if closed else count - 1)[:, None] * AROUND
    here, after = np.arange(AROUND), np.roll(np.arange(AROUND), -1)
    total = count * AROUND
    a, b, c, d = (start + here), (start + after), (start + AROUND + here) % total, (start + AROUND + after) % total
    faces = np.concatenate([np.stack([a, b, d], axis=-1), np.stack([a, d, c], axis=-1)]).reshape(-1, 3)
    return Mesh(vertices=vertices.reshape(-1, 3).astype(np.float32), faces=faces.astype(np.int32))


def _unit(vectors: Array) -> Array:
    out: Array = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return out
