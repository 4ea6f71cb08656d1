"""The leg muscles of an OpenSim model: names, parameters, curves and path points. Needs the `opensim` extra."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from myoshift.anatomy import IPSILATERAL, Muscle, muscles
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.physiology.curves import DeGrooteFregly, Fibre, Millard, Thelen
from myoshift.physiology.muscle import Muscles
from myoshift.simulate.model import SIDES, Point
from myoshift.types import Flag, Side

REGIONS = ("hip", "thigh", "shank")
SHORTEST = 0.2  # optimal lengths, where De Groote and Fregly let a fibre end


@dataclass(frozen=True, kw_only=True, eq=False)
class Strand:
    """One of our muscles, and the native one that it is, alone or with others.

    Parameters
    ----------
    name : without side
    share : of the native muscle's force: a lump (`add_mag3`) is shared out evenly among what it stands for
    bends : whether its path wraps over surfaces or has points that move
    """

    name: str
    side: Side
    native: Any
    share: float
    bends: bool


def strands(opensim: Any, model: Any, path: Path) -> tuple[dict[Side, tuple[Strand, ...]], tuple[Flag, ...]]:
    """Leg muscles of each side in the order of `IPSILATERAL`, then others of the leg; flags say what was left out.

    Raises
    ------
    DataRefused
        When a leg has no muscle.
    """
    found: dict[Side, list[Strand]] = {side: [] for side in SIDES}
    shared, others = [], []
    for native in model.getMuscles():
        own = _of_a_leg(native.getName())
        if not own:
            others.append(native.getName())
        if len(own) > 1:
            shared.append(f"{native.getName()} = {' + '.join(muscle.name for muscle in own)}")
        bends = _bends(opensim, native)
        for muscle in own:
            found[muscle.side].append(
                Strand(name=muscle.base, side=muscle.side, native=native, share=1 / len(own), bends=bends)
            )
    for side in SIDES:
        if not found[side]:
            raise DataRefused(
                f"no muscle of the {'right' if side == 'r' else 'left'} leg",
                where=path,
                why=f"{model.getMuscles().getSize()} muscles, {len(others)} of them known as no muscle of a leg",
                mend="give a model with muscles of both legs; `myoshift list muscles` prints the names known",
            )
    flags = [Flag("muscles", f"no muscle of a leg, left out: {', '.join(others)}", str(path))] if others else []
    flags += [Flag("muscles", f"shared out evenly: {', '.join(shared)}", str(path))] if shared else []
    return {side: tuple(sorted(found[side], key=_place)) for side in SIDES}, tuple(flags)


def parameters(opensim: Any, own: Sequence[Strand]) -> tuple[Muscles, tuple[Flag, ...]]:
    """Parameters of the strands. All take the curves that most of them have; a flag names those that had others."""
    curves = [_fibre(opensim, strand.native) for strand in own]
    fibre = Counter(curves).most_common(1)[0][0]
    other = [strand.native.getName() for strand, curve in zip(own, curves, strict=True) if curve != fibre]
    columns = {
        "maximum_force": [strand.native.getMaxIsometricForce() * strand.share for strand in own],
        "optimal_length": [strand.native.getOptimalFiberLength() for strand in own],
        "tendon_slack": [strand.native.getTendonSlackLength() for strand in own],
        "pennation": [strand.native.getPennationAngleAtOptimalFiberLength() for strand in own],
        "maximum_velocity": [strand.native.getMaxContractionVelocity() for strand in own],
        "minimum_length": [_shortest(opensim, strand.native) for strand in own],
    }
    tensors = {name: torch.tensor(values, dtype=torch.float64) for name, values in columns.items()}
    flags = (Flag("curves", f"given the curves of the others: {', '.join(other)}"),) if other else ()
    return Muscles(**tensors, fibre=fibre), flags


def points(opensim: Any, state: Any, own: Sequence[Strand]) -> tuple[Point, ...]:
    """Origin, via points and insertion of each strand in the pose of `state`, in the frames of the bodies.

    Points that move or come and go with a joint are taken as they are there; wrapping surfaces are left out, and a
    path that is a function has none.
    """
    found = []
    for strand in own:
        path = opensim.GeometryPath.safeDownCast(strand.native.getPath())
        for index in range(0 if path is None else path.getPathPointSet().getSize()):
            point = path.getPathPointSet().get(index)
            frame = point.getParentFrame()
            place = frame.findTransformInBaseFrame().shiftFrameStationToBase(point.getLocation(state))
            x, y, z = (float(place.get(axis)) for axis in range(3))
            name = f"{strand.name}_{strand.side}"
            found.append(Point(muscle=name, segment=frame.findBaseFrame().getName(), location=(x, y, z)))
    return tuple(found)


def _of_a_leg(native: str) -> list[Muscle]:
    try:
        return [muscle for muscle in muscles(native) if muscle.region in REGIONS]
    except UnknownNameError:
        return []


def _bends(opensim: Any, native: Any) -> bool:
    path = opensim.GeometryPath.safeDownCast(native.getPath())
    if path is None:
        return False
    points = path.getPathPointSet()
    plain = all(points.get(index).getConcreteClassName() == "PathPoint" for index in range(points.getSize()))
    return bool(path.getWrapSet().getSize()) or not plain


def _place(strand: Strand) -> tuple[int, str]:
    return (IPSILATERAL.index(strand.name) if strand.name in IPSILATERAL else len(IPSILATERAL), strand.name)


def _shortest(opensim: Any, native: Any) -> float:
    for kind in (opensim.Millard2012EquilibriumMuscle, opensim.Thelen2003Muscle):
        muscle = kind.safeDownCast(native)
        if muscle is not None:
            return float(muscle.getMinimumFiberLength())
    return SHORTEST * float(native.getOptimalFiberLength())


def _fibre(opensim: Any, native: Any) -> Fibre:
    """The curves of a muscle; those of Millard et al. with their own numbers where its class has no counterpart."""
    millard = opensim.Millard2012EquilibriumMuscle.safeDownCast(native)
    if millard is not None:
        curve = millard.getActiveForceLengthCurve()
        return Millard(
            shortest=float(curve.get_min_norm_active_fiber_length()),
            shoulder=float(curve.get_transition_norm_fiber_length()),
            longest=float(curve.get_max_norm_active_fiber_length()),
            shallow=float(curve.get_shallow_ascending_slope()),
        )
    thelen = opensim.Thelen2003Muscle.safeDownCast(native)
    if thelen is not None:
        return Thelen(
            width=float(thelen.get_KshapeActive()), curvature=float(thelen.get_Af()), most=float(thelen.get_Flen())
        )
    groote = opensim.DeGrooteFregly2016Muscle.safeDownCast(native)
    return Millard() if groote is None else DeGrooteFregly(width=float(groote.get_active_force_width_scale()))
