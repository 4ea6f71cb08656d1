"""What the channels of a stream are: which of them are coordinates, in which unit and with whose signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from myoshift import anatomy, formats, registry
from myoshift.datasets.motion import LARGEST, SCALE, STANDING
from myoshift.deploy.files import SIGNED, refuse_other_signs
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Array, Flag, Mask, Recording

UNITS = {
    "deg": ("deg", "degree", "degrees", "°"),
    "rad": ("rad", "radian", "radians"),
    "m": ("m", "metre", "metres", "meter", "meters"),
    "mm": ("mm", "millimetre", "millimetres", "millimeter", "millimeters"),
}
"""Our units, and how senders write them."""
LOOK = 5.0
"""s after which a joint in degrees should have moved by more than somebody who stands."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Channels:
    """Which channels of a stream are coordinates, and how they become radians and metres with our signs.

    Parameters
    ----------
    count : channels of the stream
    names : C canonical coordinates (`hip_flexion_r`)
    columns, factors : (C,) where they are, and what they are multiplied with
    units : C units as the sender declares them
    notes : what was left out, and what was taken on somebody's word
    """

    count: int
    names: tuple[str, ...]
    columns: Array
    factors: Array
    units: tuple[str, ...]
    convention: str
    where: str
    notes: tuple[Flag, ...] = ()

    def __call__(self, sample: Sequence[float] | Array) -> Array:
        """Coordinates (C,) of a sample; one with another number n of channels comes out as (1, n), to be counted."""
        values = np.asarray(sample, float)
        return values[self.columns] * self.factors if values.shape == (self.count,) else values[None]

    def refuse_implausible(self, motion: Array) -> None:
        """Refuse coordinates (T, C) that cannot be in their unit, or fit the body only with their sign turned.

        Raises
        ------
        DataRefused
            With what to state.
        """
        for name, unit, column in zip(self.names, self.units, motion.T, strict=True):
            if unit == "rad" and (most := float(np.nanmax(np.abs(column), initial=0.0))) > LARGEST:
                raise DataRefused(
                    f"{name} turns by more than a full turn",
                    where=self.where,
                    why=f"{most:.1f} where rad are declared: are they degrees?",
                    mend="say --angle-unit deg, or correct the unit in the description of the stream",
                )
        seen: Mask = np.asarray(np.isfinite(motion).any(axis=0))
        names = tuple(name for name, there in zip(self.names, seen, strict=True) if there)
        refuse_other_signs(_recording(motion[:, seen], names), Path(self.where), self.convention)


def channels(
    labels: Sequence[str],
    units: Sequence[str],
    where: str,
    *,
    convention: str = "rajagopal",
    angle_unit: Literal["deg", "rad"] | None = None,
) -> Channels:
    """The coordinates among the channels of a stream, by their labels.

    Parameters
    ----------
    labels, units : of each channel as the sender describes it; "" where it does not
    angle_unit : of all angles; rules over the description

    Raises
    ------
    DataRefused
        When no label is a coordinate, two are the same one, or an angle has no unit.
    """
    if convention not in anatomy.CONVENTIONS:
        raise registry.unknown("convention", convention, anatomy.CONVENTIONS)
    known: dict[int, anatomy.Coordinate] = {}
    for column, label in enumerate(labels):
        try:
            known[column] = anatomy.coordinate(formats.short_name(label.strip()), convention)
        except UnknownNameError:
            continue
    names = tuple(each.name for each in known.values())
    _refuse_names(names, labels, where)
    stated = tuple(_unit(units[k], each, labels[k], where, angle_unit) for k, each in known.items())
    pairs = zip(known.values(), stated, strict=True)
    factors = [c.sign * (SCALE[unit] if c.rotational or unit == "mm" else 1.0) for c, unit in pairs]
    stray = [label or "without label" for column, label in enumerate(labels) if column not in known]
    notes = [Flag("unknown_coordinate", f"no coordinates, left out: {', '.join(stray)}", where)] if stray else []
    angles = {units[column] for column, each in known.items() if each.rotational and units[column]}
    if angle_unit and (against := sorted(unit for unit in angles if _ours(unit) != angle_unit)):
        notes.append(Flag("unit", f"described in {', '.join(against)}, read as {angle_unit} as you say", where))
    return Channels(
        count=len(labels),
        names=names,
        columns=np.array(list(known), int),
        factors=np.array(factors),
        units=stated,
        convention=convention,
        where=where,
        notes=tuple(notes),
    )


