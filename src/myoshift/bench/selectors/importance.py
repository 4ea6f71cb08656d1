"""Selectors by importance: the losses of held-out source frames, weighted by how much they look like the target.

The weight w(x) = p_target(x) / p_source(x) of a frame with features x follows from a logistic regression that tells
target from validation frames (Bickel et al. 2009), clipped at its 95th percentile: unclipped, a few frames decide.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

from myoshift.bench.evidence import Evidence
from myoshift.bench.selectors.case import Case, frame_losses
from myoshift.types import Array

Risk = Callable[[Array, Array], float]
CLIPPED = 95.0
STRENGTH = 1.0
"""Inverse of the L2 penalty on standardised features, scikit-learn's own."""


def importance_weighted(case: Case) -> pd.Series:
    """Minus the importance-weighted risk, sum w l / sum w.

    Sugiyama, Krauledat and Müller 2007 (JMLR 8, 985-1005), eq. 5, with weights of mean 1; l is a frame's share in
    1 - r, because r is what is scored.
    """
    return case.scores(lambda each: _score(each, case.condition, _normalised))


def deep_embedded(case: Case) -> pd.Series:
    """Minus the deep embedded validation risk, mean(w l) + eta (mean(w) - 1), eta = -Cov(w l, w) / Var(w).

    You, Wang, Long and Jordan 2019 (ICML, PMLR 97), algorithm 1, with the loss of `importance_weighted`: the control
    variate takes out the part of the risk's variance that the weights' own mean tells of.
    """
    return case.scores(lambda each: _score(each, case.condition, controlled))


def _score(evidence: Evidence, condition: str, risk: Risk) -> float:
    if condition not in evidence.target:
        return float("nan")
    losses = frame_losses(evidence.validation, evidence.primary)
    weights = _weights(evidence, condition)
    there = np.isfinite(losses)
    return -float(risk(losses[there], weights[there])) if there.any() else float("nan")


@lru_cache(maxsize=64)
def _weights(evidence: Evidence, condition: str) -> Array:
    """The weights of a run, which both selectors use one after the other."""
    return density_ratio(evidence.validation.features, evidence.target[condition].features)


def _normalised(losses: Array, weights: Array) -> float:
    return float(weights @ losses / weights.sum())


def controlled(losses: Array, weights: Array) -> float:
    """The risk (losses and weights (T,)) with the control variate; without one where all weights are the same."""
    weighted, spread = weights * losses, float(np.var(weights))
    eta = -float(np.mean((weighted - weighted.mean()) * (weights - weights.mean()))) / spread if spread > 0 else 0.0
    return float(weighted.mean() + eta * (weights.mean() - 1))


def density_ratio(source: Array, target: Array) -> Array:
    """(N,) estimated p_target / p_source at source features (N, D), given target features (M, D); clipped."""
    from sklearn.linear_model import LogisticRegression

    both = np.nan_to_num(np.concatenate([source, target]))
    sd = both.std(axis=0)
    scaled = (both - both.mean(axis=0)) / np.where(sd > 1e-9, sd, np.inf)
    is_target = np.r_[np.zeros(len(source)), np.ones(len(target))]
    model = LogisticRegression(C=STRENGTH, solver="newton-cholesky").fit(scaled, is_target)
    odds = np.exp(np.clip(model.decision_function(scaled[: len(source)]), -50, 50))
    ratio = odds * len(source) / len(target)
    return np.asarray(np.minimum(ratio, np.percentile(ratio, CLIPPED)))
