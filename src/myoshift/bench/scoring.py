"""The scorer: the only one that opens the answers of a fold.

A person's recordings of one condition are put end to end per leg, with a gap that no lag reaches across, and every
muscle that was measured gets one row per metric, see `measures`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoshift import anatomy
from myoshift.bench import synthetic
from myoshift.bench.cohort import labelled_seconds
from myoshift.bench.measures import measures
from myoshift.bench.spec import Benchmark
from myoshift.bench.traces import Pair, Trace
from myoshift.calibration.amplitude import UNIT
from myoshift.predictor import Predictor
from myoshift.types import Fold, Recording, Side, Split

SHOWN = 6.0  # s of each curve that is kept for the report
Row = dict[str, Any]


@dataclass(frozen=True)
class Key:
    """A leg of a person in a condition; few-shot tests are apart within the calibration trial and across trials."""

    person: str
    side: Side
    condition: str
    scope: str


def score(fold: Fold, granted: Split, predictor: Predictor, spec: Benchmark) -> tuple[list[Row], list[Row]]:
    """Rows of scores, and rows of curves to draw.

    Parameters
    ----------
    granted : the part of the fold's split that the predictor was fitted on, which says what it had access to
    """
    pairs = _pairs(fold, predictor, spec)
    access = _access(fold, granted, predictor, spec)
    rows = [row for key, own in pairs.items() for row in _scores(key, own, granted, spec, access)]
    curves = [row for key, own in pairs.items() for row in _curves(key, own[0], spec)]
    return rows, curves


def _pairs(fold: Fold, predictor: Predictor, spec: Benchmark) -> dict[Key, list[Pair]]:
    """Predictions from the hidden motion beside the answers, by leg and condition."""
    calibrated = {recording.id for recording in fold.split.calibration}
    pairs: dict[Key, list[Pair]] = defaultdict(list)
    for motion, answer in zip(fold.test_motion, fold.test_activation, strict=True):
        condition = spec.condition(answer)
        predicted = predictor.legs(motion)
        scope = ("within" if answer.id in calibrated else "across") if calibrated else "person"
        for leg in anatomy.legs(answer, spec.inputs, spec.outputs):
            if condition and np.isfinite(leg.activation).any():
                key = Key(answer.person, leg.side, condition, scope)
                pairs[key].append(Pair(answer, leg.side, predicted[leg.side], leg.activation))
    return dict(sorted(pairs.items(), key=lambda item: tuple(vars(item[0]).values())))


def _scores(key: Key, pairs: list[Pair], granted: Split, spec: Benchmark, access: Row) -> Iterator[Row]:
    first = pairs[0].recording
    sources = {recording.institution for recording in granted.source}
    common = {
        "source": "; ".join(["+".join(sorted(sources)), *synthetic.constants(granted.source)]),
        "target": "+".join(sorted({pair.recording.domain for pair in pairs})),
        "institution": first.institution,
        "subject": key.person,
        "side": key.side,
        "condition": key.condition,
        "scope": key.scope,
        "recording": "",
        "amplitude_reference": next(flag.message for flag in first.flags if flag.code == UNIT),
        **access,
    }
    common["target_labels"] = ", ".join(_known(first, granted, access["target_labels"])) or "none"
    for measure in measures(Trace(tuple(pairs), spec.rate), spec):
        yield {**common, **measure._asdict()}


def _known(tested: Recording, granted: Split, seconds: str) -> Iterator[str]:
    """Measured labels of the target's surroundings that were learned from, and of the target itself."""
    measured = [recording for recording in granted.source if recording.kind != "simulated"]
    if tested.person in {recording.person for recording in measured}:
        yield "other recordings of the person"
    elif tested.institution in {recording.institution for recording in measured}:
        yield "other people of the institution"
    if seconds != "none":
        yield seconds


def _seen(fold: Fold, granted: Split) -> str:
    """Whose motion without labels was used, as it is or through its simulated twins."""
    tested = {recording.person for recording in fold.test_activation}
    through_twins = any(recording.person in tested for recording in granted.source if recording.kind == "simulated")
    return "test_people" if through_twins else granted.unlabelled_scope


def _access(fold: Fold, granted: Split, predictor: Predictor, spec: Benchmark) -> Row:
    """What of the target the predictor had seen, in the columns of the results."""
    seconds = sum(labelled_seconds(recording, spec) for recording in granted.calibration)
    return {
        "calibration": "+".join(predictor.card.get("calibration", {}).get("calibrators", ())),
        "calibration_seconds": round(seconds, 3),
        "selector": "last" if "training" in predictor.card or "members" in predictor.card else "",
        "target_inputs": _seen(fold, granted),
        "target_labels": f"{seconds:g} s" if seconds else "none",
        "normaliser_scope": str(predictor.card.get("normaliser_scope", "recording")),
    }


def _curves(key: Key, pair: Pair, spec: Benchmark) -> Iterator[Row]:
    """The first seconds of a leg's first recording: primary muscles only."""
    frames = round(SHOWN * spec.rate)
    for muscle in spec.primary:
        column = spec.outputs.index(muscle)
        measured, predicted = pair.measured[:frames, column], pair.predicted[:frames, column]
        if np.isfinite(measured).any():
            yield {
                "subject": key.person,
                "side": key.side,
                "condition": key.condition,
                "scope": key.scope,
                "recording": pair.recording.id,
                "muscle": muscle,
                "rate": spec.rate,
                "measured": measured.tolist(),
                "predicted": predicted.tolist(),
            }
