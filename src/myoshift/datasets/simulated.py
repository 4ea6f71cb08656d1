"""Simulated activations of a trial, by the names of their muscles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from myoshift import anatomy, formats
from myoshift.datasets.base import place
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Flag, Table, Trial

OVERSHOOT = 0.01  # an activation beyond [0, 1] by no more is rounding of a solver: clipped and counted


def activations(trial: Trial) -> tuple[Table | None, tuple[Flag, ...]]:
    """The columns of `trial.activation` (T, M) that are one muscle each, named as `anatomy` names it (`soleus_r`).

    Columns go by name, never by place: residual, reserve and coordinate actuators, and lumps of several muscles, are
    left out, and a flag names them. None when the trial has no simulated activation.

    Raises
    ------
    DataRefused
        When the trial has EMG as well, no column is a muscle, two columns are the same muscle, or one of them leaves
        [0, 1] or is 0 throughout.
    """
    if trial.activation is None:
        return None, ()
    where, table = place(trial), trial.activation
    if trial.emg is not None:
        raise DataRefused(
            "both EMG and simulated activation",
            where=where,
            mend="make two trials, one for each kind",
        )
    known = {column: name for column in table.names if (name := _muscle(column))}
    if not known:
        raise DataRefused(
            "no column is a muscle",
            where=where,
            why=f"columns: {', '.join(table.names[:8])}",
            mend="name them as the model does (`soleus_r`); `myoshift list muscles` prints the names known",
        )
    twice = sorted(name for name in set(known.values()) if list(known.values()).count(name) > 1)
    if twice:
        columns = ", ".join(column for column, name in known.items() if name in twice)
        raise DataRefused(f"two columns are the muscle {twice[0]!r}", where=where, why=columns, mend="leave one out")
    others = [column for column in table.names if column not in known]
    note = Flag("no_muscle", "left out, these columns are no single muscle", ", ".join(others))
    kept, overshot = _bounded(replace(table.select(tuple(known)), names=tuple(known.values())), where)
    return kept, (*table.flags, *((note,) if others else ()), *overshot)


def _bounded(table: Table, where: str) -> tuple[Table, tuple[Flag, ...]]:
    """The table clipped to [0, 1], a flag for each muscle that overshot by no more than `OVERSHOOT`.

    Raises
    ------
    DataRefused
        When a muscle overshoots by more, or is 0 throughout.
    """
    flags = []
    for name, column in zip(table.names, table.values.T, strict=True):
        there = column[np.isfinite(column)]
        low, high = (float(there.min()), float(there.max())) if len(there) else (0.0, 1.0)
        why = f"min {low:.4g}, max {high:.4g}, expected within [0, 1]"
        if low < -OVERSHOOT or high > 1 + OVERSHOOT:
            mend = "scale it to activation (0 to 1), or leave the column out"
            raise DataRefused("an activation outside [0, 1]", where=f"{where}, {name}", why=why, mend=mend)
        if low == high == 0:
            mend = "leave the column out: the muscle was not solved"
            raise DataRefused("an activation that is 0 throughout", where=f"{where}, {name}", why=why, mend=mend)
        if low < 0 or high > 1:
            count = int(np.sum((there < 0) | (there > 1)))
            flags.append(Flag("overshoot", f"{why}: {count} of {len(there)} samples clipped", name))
    return replace(table, values=np.clip(table.values, 0.0, 1.0)), tuple(flags)


def _muscle(column: str) -> str:
    """The one muscle that a column is, "" for anything else."""
    try:
        found = anatomy.muscles(formats.short_name(column))
    except UnknownNameError:
        return ""
    return found[0].name if len(found) == 1 else ""
