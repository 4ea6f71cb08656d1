"""Signals of several rates out of one file: a table for each rate, and what was noted beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from myoshift.errors import DataFormatError
from myoshift.registry import unknown
from myoshift.types import Flag, Table


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark at one time, in seconds on the clock of the tables; `duration` None where none is stated."""

    text: str
    time: float
    duration: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables:
    """One table for each rate, in the order in which the rates occur; no channel name is in two of them.

    Raises
    ------
    DataFormatError
        When a name stands in two tables.
    """

    tables: tuple[Table, ...]
    annotations: tuple[Annotation, ...] = ()
    flags: tuple[Flag, ...] = ()

    def __post_init__(self) -> None:
        names = self.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataFormatError("duplicate channel names", why=", ".join(twice), mend="rename the channels")

    @property
    def names(self) -> tuple[str, ...]:
        """All channels, table after table."""
        return tuple(name for table in self.tables for name in table.names)

    def select(self, names: Sequence[str]) -> Table:
        """These channels as one table.

        Raises
        ------
        UnknownNameError
            When there is no such channel.
        DataFormatError
            When they have different rates.
        """
        homes = {name: k for k, table in enumerate(self.tables) for name in table.names}
        for name in names:
            if name not in homes:
                raise unknown("channel", name, self.names)
        found = sorted({homes[name] for name in names})
        if len(found) != 1:
            raise DataFormatError("channels of different rates make no table", why=groups(self.tables))
        return self.tables[found[0]].select(tuple(names))


def groups(tables: Sequence[Table]) -> str:
    """Rates, with the channels that have each, for a message."""
    return "; ".join(f"{table.rate:.8g} Hz: {', '.join(table.names)}"[:160] for table in tables)
