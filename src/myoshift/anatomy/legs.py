"""Legs: a recording of two legs seen as up to two recordings of one leg, without side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from myoshift import registry
from myoshift.anatomy.coordinates import COORDINATES, coordinate, own_leg
from myoshift.anatomy.derived import derived, derived_like, is_derived_column
from myoshift.anatomy.muscles import IPSILATERAL
from myoshift.anatomy.sites import SITES, members, montage, site
from myoshift.anatomy.tables import other, split_side
from myoshift.errors import DataRefused
from myoshift.types import Array, Array32, Recording, Side

CONTRALATERAL = "contralateral_"


@dataclass(frozen=True, eq=False)
class Leg:
    """One leg's view of a recording: motion (T, C), activation (T, M), left legs mirrored, NaN if not measured."""

    side: Side
    motion: Array32
    activation: Array32
    recording: Recording


def legs(
    recording: Recording, inputs: Sequence[str], outputs: Sequence[str], optional: Sequence[str] = ()
) -> tuple[Leg, ...]:
    """The legs of a recording whose own-leg inputs were all measured, the right one first.

    Parameters
    ----------
    inputs : C names without side: of the own leg (`hip_flexion`), of the other leg (`contralateral_hip_flexion`), or
        of the midline (`pelvis_list`, whose sign is turned for the left leg); or derived (`moment_knee_angle`).
        Columns of the other leg and of the midline that were not measured, and derived ones that are not there, are
        NaN.
    outputs : M sites or muscles without side. A site is taken from its own channel; a group site without one is the
        mean of its members' channels; a site of a recording with muscles is what the montage sees of them.
    optional : own-leg inputs that may be missing (NaN), as long as the leg has one of its own-leg inputs at all

    Raises
    ------
    UnknownNameError
        When an input or output name is not known, or an optional one is no input.
    """
    _refuse_unknown(inputs, outputs, optional)
    sides: tuple[Side, ...] = ("r", "l")
    return tuple(
        Leg(side, _motion(recording, inputs, side), _activation(recording, outputs, side), recording)
        for side in sides
        if _counts(recording, inputs, optional, side)
    )


def join(values: Mapping[Side, Array32], outputs: Sequence[str]) -> tuple[Array32, tuple[str, ...]]:
    """The outputs (T, M) of one or two legs side by side again, with `_r` and `_l` behind their names.

    Raises
    ------
    DataRefused
        When there is no leg at all.
    """
    if not values:
        raise DataRefused("no leg to join", mend="give a recording with all own-leg inputs of at least one leg")
    names = tuple(f"{name}_{side}" for side in values for name in outputs)
    return np.concatenate(list(values.values()), axis=1), names


def mirror(recording: Recording) -> Recording:
    """The recording as seen in a mirror: left and right exchanged, midline coordinates turned where they must be."""
    signs = np.array([_turned(name) for name in recording.motion_names], np.float32)
    return replace(
        recording,
        motion=recording.motion * signs,
        motion_names=tuple(map(_exchanged, recording.motion_names)),
        activation_names=tuple(map(_exchanged, recording.activation_names)),
        events=tuple(replace(e, side=e.side and other(e.side)) for e in recording.events),
    )


def refuse_unknown_inputs(inputs: Iterable[str]) -> None:
    """Raise UnknownNameError for what is neither a coordinate without side nor a derived channel."""
    bases = dict.fromkeys(split_side(name)[0] for name in COORDINATES)
    known = (*bases, *(CONTRALATERAL + base for base in bases if own_leg(base)))
    for name in inputs:
        if name not in known and not derived(name):
            raise registry.unknown("input", name, (*known, *derived_like(name)))


def _refuse_unknown(inputs: Sequence[str], outputs: Sequence[str], optional: Sequence[str]) -> None:
    refuse_unknown_inputs(inputs)
    for what, names, known in (("output", outputs, (*SITES, *IPSILATERAL)), ("optional input", optional, inputs)):
        for name in names:
            if name not in known:
                raise registry.unknown(what, name, known)


def _turned(name: str) -> int:
    """The sign that a column takes in the mirror; derived channels are counted alike on both sides."""
    return 1 if is_derived_column(name) else coordinate(name).mirror


def _exchanged(name: str) -> str:
    base, side = split_side(name)
    return f"{base}_{other(side)}" if side else name


def _counts(recording: Recording, inputs: Sequence[str], optional: Sequence[str], side: Side) -> bool:
    """Whether a leg has the inputs that it must have, and one of its own at all."""
    there = {name: _measured(recording, f"{name}_{side}") for name in inputs if own_leg(name)}
    return all(here for name, here in there.items() if name not in optional) and (not there or any(there.values()))


def _measured(recording: Recording, name: str) -> bool:
    return name in recording.motion_names and bool(np.isfinite(_column(recording, name)).any())


def _column(recording: Recording, name: str) -> Array32:
    if name in recording.motion_names:
        return recording.motion[:, recording.motion_names.index(name)]
    return np.full(len(recording.motion), np.nan, np.float32)


def _motion(recording: Recording, inputs: Sequence[str], side: Side) -> Array32:
    return np.stack([_input(recording, name, side) for name in inputs], axis=1)


def _input(recording: Recording, name: str, side: Side) -> Array32:
    base = name.removeprefix(CONTRALATERAL)
    if own_leg(base) or derived(name):
        return _column(recording, f"{base}_{side if base == name else other(side)}")
    sign = coordinate(name).mirror if side == "l" else 1
    return _column(recording, name) * np.float32(sign)


def _activation(recording: Recording, outputs: Sequence[str], side: Side) -> Array32:
    columns = [_output(recording, name, side) for name in outputs]
    return np.stack(columns, axis=1) if columns else np.empty((len(recording.motion), 0), np.float32)


def _output(recording: Recording, name: str, side: Side) -> Array32:
    """The channel of that name, else the mean of a group's members, else what the site sees of the muscles."""
    there = recording.activation_names
    if f"{name}_{side}" in there:
        return recording.activation[:, there.index(f"{name}_{side}")]
    channels = [there.index(f"{m}_{side}") for m in members(name) if f"{m}_{side}" in there]
    if channels:
        return _mean(recording.activation[:, channels], np.ones(len(channels)))
    seen = [m for m in there if name in SITES and split_side(m)[1] == side and split_side(m)[0] in site(name).muscles]
    if seen:
        return _mean(recording.activation[:, [there.index(m) for m in seen]], montage([f"{name}_{side}"], seen)[0])
    return np.full(len(recording.activation), np.nan, np.float32)


def _mean(values: Array32, weights: Array) -> Array32:
    """Weighted mean over the columns that are not NaN, (T,)."""
    there = np.where(np.isfinite(values), weights, 0.0)
    total = there.sum(axis=1)
    summed = (there * np.nan_to_num(values)).sum(axis=1)
    mean: Array32 = np.divide(summed, total, out=np.full(len(values), np.nan), where=total > 0).astype(np.float32)
    return mean
