"""No selection at all, any candidate, and the best there would have been: what selectors are held against."""

from __future__ import annotations

import pandas as pd

from myoshift.bench.selectors.case import Case


def last(case: Case) -> pd.Series:
    """The benchmark's default recipe, its first candidate, as its last step left it: the honest fallback."""
    return pd.Series([1.0, *(0.0 for _ in case.candidates[1:])], index=list(case.candidates))


def random(case: Case) -> pd.Series:
    """Every candidate alike: what is expected of a choice by chance."""
    return pd.Series(0.0, index=list(case.candidates))


def oracle(answers: pd.Series) -> pd.Series:
    """The r on the answers themselves: a bound, never a selector. It alone is handed them."""
    return answers.astype(float)
