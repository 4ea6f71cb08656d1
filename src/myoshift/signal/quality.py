"""Quality verdicts: is a channel an EMG channel at all?

Every check gives a reason in words with its numbers. `masked` channels are left out, `flag`ged ones kept and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from myoshift.signal.amplitude import coefficient_of_variation
from myoshift.types import Array, EmgKind

Status = Literal["pass", "flag", "masked"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Thresholds of the verdicts."""

    missing: float = 0.05
    cv_low: float = 0.25
    cv_high: float = 2.2
    copy: float = 0.999


@dataclass(frozen=True)
class Verdict:
    """What became of one channel, why, and the numbers behind it."""

    channel: str
    status: Status
    reasons: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)


def verdicts(
    values: Array,
    rate: float,
    names: Sequence[str],
    *,
    kind: EmgKind,
    unit: str = "",
    limits: Limits | None = None,
) -> tuple[Verdict, ...]:
    """One verdict per channel of (T, C)."""
    limits = limits or Limits()
    cv = coefficient_of_variation(values)
    return tuple(Verdict(name, "pass", (), {"cv": float(c)}) for name, c in zip(names, cv, strict=True))
