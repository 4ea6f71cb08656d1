"""Muscles by their Rajagopal/MyoLegs and MinT names, and by the names other models give them.

Sources: Rajagopal et al. 2016 (doi 10.1109/TBME.2016.2586891) for the 80 lower-limb names; Muscles in Time
(MinT) for the 402 names, of which 322 belong to the trunk and neck. gait2392 (Delp et al. 1990), gait10dof18musc
and the 26-muscle MyoLegs lump or split some muscles differently; such an alias stands for several muscles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from myoshift import registry
from myoshift.anatomy.tables import rows
from myoshift.errors import UnknownNameError
from myoshift.types import Side


@dataclass(frozen=True, slots=True)
class Muscle:
    """One muscle strand of one side.

    `base` is the name without side (and without MinT's prefix), `mint` the MinT column ("" where MinT has none),
    `aliases` the names of other models that mean this muscle, alone or together with its neighbours.
    """

    name: str
    base: str
    side: Side
    region: str
    group: str
    mint: str
    aliases: tuple[str, ...] = ()


@cache
def _table() -> tuple[Muscle, ...]:
    return tuple(
        Muscle(
            name=row["name"],
            base=row["base"],
            side=cast(Side, row["side"]),
            region=row["region"],
            group=row["group"],
            mint=row["mint"],
            aliases=tuple(row["aliases"].split()),
        )
        for row in rows("muscles.csv")
    )


@cache
def _index() -> dict[str, tuple[Muscle, ...]]:
    """Muscles by name, MinT name and alias. A name of its own wins over an alias of another model."""
    by_name: dict[str, tuple[Muscle, ...]] = {}
    for each in _table():
        for alias in each.aliases:
            by_name[alias] = (*by_name.get(alias, ()), each)
    named = {name: (each,) for each in _table() for name in (each.name, each.mint) if name}
    return by_name | named


MUSCLES = tuple(each.name for each in _table() if each.mint.startswith("LU_"))
"""The 80 lower-limb muscles of Rajagopal and MyoLegs, the right side first."""

IPSILATERAL = tuple(each.base for each in _table() if each.name in MUSCLES and each.side == "r")
"""The 40 of one side, without side suffix: the order of every per-muscle output."""


def mint_names() -> tuple[str, ...]:
    """The 402 columns of MinT: 80 `LU_` (lower limb, left block first), then 322 `TL_` (trunk and neck)."""
    left, right = ([m.mint for m in map(muscle, MUSCLES) if m.side == side] for side in "lr")
    return (*left, *right, *(each.mint for each in _table() if each.mint.startswith("TL_")))


def muscles(name: str) -> tuple[Muscle, ...]:
    """Every muscle that a name stands for: one for a muscle, several for a lump such as `gastroc_r`.

    Raises
    ------
    UnknownNameError
        When no model known here has the name; the message names the nearest ones.
    """
    found = _index().get(name)
    if found is None:
        raise registry.unknown("muscle", name, _index())
    return found


def muscle(name: str) -> Muscle:
    """The one muscle of that name (Rajagopal, MyoLegs, MinT, gait2392 or gait10dof18musc).

    Raises
    ------
    UnknownNameError
        When nobody has the name, or when it stands for several muscles.
    """
    found = muscles(name)
    if len(found) > 1:
        raise UnknownNameError(
            f"ambiguous muscle {name!r}",
            why=f"it stands for {len(found)} muscles: {', '.join(each.name for each in found)}",
            mend="name one of them, or ask for `anatomy.muscles(name)`",
        )
    return found[0]
