"""Selectors by labels: of held-out people of the source, of its laboratories in turn, of a few target seconds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from myoshift.bench.evidence import Evidence, Labelled
from myoshift.bench.selectors.case import Case
from myoshift.bench.typical import mean


def source_validation(case: Case) -> pd.Series:
    """Mean r over held-out people of the source institutions.

    Training-domain validation, Gulrajani and Lopez-Paz 2021 (arXiv 2007.01434).
    """
    return case.scores(lambda each: _r(each.validation, each))


def leave_one_source_domain_out(case: Case) -> pd.Series:
    """Mean over the other institutions of r on their people, when they and the target were left out together.

    Leave-one-domain-out validation, Gulrajani and Lopez-Paz 2021 (arXiv 2007.01434). NaN without such trainings.
    """
    known = case.elsewhere.reindex(columns=list(case.candidates))
    complete = known[known.notna().any(axis=1)]
    return complete.mean(axis=0, skipna=False).astype(float)


def few_shot(case: Case) -> pd.Series:
    """Mean r on the labelled seconds of the target that the protocol grants.

    NaN without any, and for a candidate that was fitted on them. No selector for zero-shot claims.
    """

    def of(each: Evidence) -> float:
        return float("nan") if each.calibration is None or each.learned else _r(each.calibration, each)

    return case.scores(of)


def _r(part: Labelled, evidence: Evidence) -> float:
    """Mean over primary outputs of each person, then over people."""
    return float(mean(np.asarray(mean(part.r[:, list(evidence.primary)], axis=1))))
