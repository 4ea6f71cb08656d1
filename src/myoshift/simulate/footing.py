"""Whose foot stands on a force plate: the one that the centre of pressure lies under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from myoshift.errors import DataRefused
from myoshift.simulate.loads import Plate, Plates
from myoshift.simulate.model import SIDES
from myoshift.types import Array, Flag, Side

REACH = 0.12  # m from the line between heel and toe: half a shoe, and as much again for the errors of both systems
CERTAIN = 0.95  # share of the contact that settles the foot
ELSEWHERE = 0.5  # share of the contact below which a stated foot is not where its centre of pressure is

Feet = Mapping[Side, tuple[Array, Array]]
"""Heel and toe of each foot, (T, 3) in m in the ground frame."""


def settled(plates: Plates, feet: Feet, grid: Array) -> Plates:
    """The plates with a foot each; those whose foot is known are held against the motion.

    Parameters
    ----------
    feet : where the feet are at the times of the grid
    grid : (T,) s on the clock of the plates

    Raises
    ------
    DataRefused
        When a foot is not known and the centre of pressure lies under neither for 95 % of the contact, or a foot that
        is known is elsewhere for half of it.
    """
    shares = {plate.name: _shares(plates, plate, feet, grid) for plate in plates.plates}
    found, notes = [], []
    for plate in plates.plates:
        share = shares[plate.name]
        if share is None:
            notes.append(Flag("unloaded", "no foot is on it during the motion: left out", plate.name))
        elif plate.side is not None:
            _refuse_elsewhere(plate.name, plate.side, share)
            found.append(plate)
            if share[plate.side] <= CERTAIN:
                notes.append(
                    Flag("footing", f"taken for the {_word(plate.side)} foot, but {_told(share)}", plate.name)
                )
        else:
            side = max(SIDES, key=share.__getitem__)
            if share[side] <= CERTAIN:
                raise _unsettled(shares)
            found.append(replace(plate, side=side))
            notes.append(Flag("footing", f"the {_word(side)} foot: {_told(share)}", plate.name))
    if not found:
        raise DataRefused(
            "no foot is on a force plate during the motion",
            why=f"plates: {', '.join(shares)}",
            mend="give the forces of the same trial, or leave out --grf",
        )
    return replace(plates, plates=tuple(found), flags=(*plates.flags, *notes))


def _shares(plates: Plates, plate: Plate, feet: Feet, grid: Array) -> dict[Side, float] | None:
    """For which share of the contact the centre of pressure lies under each foot; None without contact."""
    rows = np.clip(np.searchsorted(plates.time, grid), 0, len(plates.time) - 1)
    on = plate.loaded[rows]
    if not on.any():
        return None
    point = plate.point[rows][on]
    away = {side: _distance(point, heel[on], toe[on]) for side, (heel, toe) in feet.items()}
    return {
        side: float(np.mean((away[side] <= REACH) & (away[side] < away["l" if side == "r" else "r"])))
        for side in SIDES
    }


def _distance(point: Array, heel: Array, toe: Array) -> Array:
    """(T,) horizontal distance of a point from the line between heel and toe, m."""
    flat = [0, 2]
    along, way = (toe - heel)[:, flat], (point - heel)[:, flat]
    part = np.clip(np.sum(way * along, axis=1) / np.maximum(np.sum(along**2, axis=1), 1e-12), 0.0, 1.0)
    return np.asarray(np.linalg.norm(way - part[:, None] * along, axis=1))


def _refuse_elsewhere(name: str, side: Side, share: Mapping[Side, float]) -> None:
    if share[side] >= ELSEWHERE:
        return
    other: Side = "l" if side == "r" else "r"
    swapped = share[other] > CERTAIN
    raise DataRefused(
        f"the {_word(side)} foot is not on its force plate",
        where=name,
        why=f"the centre of pressure lies {_told(share)}",
        mend=f"name the {_word(other)} foot for it"
        if swapped
        else "give motion and forces of one trial in one frame of reference (x forwards, y up, z right)",
    )


def _unsettled(shares: Mapping[str, Mapping[Side, float] | None]) -> DataRefused:
    return DataRefused(
        "which foot stands on which force plate?",
        why="the centre of pressure lies "
        + "; ".join(f"{name}: {_told(share)}" for name, share in shares.items() if share is not None)
        + f"; more than {CERTAIN:.0%} settles it",
        mend="state it: --grf-side PREFIX=r,PREFIX=l, or --loads EXTERNAL_LOADS.xml",
    )


def _told(share: Mapping[Side, float]) -> str:
    return f"under the right foot for {share['r']:.0%} of the contact, under the left for {share['l']:.0%}"


def _word(side: Side) -> str:
    return "right" if side == "r" else "left"
