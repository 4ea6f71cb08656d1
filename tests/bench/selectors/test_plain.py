"""What selectors are held against."""

from __future__ import annotations

import pandas as pd

from bench.planted import case, evidence
from myoshift.bench.selectors.plain import last, oracle, random


def test_the_default_is_the_first_candidate_and_chance_prefers_nobody():
    told = case(one=evidence(), other=evidence())
    assert last(told).idxmax() == "one"
    assert random(told).nunique() == 1


def test_the_oracle_says_what_the_answers_say():
    answers = pd.Series({"one": 0.1, "other": 0.3})
    assert oracle(answers).idxmax() == "other"
