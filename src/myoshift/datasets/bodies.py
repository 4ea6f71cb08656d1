"""Whether what was measured can be a person: height and mass, size of the cloud of markers, limbs, what is up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from myoshift.datasets.thresholds import DEFAULT, Thresholds
from myoshift.errors import DataRefused
from myoshift.types import Array, Flag, Markers, Subject

AXES = "xyz"
FEWEST = 4  # markers below which a cloud has no size
CORE = (10.0, 90.0)  # percentiles of the markers between which the spread is measured: strays count for nothing
MOMENTS = 100  # that are looked at
CLEARLY = 1.2  # by how much the longest axis must be longer than the next before it is called upright
SEGMENTS = {
    "shank": (("{}KNE", "{}ANK"), (0.15, 0.6)),
    "foot": (("{}HEE", "{}TOE"), (0.08, 0.35)),
    "pelvis": (("LASI", "RASI"), (0.08, 0.6)),
    "forearm": (("{}ELB", "{}WRA"), (0.1, 0.4)),
}
"""Markers of the Plug-in Gait at both ends of a segment, and its length in m from a small child to a large adult."""


def person(subject: Subject, thresholds: Thresholds = DEFAULT) -> Iterator[Flag]:
    """A flag for a height (m) or mass (kg) that nobody has."""
    for what, value, unit, limits in (
        ("height", subject.height, "m", thresholds.height),
        ("mass", subject.mass, "kg", thresholds.mass),
    ):
        if value is not None and not limits[0] <= value <= limits[1]:
            likely = _likely(value, limits)
            accepted = f"accepted {limits[0]:g} to {limits[1]:g} {unit}"
            yield Flag("body", f"{what} {value:g} {unit}, {accepted}{likely}", f"whole body of {subject.id}")


def markers(
    found: Markers, *, expected: str, where: str | Path, thresholds: Thresholds = DEFAULT
) -> tuple[Flag, ...]:
    """Flags for a cloud of markers of another size than a person's, limbs nobody has, and an unusual vertical axis.

    Parameters
    ----------
    expected : the vertical axis that files of this format usually have, "x", "y" or "z"
    where : the file, for the error

    Raises
    ------
    DataRefused
        When the cloud is a person's only if all lengths are taken a thousand times larger or smaller.
    """
    extent = _extent(found.values)
    if extent is None:
        return ()
    spread, axis = float(extent.max()), AXES[int(np.argmax(extent))]
    low, high = thresholds.spread
    for factor in (1e3, 1e-3):
        if low <= spread * factor <= high and not low / 10 <= spread <= 10 * high:
            raise DataRefused(
                "lengths a thousand times too large" if factor < 1 else "lengths a thousand times too small",
                where=where,
                why=f"the markers are spread over {spread:.4g} m along {axis}, a person over {low:g} to {high:g} m",
                mend="correct the unit of length: m and mm are mixed up",
            )
    flags = list(_limbs(found))
    if not low <= spread <= high:
        said = f"the markers are spread over {spread:.3g} m along {axis}, accepted {low:g} to {high:g} m"
        flags.append(Flag("spread", said))
    elif axis != expected and float(extent.max()) > CLEARLY * float(np.sort(extent)[-2]):
        others = ", ".join(f"{name} {each:.2f} m" for name, each in zip(AXES, extent, strict=True))
        said = f"{axis} seems to be the axis with gravity, usual here is {expected} (spread {others})"
        flags.append(Flag("axes", said))
    return tuple(flags)


def _extent(values: Array) -> Array | None:
    """Spread of the markers (T, P, 3) along each axis at a typical moment, (3,) m; None for too few markers."""
    seen = np.asarray(np.isfinite(values).all(axis=2))
    enough = np.asarray(seen.sum(axis=1) >= FEWEST)
    if not enough.any():
        return None
    there = np.where(seen[..., None], values, np.nan)[enough][:: max(1, int(enough.sum()) // MOMENTS)]
    low, high = np.nanpercentile(there, CORE, axis=1)
    return np.asarray(np.median(high - low, axis=0), float)


def _limbs(found: Markers) -> Iterator[Flag]:
    for segment, (ends, (low, high)) in SEGMENTS.items():
        for letter in "RL" if "{}" in ends[0] else ("",):
            names = [end.format(letter) for end in ends]
            if not set(names) <= set(found.names):
                continue
            first, second = (found.values[:, found.names.index(name)] for name in names)
            lengths = np.linalg.norm(first - second, axis=1)
            if not np.isfinite(lengths).any():
                continue
            length = float(np.nanmedian(lengths))
            if not low <= length <= high:
                said = f"{segment} {' to '.join(names)}: {length:.3g} m, accepted {low:g} to {high:g} m"
                yield Flag("body", said, f"{segment} {letter}".strip())


def _likely(value: float, limits: tuple[float, float]) -> str:
    for factor, unit in ((0.01, "cm"), (0.001, "mm or g"), (0.4536, "pounds"), (0.0254, "inches")):
        if limits[0] <= value * factor <= limits[1]:
            return f": {unit}?"
    return ""
