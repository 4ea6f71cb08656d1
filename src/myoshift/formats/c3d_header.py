"""How the data section of a C3D file is laid out: header against parameters, and both against the file size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats.c3d_parameters import BLOCK, Numbers, Parameters, Value, check
from myoshift.formats.source import AGAIN, Bytes
from myoshift.types import Flag

SLOWEST = 0.1
"""Frames a second; the rate of a file that is read as another processor's is nearly always smaller still."""


@dataclass(frozen=True)
class Layout:
    """Counts of the data section: `frames` times (4 words a point, then `subframes` times `analogs` samples)."""

    points: int
    analogs: int
    subframes: int
    frames: int
    first_frame: int
    scale: float
    rate: float
    start: int
    flags: tuple[Flag, ...] = ()

    @property
    def real(self) -> bool:
        """Whether the data are 32-bit reals (a negative scale says so) rather than 16-bit integers."""
        return self.scale < 0

    @property
    def width(self) -> int:
        """Words of one frame."""
        return 4 * self.points + self.subframes * self.analogs


def read_layout(raw: Bytes, parameters: Parameters, numbers: Numbers) -> Layout:
    """The layout; where header and parameters disagree about a count the parameters win, with a flag.

    Raises
    ------
    DataFormatError
        When the rate or scale is impossible or contradictory, or the file is shorter than the frames it promises.
    """
    words = numbers.integers(raw, 0, 256, "header", signed=False).astype(np.int64)
    scale, rate = (float(numbers.reals(raw, at, 1, "header")[0]) for at in (12, 20))
    point, analog, trial = (parameters.get(group, {}) for group in ("POINT", "ANALOG", "TRIAL"))
    flags: list[Flag] = []

    def settle(what: str, header: float, parameter: float | None) -> float:
        if parameter is not None and abs(parameter - header) > 1e-6 * abs(header):
            flags.append(Flag("header", f"{what}: {header:g} in the header, {parameter:g} in the parameters (used)"))
        return header if parameter is None else parameter

    subframes = int(words[9])
    points = int(settle("points", words[1], count(point, "USED")))
    used = count(analog, "USED")
    analogs = int(words[2]) // max(subframes, 1) if used is None else used
    settle("analog samples of a frame", words[2], analogs * subframes)
    subframes = subframes if analogs else 1
    rate = settle("frame rate", rate, _number(point, "RATE"))
    scale = _scale(scale, _number(point, "SCALE"), points)
    first, frames = _frames(words, point, trial, flags)
    start = int(settle("first data block", words[8], count(point, "DATA_START")))
    _check_rates(rate, subframes, analogs, _number(analog, "RATE"))
    layout = Layout(points, analogs, subframes, frames, first, scale, rate, (start - 1) * BLOCK)
    rest = _check_size(raw, layout)
    if rest >= BLOCK:
        flags.append(Flag("size", f"{rest} bytes after the last frame that the header promises"))
    return replace(layout, flags=tuple(flags))


def _frames(
    words: NDArray[np.int64], point: dict[str, Value], trial: dict[str, Value], flags: list[Flag]
) -> tuple[int, int]:
    """Number of the first frame and count of frames, from the most capable field that is there."""
    first, last = int(words[3]), int(words[4])
    counts = {"header": last - first + 1}
    for name in ("FRAMES", "LONG_FRAMES"):
        if (stated := count(point, name)) is not None:
            counts[f"POINT:{name}"] = stated
    begin, end = _long(trial, "ACTUAL_START_FIELD"), _long(trial, "ACTUAL_END_FIELD")
    if begin is not None and end is not None:
        first, counts["TRIAL:ACTUAL_*_FIELD"] = begin, end - begin + 1
    used = list(counts)[-1]
    full = {key for key in counts if key in ("header", "POINT:FRAMES") and counts[used] >= 65535}
    if len({n for key, n in counts.items() if key not in full}) > 1:
        said = ", ".join(f"{n} by {key}" for key, n in counts.items())
        flags.append(Flag("header", f"frames: {said} (the last is used)"))
    if first < 1:
        flags.append(Flag("header", f"first frame {first}: taken as 1"))
    return max(first, 1), counts[used]


def _check_size(raw: Bytes, layout: Layout) -> int:
    """Bytes left after the data section."""
    size = layout.frames * layout.width * (4 if layout.real else 2)
    if layout.frames < 1 or layout.width < 1:
        raise DataFormatError(
            "the file holds no data",
            why=f"{layout.frames} frames of {layout.points} points and {layout.analogs} analog channels",
            mend=AGAIN,
        )
    promise = f"{layout.frames} frames of {layout.points} points and {layout.analogs} x {layout.subframes} samples"
    check(raw, layout.start, size, promise)
    return len(raw) - layout.start - size


def _check_rates(rate: float, subframes: int, analogs: int, stated: float | None) -> None:
    if not (np.isfinite(rate) and SLOWEST <= rate < 1e6):
        raise DataFormatError(
            "no sampling rate", where="POINT:RATE", why=f"{rate:g} Hz", mend="state the rate and export again"
        )
    if analogs and subframes < 1:
        raise DataFormatError(
            "analog channels without samples", why=f"{analogs} channels, {subframes} per frame", mend=AGAIN
        )
    if analogs and stated is not None and not abs(stated - rate * subframes) <= 1e-3 * rate * subframes:
        raise DataFormatError(
            "the analog rates contradict each other",
            where="ANALOG:RATE",
            why=f"declared {stated:g} Hz, {rate:g} Hz times {subframes} samples a frame is {rate * subframes:g} Hz",
            mend="correct ANALOG:RATE or POINT:RATE",
        )


def _scale(header: float, parameter: float | None, points: int) -> float:
    scale = header if parameter is None else parameter
    if not np.isfinite(scale) or (points and scale == 0):
        raise DataFormatError("the point scale is impossible", where="POINT:SCALE", why=f"{scale:g}", mend=AGAIN)
    if parameter is not None and header * parameter < 0:
        raise DataFormatError(
            "the header contradicts itself about integer or float data",
            where="POINT:SCALE",
            why=f"{header:g} in the header, {parameter:g} in the parameters (negative means float)",
            mend=AGAIN,
        )
    return scale


def _number(group: dict[str, Value], name: str) -> float | None:
    value = group.get(name)
    if value is None or isinstance(value, str | tuple) or np.size(value) == 0:
        return None
    return float(np.ravel(np.asarray(value))[0])


def count(group: dict[str, Value], name: str) -> int | None:
    """A count; a negative 16-bit integer is an unsigned one."""
    value = _number(group, name)
    if value is None or not np.isfinite(value):
        return None
    return int(value) + 65536 if value < 0 else int(value)


def _long(group: dict[str, Value], name: str) -> int | None:
    """A 32-bit count stored as two 16-bit words, the low one first."""
    value = np.ravel(np.asarray(group.get(name, ())))
    if value.size != 2 or value.dtype.kind not in "iuf":
        return None
    low, high = (int(word) % 65536 for word in value)
    return low + 65536 * high
