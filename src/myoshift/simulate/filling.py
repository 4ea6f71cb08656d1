"""A whole-body motion that is being put together: some coordinates measured, the others still to be found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from myoshift.errors import DataRefused
from myoshift.simulate.model import COORDINATES
from myoshift.types import Array, Flag


@dataclass(frozen=True, kw_only=True, eq=False)
class Filling:
    """Coordinates (T, 37) in the order of `COORDINATES`, NaN where they are not known yet.

    Parameters
    ----------
    measured : the coordinates that the laboratory measured
    flags : one for each group of coordinates that was filled in, with the reason
    """

    values: Array
    rate: float
    measured: frozenset[str] = frozenset()
    flags: tuple[Flag, ...] = ()

    @classmethod
    def of(cls, values: Array, names: Sequence[str], rate: float) -> Self:
        """The body of measured columns (T, C); those that are NaN throughout, or no coordinate of it, are left out.

        Raises
        ------
        DataRefused
            When nothing is left.
        """
        wide = np.full((len(values), len(COORDINATES)), np.nan)
        seen = [k for k, name in enumerate(names) if name in COORDINATES and np.isfinite(values[:, k]).any()]
        if not seen:
            raise DataRefused("no coordinate of the body was measured", why=f"columns: {', '.join(names)}")
        wide[:, [COORDINATES.index(names[k]) for k in seen]] = values[:, seen]
        return cls(values=wide, rate=rate, measured=frozenset(names[k] for k in seen))

    def frames(self, part: slice) -> Filling:
        """These frames alone."""
        return replace(self, values=self.values[part])

    def get(self, name: str) -> Array:
        """One coordinate, (T,)."""
        return self.values[:, COORDINATES.index(name)]

    def missing(self) -> tuple[str, ...]:
        """The coordinates that are not known."""
        known = np.isfinite(self.values)
        return tuple(name for k, name in enumerate(COORDINATES) if not known[:, k].all())

    def filled(self, columns: Mapping[str, Array | float], code: str = "", why: str = "") -> Filling:
        """The body with those of the columns that were missing, and a flag that names them."""
        missing = self.missing()
        return self.changed({name: columns[name] for name in columns if name in missing}, code, why)

    def changed(self, columns: Mapping[str, Array | float], code: str = "", why: str = "") -> Filling:
        """The body with these columns in place of what it had, and a flag that names them if there is a code."""
        if not columns:
            return self
        values = self.values.copy()
        for name, column in columns.items():
            values[:, COORDINATES.index(name)] = column
        flags = (Flag(code, why, ", ".join(columns)),) if code else ()
        return replace(self, values=values, flags=(*self.flags, *flags))
