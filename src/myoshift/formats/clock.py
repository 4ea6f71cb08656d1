"""Sampling rate of a column of time stamps."""

from __future__ import annotations

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.types import Array, Flag

GAP = 1.5  # a step longer than this many median steps has lost samples


def clock(time: Array, declared: float | None = None) -> tuple[float, tuple[Flag, ...]]:
    """Nominal rate in Hz, and a flag when the steps are irregular.

    The rate is one over the mean step, or over the median step where samples were dropped (a step above 1.5
    medians): the mean undoes the rounding of printed times, the median ignores gaps.

    Parameters
    ----------
    time : (T,) seconds
    declared : Hz, what the header says, if anything

    Raises
    ------
    DataFormatError
        When time is not finite, does not increase, gives no rate, or contradicts the declared rate by more than
        0.1 %.
    """
    if declared is not None and not (np.isfinite(declared) and declared > 0):
        raise DataFormatError(
            "the declared sampling rate is impossible", why=f"{declared:g} Hz", mend="correct the header"
        )
    if not np.isfinite(time).all():
        row = int(np.argmin(np.isfinite(time)))
        raise DataFormatError(
            "a time stamp is no number",
            where=f"row {row + 1}",
            why=f"{time[row]:g}",
            mend="correct the time, or delete the row",
        )
    if len(time) < 2:
        if declared is None:
            raise DataFormatError(
                "no sampling rate", why=f"{len(time)} row, no rate in the header", mend="export more rows"
            )
        return declared, ()
    steps = np.diff(time)
    bad = np.flatnonzero(~(steps > 0))
    if len(bad):
        row = int(bad[0])
        raise DataFormatError(
            "time does not increase",
            where=f"row {row + 2}",
            why=f"{time[row]:.10g} s is followed by {time[row + 1]:.10g} s",
            mend="sort the rows, or cut the file where the clock was reset",
        )
    step = float(np.median(steps))
    gaps = steps > GAP * step
    if not gaps.any():
        step = float(time[-1] - time[0]) / len(steps)
    if declared is not None:
        _agree(1 / step, declared, len(steps))
    return 1 / step, _irregular(steps, step)


def _agree(measured: float, declared: float, steps: int) -> None:
    """Refuse a contradiction above 0.1 % that is also above the half sample that rounding can cost."""
    drift = abs(declared / measured - 1)
    if drift > 1e-3 and drift * steps > 0.5:
        raise DataFormatError(
            "the declared sampling rate contradicts the time stamps",
            why=f"declared {declared:g} Hz, measured {measured:.6g} Hz",
            mend="correct the header or the time column",
        )


def _irregular(steps: Array, step: float) -> tuple[Flag, ...]:
    odd = np.abs(steps - step) > 0.01 * step
    if not odd.any():
        return ()
    missing = float(np.sum(steps[steps > GAP * step] - step))
    return (
        Flag(
            "irregular",
            f"{int(odd.sum())} of {len(steps)} steps differ from {step:.6g} s by more than 1 %; "
            f"longest {float(steps.max()):.6g} s, {missing:.6g} s missing in all",
        ),
    )
