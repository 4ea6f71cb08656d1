"""Which sites of a leg lie beside each other under the skin: where crosstalk comes from.

`neighbours.csv` names each pair once: muscles whose bellies share a border at the places of `sites.csv`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from myoshift.anatomy.muscles import IPSILATERAL
from myoshift.anatomy.sites import members, montage, site
from myoshift.anatomy.tables import rows
from myoshift.types import Array


@cache
def neighbours(name: str) -> tuple[str, ...]:
    """The single sites beside a site of the leg, without side; beside any of its members for a group site.

    Raises
    ------
    UnknownNameError
        When there is no such site.
    """
    own = members(site(name).name) or (site(name).name,)
    pairs = [(row["site"], row["neighbour"]) for row in rows("neighbours.csv")]
    beside = (b for pair in pairs for a, b in (pair, pair[::-1]) if a in own and b not in own)
    return tuple(dict.fromkeys(beside))


def surroundings(sites: Sequence[str], muscles: Sequence[str] = IPSILATERAL) -> Array:
    """What the neighbours of each site see of each muscle: (S, M), rows summing to 1, the mean of their montages.

    Neighbours count whether or not a laboratory has an electrode on them. A site without neighbours has its own row.
    """
    return np.stack([montage(neighbours(name) or (name,), muscles).mean(axis=0) for name in sites])
