"""Selectors by what a candidate predicts on the target's motion, without any label of it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from myoshift.bench.evidence import Evidence, Seen
from myoshift.bench.selectors.case import Case, agreement, each_person, standardised
from myoshift.bench.typical import Index, Typical, mean, residual, variance
from myoshift.types import Array, Mask

TENFOLD = np.log(10)
"""A variance ten times too small or too large is as implausible as it gets."""


def seed_agreement(case: Case) -> pd.Series:
    """Mean correlation between the predictions of a candidate's own seeds; NaN with a single one.

    Generalisation disagreement, Jiang et al. 2022 (arXiv 2106.13799). Candidates that collapse alike agree alike.
    """
    return pd.Series({name: _between(case, name) for name in case.candidates}, dtype=float)


def _between(case: Case, name: str) -> float:
    primary = case.evidence[name][0].primary
    pairs = combinations(case.seen(name), 2)
    return float(mean(np.array([agreement(one, other, primary) for one, other in pairs])))


def consensus(case: Case) -> pd.Series:
    """Mean correlation between a candidate's prediction and that of each other candidate, seeds averaged."""
    predicted = {name: _average(case, name) for name in case.candidates if case.seen(name)}
    scores = {name: _with_others(case, name, predicted) for name in predicted}
    return pd.Series(scores, index=list(case.candidates), dtype=float)


def _with_others(case: Case, name: str, predicted: dict[str, Array]) -> float:
    """Mean over the others, people and primary outputs of the correlation."""
    seen, columns = case.seen(name)[0], list(case.evidence[name][0].primary)
    own = standardised(predicted[name][:, columns], seen.person)
    others = [standardised(each[:, columns], seen.person) for other, each in predicted.items() if other != name]
    people = [mean((own * each)[who]) for each in others for who in each_person(seen.person)]
    return float(mean(np.array(people)))


def _average(case: Case, name: str) -> Array:
    return np.asarray(mean(np.stack([seen.predicted for seen in case.seen(name)]), axis=0))


def plausibility(case: Case) -> pd.Series:
    """Minus the sum of four faults of the predictions, each from 0 (as the source) to 1; see `faults`.

    Our own; nothing says that a plausible prediction is a right one.
    """

    def of(each: Evidence) -> float:
        seen = each.target.get(case.condition)
        return float("nan") if seen is None else -sum(faults(seen, each.typical, each.primary).values())

    return case.scores(of)


def faults(seen: Seen, source: Typical, primary: tuple[int, ...]) -> dict[str, float]:
    """What is implausible of predictions, held against what activations of the source are like.

    `bounds` is the share of samples below 0 or above the source's 99.5th percentile, `rate` the share that changes
    faster than its 99.5th percentile, `variance` the mean over primary outputs of |log10| of the ratio of
    variances within people, at most 1, `synergies` the share of power that the source's synergies leave, beyond what
    they leave of the source itself.
    """
    columns = list(primary)
    predicted, change = seen.predicted[:, columns], np.abs(seen.change[:, columns])
    outside = _share(np.asarray((predicted < 0) | (predicted > source.peak[columns])), predicted)
    left = residual(seen.predicted, source.synergies) - float(source.residual[0])
    return {
        "bounds": outside,
        "rate": _share(np.asarray(change > source.change[columns]), change),
        "variance": _variance_fault(predicted, seen.person, source.variance[columns]),
        "synergies": float(np.clip(left, 0, 1)) if np.isfinite(left) else 1.0,
    }


def _share(wrong: Mask, values: Array) -> float:
    """Share of the samples that are there; 1 where nothing is."""
    share = float(mean(np.where(np.isfinite(values), wrong, np.nan)))
    return share if np.isfinite(share) else 1.0


def _variance_fault(predicted: Array, person: Index, expected: Array) -> float:
    own = np.stack([variance(predicted[who]) for who in each_person(person)])
    tiny = np.finfo(np.float64).tiny
    ratio = np.maximum(np.nan_to_num(np.asarray(mean(own, axis=0))), tiny) / np.maximum(expected, tiny)
    off = np.minimum(np.abs(np.log(ratio)) / TENFOLD, 1.0)
    return float(mean(np.where(np.isfinite(expected), off, np.nan)))
