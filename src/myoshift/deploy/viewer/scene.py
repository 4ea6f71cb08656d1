"""What the viewer shows of a motion: where bones and muscles are in each frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from myoshift.anatomy import MUSCLES
from myoshift.deploy.viewer.bones import Bone, bones
from myoshift.errors import DataRefused
from myoshift.simulate.filling import Filling
from myoshift.simulate.model import COORDINATES, Model, Point
from myoshift.simulate.scaling import scaled
from myoshift.simulate.table import load
from myoshift.simulate.threads import one_thread
from myoshift.simulate.tree import FOOT_SEGMENTS, place
from myoshift.types import Array, Array32, Flag, Recording

FEET = (*FOOT_SEGMENTS.values(), "toes_r", "toes_l")
HEIGHT, KNEES = "pelvis_ty", ("knee_angle_r", "knee_angle_l")
STANDING = 5.0
"""Per cent of the frames in which the lowest foot may be below the floor, where the height was measured."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """Bones and muscles of T frames, in the ground frame: x forwards, y upwards, z to the right.

    Parameters
    ----------
    time : (T,) s, on the clock of the motion's file
    segments : S names
    rotations : (T, S, 3, 3) from the frame of the segment to the ground
    origins : (T, S, 3) of the segments' frames, m
    bones : simple shapes, each fixed to a segment
    muscles : M names with side (`soleus_r`)
    paths : (T, M, P, 3) m, origin, via points and insertion of each muscle; shorter paths repeat their last point
    flags : what was filled in
    """

    time: Array
    segments: tuple[str, ...]
    rotations: Array32
    origins: Array32
    bones: tuple[Bone, ...]
    muscles: tuple[str, ...]
    paths: Array32
    flags: tuple[Flag, ...] = ()

    def frames(self, which: slice | NDArray[np.int64]) -> Scene:
        """These frames alone."""
        return replace(
            self,
            time=self.time[which],
            rotations=self.rotations[which],
            origins=self.origins[which],
            paths=self.paths[which],
        )

    def still(self, time: Array) -> Scene:
        """The first frame, at each of those times."""
        return replace(self.frames(np.zeros(len(time), np.int64)), time=time)

    def thinned(self, rate: float) -> Scene:
        """Every n-th frame, with the least n for which at most `rate` frames a second are left."""
        if len(self.time) < 2:
            return self
        step = float(np.median(np.diff(self.time)))
        return self.frames(slice(None, None, max(1, int(np.ceil(1 / (rate * step) - 1e-6)))))


@one_thread()
def of(motion: Recording | None, model: Model | None = None) -> Scene:
    """The scene of a motion, or of somebody who stands still when there is none (one frame at 0 s).

    Coordinates that were not measured are neutral, and gaps are bridged by straight lines; both are flagged. The
    lowest foot is on the floor in every frame. Where the height of the pelvis and both knees were measured, the
    whole motion is moved up or down by one length instead, so that the lowest foot is below the floor in 5 % of the
    frames.

    Muscles are straight between their points, without the surfaces that some wrap around: of the embedded model at
    rest, the two heads of gastrocnemius are 12 and 20 mm short of the model's own length, all others at most 3 mm.

    Parameters
    ----------
    model : whose segments move; None for the embedded one, scaled to the person's height where that is known

    Raises
    ------
    DataRefused
        When the motion has no coordinate of the body or no frame, or the model has no muscle points.
    """
    model = model or _body(motion)
    q, flags = _coordinates(motion)
    solids = bones(model)
    rotations, origins = (each.numpy().astype(np.float32) for each in place(model.segments, torch.from_numpy(q)))
    lowest = _lowest(model, solids, rotations, origins)
    measured = motion is not None and {HEIGHT, *KNEES} <= set(motion.motion_names)
    origins[..., 1] -= (np.percentile(lowest, STANDING) if measured else lowest[:, None]).astype(np.float32)
    muscles, paths = _paths(model, rotations, origins)
    return Scene(
        time=np.zeros(1) if motion is None else motion.start + np.arange(len(q)) / motion.rate,
        segments=tuple(segment.name for segment in model.segments),
        rotations=rotations,
        origins=origins,
        bones=solids,
        muscles=muscles,
        paths=paths,
        flags=flags,
    )


def in_place(scene: Scene) -> tuple[Scene, Array32]:
    """The scene without its travel, and the way (T, 3) in m that was taken out of it.

    That is the course of the pelvis over the ground, averaged over a second: sway within a step stays.
    """
    root = scene.origins[:, 0].astype(np.float64)
    half = round(0.5 / float(np.median(np.diff(scene.time)))) if len(root) > 1 else 0
    beyond = np.pad(root, ((half, half), (0, 0)), mode="reflect", reflect_type="odd")  # it goes on as it came
    course = uniform_filter1d(beyond, 2 * half + 1, axis=0)[half : half + len(root)].astype(np.float32)
    course[:, 1] = 0.0
    moved = replace(scene, origins=scene.origins - course[:, None], paths=scene.paths - course[:, None, None])
    return moved, course


def _body(motion: Recording | None) -> Model:
    model = load()
    if motion is None or motion.height is None:
        return model
    return scaled(model, motion.mass or model.mass * (motion.height / model.height) ** 2, motion.height)


def _coordinates(motion: Recording | None) -> tuple[Array, tuple[Flag, ...]]:
    """(T, 37) coordinates of the body without gaps, and what was filled in."""
    if motion is None:
        return np.zeros((1, len(COORDINATES))), ()
    body = Filling.of(motion.motion.astype(np.float64), motion.motion_names, motion.rate)
    gaps = {
        name: _bridged(body.get(name)) for name in COORDINATES if name in body.measured and name in body.missing()
    }
    body = body.changed(gaps, "gap", "not seen in some frames: straight lines between the others")
    body = body.filled(dict.fromkeys(body.missing(), 0.0), "neutral", "not measured: the neutral position")
    return body.values, body.flags


def _bridged(column: Array) -> Array:
    there = np.flatnonzero(np.isfinite(column))
    return np.interp(np.arange(len(column)), there, column[there])


def _lowest(model: Model, solids: tuple[Bone, ...], rotations: Array32, origins: Array32) -> Array32:
    """(T,) height of the lowest point of the bones of the feet."""
    names = [segment.name for segment in model.segments]
    heights = [
        (bone.vertices @ rotations[:, bone.segment, 1].T + origins[:, bone.segment, 1]).min(axis=0)
        for bone in solids
        if names[bone.segment] in FEET
    ]
    if not heights:
        raise DataRefused(
            "the model has no feet",
            where=model.name,
            why=f"segments: {', '.join(names)}",
            mend=f"give a model with {', '.join(FEET)}",
        )
    return np.asarray(np.min(heights, axis=0))


def _paths(model: Model, rotations: Array32, origins: Array32) -> tuple[tuple[str, ...], Array32]:
    """Names of the muscles that have points, and their paths (T, M, P, 3)."""
    points: dict[str, list[Point]] = {name: [] for name in MUSCLES}
    for point in model.points:
        points.setdefault(point.muscle, []).append(point)
    ways = {name: way for name, way in points.items() if len(way) > 1}
    if not ways:
        raise DataRefused(
            "the model does not say where its muscles attach",
            where=model.name,
            mend="make its table again with `myoshift fit-paths`, or leave it out for the embedded model",
        )
    longest = max(map(len, ways.values()))
    padded = [(way + way[-1:] * longest)[:longest] for way in ways.values()]
    index = {segment.name: number for number, segment in enumerate(model.segments)}
    segment = np.array([[index[point.segment] for point in way] for way in padded])
    location = np.array([[point.location for point in way] for way in padded], np.float32)
    paths = np.empty((len(origins), *segment.shape, 3), np.float32)
    for number in np.unique(segment):
        here = segment == number
        paths[:, here] = location[here] @ rotations[:, number].transpose(0, 2, 1) + origins[:, number, None]
    return tuple(ways), paths
