"""Simulated activations of a trial, by the names of their muscles."""

from __future__ import annotations

from dataclasses import replace

from myoshift import anatomy, formats
from myoshift.datasets.base import place
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Flag, Table, Trial


def activations(trial: Trial) -> tuple[Table | None, tuple[Flag, ...]]:
    """The columns of `trial.activation` (T, M) that are one muscle each, named as `anatomy` names it (`soleus_r`).

    Columns go by name, never by place: residual, reserve and coordinate actuators, and lumps of several muscles, are
    left out, and a flag names them. None when the trial has no simulated activation.

    Raises
    ------
    DataRefused
        When the trial has EMG as well, no column is a muscle, or two columns are the same muscle.
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
    kept = replace(table.select(tuple(known)), names=tuple(known.values()))
    return kept, (*table.flags, *((note,) if others else ()))


def _muscle(column: str) -> str:
    """The one muscle that a column is, "" for anything else."""
    try:
        found = anatomy.muscles(formats.short_name(column))
    except UnknownNameError:
        return ""
    return found[0].name if len(found) == 1 else ""
