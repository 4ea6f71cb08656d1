"""Predictive intervals that hold for a new person: split conformal, with people as what is exchangeable.

Frames of one person are dependent, so each person is one draw and the person's frames a second layer (Dunn,
Wasserman and Ramdas 2023, doi 10.1080/01621459.2022.2060112; Lee, Barber and Willett 2023, arXiv 2306.06342; Vovk,
Gammerman and Shafer 2005, Algorithmic Learning in a Random World).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal, Self

import numpy as np

from myoshift.anatomy import Leg
from myoshift.calibration.base import LARGEST
from myoshift.errors import DataRefused
from myoshift.predictor import Estimator, Predictor, Problem
from myoshift.types import Array, Recording, Split

INTERVALS = "intervals"
"""Key of a predictor's card."""
LEVEL = 0.9
Per = Literal["frames", "people"]
"""What the level is a share of, see `fit_intervals`."""
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Intervals:
    """Predictions +- `half_width` (M,), within the bounds of an activation.

    Parameters
    ----------
    outputs : M names
    half_width : infinite where there were not enough people: the interval is then all that an activation can be
    level : share that is to be covered
    people : how many people each half width comes from
    per : what is covered with this share
    """

    outputs: tuple[str, ...]
    half_width: Array
    level: float
    people: tuple[int, ...]
    per: Per = "frames"

    def bounds(self, prediction: Array, spread: Array | float = 1.0) -> tuple[Array, Array]:
        """Low and high ends (T, M) about a prediction (T, M); NaN where there is none.

        `spread` (T, M) multiplies the half widths, where residuals were divided by theirs.
        """
        half = self.half_width * np.broadcast_to(np.asarray(spread, np.float64), prediction.shape)
        low, high = np.clip(prediction - half, 0.0, LARGEST), np.clip(prediction + half, 0.0, LARGEST)
        return low, high

    def notes(self) -> tuple[str, ...]:
        """The outputs of which too few people were measured, one line each."""
        needed = fewest(self.level)
        return tuple(
            f"{name}: not enough people ({count} of {needed}) for a level of {self.level:g}; 0 to {LARGEST:g}"
            for name, count, half in zip(self.outputs, self.people, self.half_width, strict=True)
            if not np.isfinite(half)
        )

    def config(self) -> dict[str, Any]:
        """All of it as JSON values; None for an infinite half width."""
        half = [float(each) if np.isfinite(each) else None for each in self.half_width]
        named = {"outputs": list(self.outputs), "half_width": half, "people": list(self.people)}
        return {**named, "level": self.level, "per": self.per}

    @classmethod
    def restore(cls, config: dict[str, Any]) -> Self:
        """The intervals of this state."""
        half = np.array([math.inf if each is None else each for each in config["half_width"]], np.float64)
        return cls(tuple(config["outputs"]), half, config["level"], tuple(config["people"]), config["per"])


def fewest(level: float) -> int:
    """People below whom no finite half width has a level: n >= level / (1 - level)."""
    return math.ceil(level / (1 - level) - ROUNDING)


def fit_intervals(
    residuals: Sequence[Array], outputs: Sequence[str], *, level: float = LEVEL, per: Per = "frames"
) -> Intervals:
    """Half widths from how far predictions were off for people who were not learned from.

    If these n people and a new one are exchangeable, and the predictor was fitted to none of them, then on average
    over draws of all n + 1, for each output by itself

    * `per="frames"`: the expected share of the new person's frames that is covered is at least `level` (Lee et al.:
      the quantile of all frames, where each person weighs 1 / (n + 1), shared by the person's frames, and the new
      one's weight lies at infinity);
    * `per="people"`: with a probability of at least `level`, at least the share `level` of the new person's frames is
      covered (split conformal over people; a person's score is the `level` quantile of the person's residuals, the
      half width the ceil((n + 1) level)-th smallest score). Wider.

    Of envelopes above the largest activation, which `Intervals.bounds` cuts off, neither is promised.
    Nothing is promised for one given person, time or height of a prediction, nor for a laboratory unlike the others.

    Parameters
    ----------
    residuals : of each person, (T, M) measured minus predicted, NaN where not measured
    outputs : M names

    Raises
    ------
    DataRefused
        When the level is no share, there is nobody, or the columns are not the outputs.
    """
    _refuse(residuals, outputs, level)
    half, people = [], []
    for m in range(len(outputs)):
        own = [off[np.isfinite(off)] for off in (np.abs(each[:, m]) for each in residuals)]
        there = [off for off in own if off.size]
        people.append(len(there))
        half.append(shared_quantile(there, level) if per == "frames" else _people(there, level))
    return Intervals(tuple(outputs), np.array(half), level, tuple(people), per)


