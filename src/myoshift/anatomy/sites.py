"""Surface EMG sites: where an electrode sits and which muscles it sees.

Places follow the SENIAM recommendations (Hermens et al. 2000, doi 10.1016/S1050-6411(00)00027-4). The weights are
plain: equal among the parts of one muscle, equal among the heads of a group. Crosstalk is left to `physiology`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from myoshift import registry
from myoshift.anatomy.muscles import IPSILATERAL
from myoshift.anatomy.tables import rows, split_side
from myoshift.errors import DataRefused
from myoshift.types import Array


@dataclass(frozen=True)
class Site:
    """One sEMG site, without side: `muscles` maps muscle names without side to weights that sum to 1.

    A site whose name is its `group`'s (`hamstrings`) is what a channel gets that does not say which head it saw;
    the other sites of the group are its members. A site without `muscles` is over a muscle that no table here holds,
    or over none in particular (`wrist16_01`).
    """

    name: str
    group: str
    muscles: dict[str, float]
    region: str = ""
    description: str = ""


@cache
def _table() -> dict[str, Site]:
    return {
        row["name"]: Site(row["name"], row["group"], _weights(row["muscles"]), row["region"], row["description"])
        for row in rows("sites.csv")
    }


def _weights(text: str) -> dict[str, float]:
    parts = {name: float(weight) for name, weight in (part.split(":") for part in text.split())}
    total = sum(parts.values())
    return {name: weight / total for name, weight in parts.items()}


SITES = tuple(_table())
"""Names of all sites, without side."""


def site(name: str) -> Site:
    """The site of that name, given with or without side.

    Raises
    ------
    UnknownNameError
        When there is no such site; the message names the nearest ones.
    """
    base, _ = split_side(name)
    if base not in _table():
        raise registry.unknown("site", name, SITES)
    return _table()[base]


def members(group: str) -> tuple[str, ...]:
    """The single sites that a group site stands for: (`hamstrings_medial`, `hamstrings_lateral`) for `hamstrings`."""
    return tuple(each.name for each in _table().values() if each.group == group and each.name != group)


def strands(outputs: Sequence[str]) -> tuple[str, ...]:
    """The muscles of one side, without side, that outputs (sites or muscles) are made of.

    For outputs of the leg these are the 40 of the leg, whichever the outputs are; elsewhere in the body those that
    the outputs see. A site without muscles stands for itself.

    Raises
    ------
    UnknownNameError
        When an output is neither a site nor a muscle of the leg.
    """
    seen = dict.fromkeys(strand for name in outputs for strand in _parts(name))
    if not seen or set(seen) & set(IPSILATERAL):
        return (*IPSILATERAL, *(strand for strand in seen if strand not in IPSILATERAL))
    return tuple(seen)


def output_weights(outputs: Sequence[str]) -> Array:
    """What each output sees of `strands(outputs)`, (M, K), rows summing to 1.

    A site sees muscles by its montage, an output named as a muscle only that one.

    Raises
    ------
    UnknownNameError
        When an output is neither a site nor a muscle of the leg.
    """
    return _output_weights(tuple(outputs))


@lru_cache(maxsize=64)
def _output_weights(outputs: tuple[str, ...]) -> Array:
    """Looked up in every step of a stream; read-only, as all share it."""
    columns = strands(outputs)
    weights = np.array([[_parts(name).get(strand, 0.0) for strand in columns] for name in outputs])
    weights.setflags(write=False)
    return weights


def of_the_leg(outputs: Sequence[str]) -> tuple[str, ...]:
    """The outputs that see a muscle of the leg."""
    return tuple(name for name in outputs if set(_parts(name)) & set(IPSILATERAL))


def _parts(name: str) -> dict[str, float]:
    """Strands of one output and their weights."""
    if name in IPSILATERAL and name not in SITES:
        return {name: 1.0}
    return site(name).muscles or {site(name).name: 1.0}


def montage(sites: Sequence[str], muscles: Sequence[str] = IPSILATERAL) -> Array:
    """What each site sees of each muscle.

    Parameters
    ----------
    sites : S site names
    muscles : M muscle names. Where both have a side, a site sees only its own side.

    Returns
    -------
    (S, M) weights >= 0. Each row sums to 1 over the muscles given.

    Raises
    ------
    DataRefused
        When a site sees none of the muscles.
    """
    weights = np.zeros((len(sites), len(muscles)))
    for row, name in zip(weights, sites, strict=True):
        seen, side = site(name).muscles, split_side(name)[1]
        for column, (base, of) in enumerate(map(split_side, muscles)):
            row[column] = seen.get(base, 0.0) if None in (side, of) or side == of else 0.0
        if not row.any():
            raise DataRefused(
                f"site {name!r} sees none of the {len(muscles)} muscles given",
                why=f"it sees {', '.join(seen)}",
                mend="leave the site out, or give a model with these muscles",
            )
    total: Array = weights.sum(axis=1, keepdims=True)
    return weights / total
