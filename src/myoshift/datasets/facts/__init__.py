"""Facts about data sets, one module per set: what was measured on the files when their rules were written.

A fact is a sentence, a measure, and what must come out of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from myoshift.datasets.measures import Measure


@dataclass(frozen=True)
class Between:
    """A range of numbers. Phases of a cycle wrap: with `cycle` 1, 0.02 lies in 0.95..1.05."""

    low: float
    high: float
    cycle: float = 0.0

    def holds(self, found: object) -> bool:
        """Whether a number lies in the range."""
        if not isinstance(found, int | float):
            return False
        return any(self.low <= found + turn <= self.high for turn in (0.0, self.cycle, -self.cycle))

    def __str__(self) -> str:
        return f"{self.low:g}..{self.high:g}"


def around(value: float, within: float) -> Between:
    """A number give or take something."""
    return Between(value - within, value + within)


def phase(low: float, high: float, within: float = 0.025) -> Between:
    """A phase of the gait cycle, stated to 0.05."""
    return Between(low - within, high + within, 1.0)


@dataclass(frozen=True)
class Fact:
    """A sentence, how to measure it, and what must come out: a range, a number (to 1e-4 of itself) or words."""

    fact: str
    measure: Measure
    expected: Between | float | str
