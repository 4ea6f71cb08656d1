"""From force plates to the ground reaction of each foot.

A plate's force acts at its centre of pressure, p, with a free moment t about it: its moment about the origin of the
ground frame is p x f + t. Force and moment add up over the plates of a foot, and are low-passed like the motion, so
that a heel strike does not give joint moments that the motion does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from myoshift import formats, signal
from myoshift.errors import DataRefused
from myoshift.simulate.external_loads import read_loads
from myoshift.simulate.model import SIDES
from myoshift.simulate.motion import Reaction
from myoshift.simulate.plates import Source, sources, stated, vector
from myoshift.types import Array, Flag, Mask, Side, Table

CONTACT = 20.0  # N; below it a centre of pressure is noise divided by noise
CUTOFF = 6.0  # Hz, zero-phase, as of the motion
SHORTEST = 0.5  # s that motion and forces must share
SCALE = {"m": 1.0, "mm": 1e-3}
LARGEST = 50.0  # m from the origin; a centre of pressure further away was written in millimetres


@dataclass(frozen=True, kw_only=True, eq=False)
class Plate:
    """One force plate, in the ground frame: x forwards, y upwards, z to the right.

    Parameters
    ----------
    name : what the labels of its force begin with
    force : (T, 3) on the foot, N
    point : (T, 3) centre of pressure, m; meaningless where the foot is off
    torque : (T, 3) free moment, N m
    side : whose foot stands on it, None where that is not known
    """

    name: str
    force: Array
    point: Array
    torque: Array
    side: Side | None = None

    @property
    def loaded(self) -> Mask:
        """(T,) whether a foot is on it."""
        return np.asarray(self.force[:, 1] >= CONTACT)

    @property
    def moment(self) -> Array:
        """(T, 3) about the origin, 0 while no foot is on it, N m."""
        on = self.loaded[:, None]
        return np.where(on, np.cross(np.where(on, self.point, 0.0), self.force) + self.torque, 0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Plates:
    """What the force plates measured during a trial, at times (T,) in s."""

    time: Array
    rate: float
    plates: tuple[Plate, ...]
    flags: tuple[Flag, ...] = ()


def read_plates(
    path: Path,
    *,
    loads: Path | None = None,
    sides: Mapping[str, Side] | None = None,
    unit: Literal["m", "mm"] = "m",
) -> Plates:
    """Force plates of an OpenSim file of ground reaction forces.

    Parameters
    ----------
    loads : OpenSim's ExternalLoads, that names columns and feet
    sides : side of the plates by what their labels begin with, in place of `loads`
    unit : of the centre of pressure, and of the torque in N m or N mm

    Raises
    ------
    DataRefused
        When there is no force, a plate has no centre of pressure, a loaded plate has missing samples, forces do not
        point upwards along y, or the centre of pressure is out of this world.
    ConfigError
        When a side is stated for a plate that is not there.
    """
    table = formats.read_sto(path)
    if loads is not None:
        found, notes = read_loads(loads, table.names, path.name)
    else:
        found, notes = sources(table.names), ()
        found = stated(found, sides) if sides else found
    plates = tuple(_plate(table, source, unit, path) for source in found)
    return Plates(time=table.time, rate=table.rate, plates=plates, flags=(*table.flags, *notes))


def reaction(plates: Plates, grid: Array, *, cutoff: float | None = CUTOFF) -> Reaction:
    """The ground reaction of both feet at the times of a motion.

    Parameters
    ----------
    grid : (T,) s on the clock of the plates, even steps, within the time of the plates
    cutoff : Hz of the low-pass, None for none

    Raises
    ------
    DataRefused
        When the foot of a plate is not known, samples are missing, or the grid reaches beyond the plates.
    """
    unknown = [plate.name for plate in plates.plates if plate.side is None]
    if unknown:
        raise DataRefused(
            "which foot stands on which plate?",
            where=", ".join(unknown),
            why="the labels do not say it",
            mend="state it: --grf-side PREFIX=r,PREFIX=l, or --loads EXTERNAL_LOADS.xml",
        )
    wrench = np.concatenate([_wrench(plates, side) for side in SIDES], axis=1)
    rate = (len(grid) - 1) / float(grid[-1] - grid[0])
    before = int(np.floor((grid[0] - plates.time[0]) * rate + 1e-6))
    after = int(np.floor((plates.time[-1] - grid[-1]) * rate + 1e-6))
    whole = grid[0] + np.arange(-before, len(grid) + after) / rate  # filtered as a whole, cut afterwards
    smooth = signal.regrid(plates.time, wrench, whole)
    if cutoff is not None:
        smooth = signal.lowpass(smooth, rate, cutoff)
    cut = smooth[before : before + len(grid)]
    if not np.isfinite(cut).all():
        row = int(np.argmin(np.isfinite(cut).all(axis=1)))
        raise DataRefused(
            "the forces have a gap", where=f"{grid[row]:.3f} s", why="samples are missing there", mend="cut the trial"
        )
    return Reaction(
        force={side: cut[:, 6 * i : 6 * i + 3] for i, side in enumerate(SIDES)},
        moment={side: cut[:, 6 * i + 3 : 6 * i + 6] for i, side in enumerate(SIDES)},
    )


def overlap(plates: Plates, start: float, rate: float, count: int) -> slice:
    """The frames of a motion (start in s, rate in Hz, count) within the time of the plates.

    Raises
    ------
    DataRefused
        When less than half a second is shared.
    """
    first = max(0, int(np.ceil((plates.time[0] - start) * rate - 1e-6)))
    stop = min(count, int(np.floor((plates.time[-1] - start) * rate + 1e-6)) + 1)
    if (stop - first) / rate < SHORTEST:
        raise DataRefused(
            "motion and forces do not overlap",
            why=f"motion {start:g}..{start + (count - 1) / rate:g} s, forces {plates.time[0]:g}.."
            f"{plates.time[-1]:g} s, at least {SHORTEST:g} s must be shared",
            mend="give files of the same trial on one clock",
        )
    return slice(first, stop)


def _wrench(plates: Plates, side: Side) -> Array:
    """(T, 6) force and moment on one foot, raw."""
    total = np.zeros((len(plates.time), 6))
    for plate in plates.plates:
        if plate.side == side:
            total += np.concatenate([np.where(plate.loaded[:, None], plate.force, 0.0), plate.moment], axis=1)
    return total


def _plate(table: Table, source: Source, unit: Literal["m", "mm"], path: Path) -> Plate:
    scale = SCALE[unit]
    plate = Plate(
        name=source.name,
        force=vector(table, source.force),
        point=vector(table, source.point) * scale,
        torque=vector(table, source.torque) * scale,
        side=source.side,
    )
    where = f"{path}, {source.name}"
    _refuse_missing(table.time, plate, where)
    _refuse_direction(plate, where)
    _refuse_far(plate, unit, where)
    return plate


def _refuse_missing(time: Array, plate: Plate, where: str) -> None:
    """A missing force is no zero force; a missing point matters only under a foot."""
    there = np.isfinite(plate.force).all(axis=1)
    there &= ~plate.loaded | np.isfinite(plate.point + plate.torque).all(axis=1)
    if not there.all():
        raise DataRefused(
            "samples of the force plate are missing",
            where=where,
            why=f"{int((~there).sum())} of {len(there)} rows are NaN, first at {time[int(np.argmin(there))]:g} s",
            mend="write 0 where no foot is on the plate, or cut the trial to the rows that were measured",
        )


def _refuse_direction(plate: Plate, where: str) -> None:
    """The ground pushes upwards, and y is up."""
    largest = np.abs(plate.force).max(axis=0)
    axis = int(np.argmax(largest))
    if largest[axis] < CONTACT:
        return
    peak = plate.force[np.argmax(np.abs(plate.force[:, axis])), axis]
    if axis != 1 or peak < 0:
        raise DataRefused(
            "the force does not push the foot upwards along y",
            where=where,
            why=f"its largest component is {'xyz'[axis]}, {peak:.0f} N",
            mend="export the force on the foot (not on the plate) in OpenSim's frame: x forwards, y up, z right",
        )


def _refuse_far(plate: Plate, unit: str, where: str) -> None:
    far = np.abs(plate.point[plate.loaded])
    if far.size and np.median(far.max(axis=1)) > LARGEST:
        raise DataRefused(
            "the centre of pressure is out of this world",
            where=where,
            why=f"{np.median(far.max(axis=1)):.0f} m from the origin under a load, read in {unit}",
            mend="state --grf-unit mm if the file is in millimetres",
        )
