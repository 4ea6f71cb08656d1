"""Which sites lie over muscles that turn a joint against each other: whose co-activation is of interest.

`antagonists.csv` names each pair once, with the joint. Muscles of two joints stand at the one where they are opposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from myoshift.anatomy.tables import rows


@dataclass(frozen=True)
class Antagonists:
    """Two sites, without side, and the joint that their muscles turn against each other."""

    first: str
    second: str
    joint: str

    @property
    def name(self) -> str:
        """`tibialis_anterior/gastrocnemius`."""
        return f"{self.first}/{self.second}"


@cache
def _table() -> tuple[Antagonists, ...]:
    return tuple(Antagonists(**row) for row in rows("antagonists.csv"))


def antagonists(sites: Sequence[str]) -> tuple[Antagonists, ...]:
    """The pairs among sites without side, in the order of the table; none where nothing is opposed."""
    return tuple(pair for pair in _table() if pair.first in sites and pair.second in sites)