def out_of_fold(estimator: Estimator, split: Split, problem: Problem) -> list[Array]:
    """Residuals (T, M) of each person of a source, by a predictor that did not see the person's institution.

    With a single institution, by one that did not see the person. One training for each institution, or person. The
    predictor that goes to work has seen all of them: that its errors are no larger is likely, but not proven.
    """
    places = {recording.institution for recording in split.source}
    legs = sorted(problem.labelled(split.source, part="source"), key=lambda leg: _unit(leg.recording, len(places)))
    found: list[Array] = []
    for held, group in groupby(legs, key=lambda leg: _unit(leg.recording, len(places))):
        others = tuple(r for r in split.source if _unit(r, len(places)) != held)
        predictor = estimator.fit(replace(split, source=others, calibration=()))
        found += by_person(predictor, tuple(group))
    return found


def by_person(predictor: Predictor, legs: Sequence[Leg]) -> list[Array]:
    """Measured minus predicted (T, M) of each person, the legs one below the other."""
    ordered = sorted(legs, key=lambda leg: leg.recording.person)
    return [
        np.concatenate([leg.activation - predictor.legs(leg.recording.hidden())[leg.side] for leg in own])
        for _, own in groupby(ordered, key=lambda leg: leg.recording.person)
    ]


def with_intervals(predictor: Predictor, intervals: Intervals) -> Predictor:
    """The predictor with these intervals on its card, with which they are saved.

    They are those of its own predictions: `calibrate` takes them off, as a calibrated model errs otherwise.
    """
    if intervals.outputs != predictor.problem.outputs:
        raise DataRefused(
            "the intervals are of other outputs than the predictor's",
            why=f"{', '.join(intervals.outputs)}; the predictor has {', '.join(predictor.problem.outputs)}",
            mend="fit them on residuals of this predictor's outputs",
        )
    return replace(predictor, card={**predictor.card, INTERVALS: intervals.config()})


def bounds(predictor: Predictor, prediction: Array) -> tuple[Array, Array]:
    """Low and high ends (T, M) about a prediction (T, M) of a predictor that has intervals on its card.

    Raises
    ------
    DataRefused
        When it has none.
    """
    refuse_without(predictor)
    return Intervals.restore(predictor.card[INTERVALS]).bounds(np.asarray(prediction, np.float64))


def refuse_without(predictor: Predictor) -> None:
    """Refuse (`DataRefused`) a predictor that has no intervals on its card."""
    if INTERVALS not in predictor.card:
        raise DataRefused(
            "the model has no predictive intervals",
            why="nothing on its card says how far it is off for new people",
            mend="train one with `myoshift train --intervals`; calibrating a model takes them off",
        )


def _unit(recording: Recording, institutions: int) -> str:
    return recording.institution if institutions > 1 else recording.person


def shared_quantile(groups: Sequence[Array], level: float, unseen: int = 1) -> float:
    """The `level` quantile of the values of all n groups, each group's sharing the weight 1 / (n + unseen).

    The weight of those unseen, such as the group that is to be covered, lies at infinity.
    """
    if not groups:
        return math.inf
    values = np.concatenate(groups)
    weight = np.concatenate([np.full(len(own), 1 / ((len(groups) + unseen) * len(own))) for own in groups])
    if weight.sum() < level - ROUNDING:
        return math.inf
    order = np.argsort(values)
    place = int(np.searchsorted(np.cumsum(weight[order]), level - ROUNDING))
    return float(values[order][min(place, len(values) - 1)])


def _people(people: Sequence[Array], level: float) -> float:
    """The ceil((n + 1) level)-th smallest of the people's own quantiles."""
    if len(people) < fewest(level):
        return math.inf
    scores = sorted(float(np.quantile(own, level, method="inverted_cdf")) for own in people)
    return scores[math.ceil((len(people) + 1) * level - ROUNDING) - 1]


def _refuse(residuals: Sequence[Array], outputs: Sequence[str], level: float) -> None:
    if not 0 < level < 1:
        raise DataRefused(
            f"a level of {level:g}", why="it is a share of what is covered", mend="give one such as 0.9"
        )
    if not residuals:
        raise DataRefused("no residuals", why="there is nobody to learn from", mend="give those of several people")
    for number, each in enumerate(residuals):
        if each.ndim != 2 or each.shape[1] != len(outputs):
            raise DataRefused(
                "residuals of another shape than the outputs",
                where=f"person {number}",
                why=f"{each.shape}, expected (frames, {len(outputs)})",
                mend=f"give the columns {', '.join(outputs)}",
            )
