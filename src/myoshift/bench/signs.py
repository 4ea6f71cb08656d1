"""Signs of a forecast beside the scores of a run: what motion alone says of each tested person in each condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from myoshift import anatomy
from myoshift.bench.spec import Benchmark
from myoshift.calibration.signs import Familiar, familiar, signs
from myoshift.predictor import Predictor, Problem, single
from myoshift.types import Fold, Split

CHEAP = frozenset({"tcn", "gru", "transformer", "knn", "ridge"})
"""Models whose predictions cost so little that they are made once more."""
PREFIX, ALL = "sign_", "all"
"""Of the metrics that signs are, and the muscle that they stand for."""
Row = dict[str, Any]


def rows(scored: Iterable[Row], fold: Fold, granted: Split, predictor: Predictor, spec: Benchmark) -> list[Row]:
    """A row for each sign, person and condition of what was scored (`sign_distance` of the muscle `all`, no side).

    None where the institution is known, where labels of the person are granted, and of models that take long.
    """
    if fold.held != "institution" or fold.split.calibration or not granted.source or not _cheap(predictor):
        return []
    first: dict[tuple[str, str], Row] = {}
    for row in scored:
        first.setdefault((row["subject"], row["condition"]), row)
    known = _familiar(granted, predictor.problem)
    return [each for key, row in first.items() for each in _rows(row, *key, fold, predictor, known, spec)]


def _rows(
    row: Row, person: str, condition: str, fold: Fold, predictor: Predictor, known: Familiar, spec: Benchmark
) -> Iterator[Row]:
    own = [r for r in fold.test_motion if r.person == person and spec.condition(r) == condition]
    for name, value in signs(predictor, predictor.problem.legs(own), known).items():
        if np.isfinite(value):
            yield {**row, "side": "", "muscle": ALL, "metric": PREFIX + name, "value": value}


def _cheap(predictor: Predictor) -> bool:
    kinds = {model.kind for model in single(predictor.model)}
    return kinds <= CHEAP and not any(anatomy.derived(name) for name in predictor.problem.inputs)


@lru_cache(maxsize=4)
def _familiar(granted: Split, problem: Problem) -> Familiar:
    """Folds of one training share it."""
    return familiar(granted, problem)