@dataclass
class Watch:
    """What shows only while a stream runs: units and signs that cannot be, each said once."""

    channels: Channels
    low: Array = field(init=False)
    high: Array = field(init=False)
    said: set[str] = field(default_factory=set)
    start: float | None = None

    def __post_init__(self) -> None:
        count = len(self.channels.names)
        self.low, self.high = np.full(count, np.inf), np.full(count, -np.inf)

    def __call__(self, time: float, values: Array) -> Iterator[Flag]:
        """What the sample at a time, coordinates (C,), shows for the first time."""
        if values.shape != self.low.shape:
            return
        self.start = time if self.start is None else self.start
        if (values < self.low).any() or (values > self.high).any():
            self.low, self.high = np.fmin(self.low, values), np.fmax(self.high, values)
            try:
                self.channels.refuse_implausible(np.where(np.isfinite(self.low), [self.low, self.high], np.nan))
            except DataRefused as error:
                yield from self._once("implausible", f"{error.what} ({error.why}); {error.mend}")
        if time - self.start > LOOK and "still" not in self.said:
            yield from self._moving()

    def _moving(self) -> Iterator[Flag]:
        signed = [anatomy.split_side(name)[0] in SIGNED for name in self.channels.names]
        asked = [k for k, unit in enumerate(self.channels.units) if unit == "deg" and signed[k]]
        widest = float(np.degrees(np.max((self.high - self.low)[asked], initial=0.0)))
        if asked and 0 < widest < STANDING:
            yield from self._once("still", f"no joint moved by more than {widest:.2f} deg in {LOOK:g} s: rad?")
        self.said.add("still")

    def _once(self, code: str, message: str) -> Iterator[Flag]:
        if code not in self.said:
            self.said.add(code)
            yield Flag(code, message, self.channels.where)


def _refuse_names(names: Sequence[str], labels: Sequence[str], where: str) -> None:
    if not names:
        shown = ", ".join(label for label in labels[:8] if label) or "none"
        raise DataRefused(
            "no channel of the stream is named as a coordinate",
            where=where,
            why=f"labels: {shown}",
            mend="label the channels in the description of the stream (channels/channel/label) hip_flexion_r, "
            "knee_angle_r, ankle_angle_r, ..., or name the --convention of the labels",
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataRefused(
            f"two channels are the coordinate {twice[0]!r}", where=where, mend="rename one, or leave it out"
        )


def _unit(
    described: str, coordinate: anatomy.Coordinate, label: str, where: str, angle_unit: Literal["deg", "rad"] | None
) -> str:
    unit = _ours(described)
    if not coordinate.rotational:
        return unit if unit in ("m", "mm") else "m"
    if (angle_unit or unit) not in ("deg", "rad"):
        raise DataRefused(
            f"angle {label!r} has no unit",
            where=where,
            why=f"the description says {described!r}" if described else "the description of the stream states none",
            mend="say --angle-unit deg or --angle-unit rad",
        )
    return angle_unit or unit


def _ours(described: str) -> str:
    written = described.strip().lower()
    return next((unit for unit, forms in UNITS.items() if written in forms), "")


def _recording(motion: Array, names: tuple[str, ...]) -> Recording:
    return Recording(
        motion=motion.astype(np.float32),
        motion_names=names,
        activation=np.empty((len(motion), 0), np.float32),
        activation_names=(),
        rate=1.0,
        dataset="stream",
        domain="stream",
        institution="unknown",
        subject="unknown",
        task="unknown",
        trial="stream",
    )
