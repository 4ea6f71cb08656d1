"""Constants of a simulation chosen on measured labels of source laboratories, never on those of the one tested.

A candidate is scored by the agreement of twins with the EMG of the very same motion: per site Pearson's r, averaged
over recordings, then people, then institutions. The delay of each site is chosen on all institutions but one and
scored on that one, in turn (nested leave-one-institution-out); the candidate with the best score wins. How much the
delays are pulled towards the one of the literature is chosen with it, as few laboratories tell little of a site.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.bench.sensing import Constants
from myoshift.metrics import r
from myoshift.types import Array, Array32, Recording

LONGEST = 0.12
"""Seconds by which the EMG of a site may come earlier than the activation."""
STEP = 0.01
"""s; between frames, r is taken to lie on a straight line."""
USUAL, SPREAD = 0.055, 0.025
"""s; mean and SD of the delay between muscles and people (DOI 10.3389/fphys.2014.00494; Vint et al. 2001)."""
PULLS = (0.0, 0.02, 0.1, 1.0)
"""What half a squared SD from the usual delay costs, in r; the last leaves hardly any choice."""
Candidate = tuple[float, float, float]
"""Exponent and floor of static optimisation, co-activation."""


@dataclass(frozen=True, eq=False)
class Agreement:
    """r of each institution (I, D, S), over D delays and S sites; NaN where a site was not measured there."""

    institutions: tuple[str, ...]
    delays: Array
    sites: tuple[str, ...]
    r: Array

    def of(self, institutions: Collection[str]) -> Array:
        """The rows of some institutions."""
        return self.r[[place in institutions for place in self.institutions]]


def agreement(pairs: Iterable[tuple[Recording, Recording]], inputs: Sequence[str], sites: Sequence[str]) -> Agreement:
    """How well twins agree with what was measured.

    Parameters
    ----------
    pairs : a measured recording and its twin, both with `sites` among their channels, at one rate
    """
    people: dict[tuple[str, str], list[Array]] = {}
    delays = np.arange(0.0, LONGEST + STEP / 2, STEP)
    for measured, twin in pairs:
        legs = zip(anatomy.legs(measured, inputs, sites), anatomy.legs(twin, inputs, sites), strict=True)
        curves = [_by_delay(one.activation, other.activation, delays, measured.rate) for one, other in legs]
        people.setdefault((measured.institution, measured.person), []).extend(curves)
    each = {key: _mean(np.stack(curves)) for key, curves in people.items() if curves}
    places = tuple(sorted({place for place, _ in each}))
    rows = [_mean(np.stack([curve for (at, _), curve in each.items() if at == place])) for place in places]
    shape = (0, len(delays), len(sites))
    return Agreement(places, delays, tuple(sites), np.stack(rows) if rows else np.empty(shape))


def choose(
    candidates: Mapping[Candidate, Agreement], institutions: Collection[str], primary: Collection[str]
) -> Constants | None:
    """The constants that agree best with what these institutions measured; None when they measured too little.

    Parameters
    ----------
    primary : the sites whose mean decides between candidates; every site gets the delay that is best for it
    """
    scores = {
        (candidate, pull): score
        for candidate, found in candidates.items()
        for pull in PULLS
        if (score := _nested(found, institutions, primary, pull))
    }
    if not scores:
        return None
    candidate, pull = max(sorted(scores), key=scores.__getitem__)
    best = candidates[candidate]
    own = best.of(institutions)
    measured = np.asarray(np.isfinite(own).any(axis=(0, 1)), np.bool_)
    chosen = _delays(own, best.delays, pull)
    delays = [(site, float(best.delays[chosen[k]])) for k, site in enumerate(best.sites) if measured[k]]
    return Constants(*candidate, delay=_median([seconds for _, seconds in delays]), delays=tuple(delays))


def _nested(found: Agreement, institutions: Collection[str], primary: Collection[str], pull: float) -> float:
    """Mean r of the primary sites over institutions, each with the delays that the others chose; 0 for only one."""
    columns = [k for k, site in enumerate(found.sites) if site in primary]
    there = [place for place in found.institutions if place in institutions]
    scores = []
    for place in there if len(there) > 1 else ():
        delays = _delays(found.of(set(there) - {place}), found.delays, pull)
        own = found.of({place})[0]
        scores.append(
            np.nanmean([own[delays[k], k] for k in columns]) if np.isfinite(own[0, columns]).any() else np.nan
        )
    return float(np.nanmean(scores)) if np.isfinite(scores).any() else 0.0


def _delays(rows: Array, delays: Array, pull: float) -> NDArray[np.int64]:
    """(S,) which delay is best for each site over institutions (I, D, S); the usual one where none measured it."""
    curve = np.nan_to_num(_mean(rows))
    pulled = curve - max(pull, 1e-6) * ((delays[:, None] - USUAL) / SPREAD) ** 2 / 2
    best: NDArray[np.int64] = pulled.argmax(axis=0)
    return best


def _by_delay(measured: Array32, simulated: Array32, delays: Array, rate: float) -> Array:
    """Pearson's r (D, S) between the measured envelope and the activation that comes so many seconds later."""
    y, p, count = measured.astype(np.float64), simulated.astype(np.float64), len(measured)
    position = delays * rate
    frames = range(int(np.ceil(position.max() - 1e-9)) + 1)
    curve = np.stack([r(p[k:], y[: count - k], rate) for k in frames])
    low = np.minimum(np.floor(position + 1e-9).astype(np.int64), len(curve) - 1)
    share = np.clip(position - low, 0.0, 1.0)[:, None]
    between: Array = (1 - share) * curve[low] + share * curve[np.minimum(low + 1, len(curve) - 1)]
    return between


def _mean(stack: Array) -> Array:
    """Mean over the first axis of what is there, NaN where nothing is."""
    there = np.isfinite(stack)
    count = there.sum(axis=0)
    total = np.where(there, stack, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else 0.0
