"""Where to search for a setting: stands in the annotation of a method's field, beside its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import numpy as np

from myoshift.training.method import Method


@dataclass(frozen=True)
class Range:
    """Uniform between two numbers."""

    low: float
    high: float

    def sample(self, random: np.random.Generator) -> float:
        """One value."""
        return float(random.uniform(self.low, self.high))


@dataclass(frozen=True)
class LogRange(Range):
    """Uniform in the logarithm between two positive numbers."""

    def sample(self, random: np.random.Generator) -> float:
        """One value."""
        return float(np.exp(random.uniform(np.log(self.low), np.log(self.high))))


@dataclass(frozen=True)
class Choice:
    """One of some values."""

    values: tuple[Any, ...]

    def sample(self, random: np.random.Generator) -> Any:
        """One value."""
        return self.values[int(random.integers(len(self.values)))]


def search_space(method: type[Method]) -> Mapping[str, Range | Choice]:
    """The range of every setting of a method that says where to search for it."""
    return {
        name: note
        for name, hint in get_type_hints(method, include_extras=True).items()
        for note in getattr(hint, "__metadata__", ())
        if isinstance(note, Range | Choice)
    }


def sample(method: type[Method], random: np.random.Generator) -> dict[str, Any]:
    """Settings of a method, drawn from where it says."""
    return {name: each.sample(random) for name, each in sorted(search_space(method).items())}
