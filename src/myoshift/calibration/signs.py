"""Signs of how well a prediction will be, from motion without labels; of each of them, larger is worse.

* `disagreement`: log of 1 - mean r between the members of an ensemble (Lakshminarayanan et al. 2017, arXiv
  1612.01474, take their variance, to which their gains add). Of a model without members it is missing.
* `distance`: log of how far windows of the motion lie from those learned from, relative to how far institutions that
  were learned from lie from one another (nearest neighbours in the deep: Sun et al. 2022, arXiv 2204.06507).
* `posture`: log of the root mean square z-score of mean and SD of each joint angle, which windows do not have.
* `flatness`: log of the SD of measured activation over that of the prediction: one that collapses is flat.
* `irregularity`: 1 - the highest autocorrelation of the prediction at lags of 0.4 to 2 s; missing where a recording
  is shorter than 0.8 s.
* `shortness`: minus the log of the seconds whose coordinates were all measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any, Self

import numpy as np
from sklearn.neighbors import NearestNeighbors

from myoshift import metrics
from myoshift.anatomy import Leg
from myoshift.predictor import Predictor, Problem, balance, single
from myoshift.predictor.windows import lagged_windows, typical_sizes
from myoshift.types import Array, Array32, Mask, Recording, Split

SIGNS = ("disagreement", "distance", "posture", "flatness", "irregularity", "shortness")
KEPT = 150  # windows of each institution
NEIGHBOURS = 5
TESTED = 1500  # windows of a leg, at most
CYCLE = (0.4, 2.0)  # s
LEAST = 1e-3  # before logarithms
LEAST_SD = 0.02  # rad; of mean and SD of an angle over legs, so that legs that are all alike do not exclude others
Signs = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Familiar:
    """The motions and activations that a predictor learned from, as far as signs are relative to them.

    Parameters
    ----------
    windows : (N, D) windows of motion, `KEPT` of each institution or all there are
    apart : median distance from an institution's windows to the nearest of the others, the median over institutions
    posture : (2, 2 C) mean and SD over legs of mean and SD of each input
    activity : (M,) mean SD of each output over the legs that measured it, NaN where nobody did
    sizes : of derived inputs, as in `lagged_windows`
    """

    windows: Array32
    apart: float
    posture: Array
    activity: Array
    sizes: Array | None = None

    def config(self) -> dict[str, Any]:
        """All of it as JSON values."""
        sizes = None if self.sizes is None else [str(each) for each in self.sizes]  # some are infinite
        return {
            "windows": np.round(self.windows.astype(np.float64), 3).tolist(),
            "apart": self.apart,
            "posture": [[_json(each) for each in row] for row in self.posture],
            "activity": [_json(each) for each in self.activity],
            "sizes": sizes,
        }

    @classmethod
    def restore(cls, config: Mapping[str, Any]) -> Self:
        """What gave this config."""
        sizes = config["sizes"]
        return cls(
            np.array(config["windows"], np.float32),
            float(config["apart"]),
            np.array(config["posture"], np.float64),
            np.array(config["activity"], np.float64),
            None if sizes is None else np.array([float(each) for each in sizes]),
        )


def familiar(split: Split, problem: Problem, seed: int = 0) -> Familiar:
    """What the labelled source of a split is like; institutions count alike, in them people and legs.

    Raises
    ------
    DataRefused
        When the source has no labelled leg.
    """
    legs = problem.labelled(split.source, part="source")
    sizes, random = typical_sizes(legs, problem.inputs), np.random.default_rng(seed)
    places = [
        _some([_windows(leg.motion, problem.rate, sizes) for leg in own], random)
        for own in _by(legs, len(_institutions(legs)))
    ]
    weight = balance(legs)
    return Familiar(
        windows=np.concatenate(places),
        apart=_apart(places),
        posture=_mean_and_sd(np.stack([_means_and_sds(leg.motion) for leg in legs]), weight),
        activity=_mean_and_sd(np.stack([_sds(leg.activation) for leg in legs]), weight)[0],
        sizes=sizes,
    )


def signs(predictor: Predictor, legs: Sequence[Leg], known: Familiar) -> dict[str, float]:
    """The signs of legs' motion (of a person in a condition): mean over the legs, NaN where a sign is missing.

    Activations of the legs are not looked at.
    """
    each = [_of_leg(predictor, leg.motion, known) for leg in legs]
    seconds = sum(float(np.isfinite(leg.motion).all(axis=1).sum()) for leg in legs) / predictor.problem.rate
    mean = {name: _mean(np.array([own[name] for own in each])) for name in SIGNS[:-1]}
    return {**mean, "shortness": -float(np.log(max(seconds, LEAST)))}


def person_signs(predictor: Predictor, recordings: Sequence[Recording], known: Familiar) -> dict[str, float]:
    """The signs of a person's recordings, both legs together.

    Raises
    ------
    DataRefused
        When no leg has the inputs.
    """
    return signs(predictor, predictor.problem.some_legs(recordings, part="tested"), known)


def _of_leg(predictor: Predictor, motion: Array32, known: Familiar) -> dict[str, float]:
    rate, predicted = predictor.problem.rate, predictor.predict(motion).astype(np.float64)
    trained: Mask = np.asarray(np.isfinite(predicted).any(axis=0), np.bool_)
    return {
        "disagreement": _disagreement(predictor, motion, trained),
        "distance": _log(_far(_windows(motion, rate, known.sizes), known.windows) / known.apart),
        "posture": _log(_unlike(_means_and_sds(motion), known.posture)),
        "flatness": _flatness(predicted, known.activity),
        "irregularity": _irregularity(predicted[:, trained], rate),
    }


def _disagreement(predictor: Predictor, motion: Array32, trained: Mask) -> float:
    """Over pairs of members, then over outputs."""
    members = [np.asarray(model(motion), np.float64)[:, trained] for model in single(predictor.model)]
    pairs = [metrics.r(a, b) for a, b in combinations(members, 2)]
    return _log(1.0 - _mean(np.stack(pairs))) if pairs else np.nan


def _flatness(predicted: Array, activity: Array) -> float:
    """Median over the outputs that were predicted and are known."""
    ratio = np.log(np.maximum(activity, LEAST)) - np.log(np.maximum(_sds(predicted), LEAST))
    return float(np.median(ratio[np.isfinite(ratio)])) if np.isfinite(ratio).any() else np.nan


def _irregularity(predicted: Array, rate: float) -> float:
    """Of the mean autocorrelation of the outputs, lags up to half of the recording."""
    first, last = round(CYCLE[0] * rate), min(round(CYCLE[1] * rate), len(predicted) // 2)
    curve = [_mean(metrics.r(predicted[k:], predicted[:-k])) for k in range(first, last + 1)]
    return 1.0 - float(np.nanmax(curve)) if np.isfinite(curve).any() else np.nan


def _windows(motion: Array32, rate: float, sizes: Array | None) -> Array32:
    """Windows (N, D) at the frames where anything was measured of the motion."""
    there = np.isfinite(motion).any(axis=1)
    return lagged_windows(motion, rate, sizes)[there].astype(np.float32)


def _some(windows: Sequence[Array32], random: np.random.Generator) -> Array32:
    """An equal share of each leg's windows, `KEPT` in all."""
    share = max(1, KEPT // len(windows))
    return np.concatenate([own[random.permutation(len(own))[:share]] for own in windows])


def _by(legs: Sequence[Leg], institutions: int) -> list[list[Leg]]:
    """Legs of each institution or, where there is a single one, of each person."""

    def place(leg: Leg) -> str:
        return leg.recording.institution if institutions > 1 else leg.recording.person

    return [list(own) for _, own in groupby(sorted(legs, key=place), key=place)]


def _institutions(legs: Sequence[Leg]) -> set[str]:
    return {leg.recording.institution for leg in legs}


def _apart(places: Sequence[Array32]) -> float:
    """How far one institution's windows lie from the others'; with a single one, 1: distances as they are."""
    if len(places) < 2:
        return 1.0
    others = [np.concatenate([*places[:k], *places[k + 1 :]]) for k in range(len(places))]
    return max(float(np.median([_far(own, rest) for own, rest in zip(places, others, strict=True)])), LEAST)


def _far(windows: Array | Array32, known: Array32) -> float:
    """Mean over windows of the distance to the `NEIGHBOURS`-th nearest of those known, per root of dimensions."""
    if not len(windows):
        return np.nan
    step = -(-len(windows) // TESTED)
    search = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(known)), algorithm="brute").fit(known)
    distance, _ = search.kneighbors(windows[::step].astype(np.float32))
    return float(distance[:, -1].mean()) / float(np.sqrt(known.shape[1]))


def _means_and_sds(motion: Array | Array32) -> Array:
    """(2 C,) mean and SD of each column, NaN of one that was not measured."""
    there = np.isfinite(motion)
    count = there.sum(axis=0)
    values = np.where(there, motion, 0.0).astype(np.float64)
    mean = values.sum(axis=0) / np.maximum(count, 1)
    sd = np.sqrt((np.where(there, values - mean, 0.0) ** 2).sum(axis=0) / np.maximum(count, 1))
    found: Array = np.where(np.tile(count > 0, 2), np.concatenate([mean, sd]), np.nan)
    return found


def _mean_and_sd(values: Array, weight: Array) -> Array:
    """(2, K) weighted mean and SD over rows (N, K), NaN left out."""
    share = weight[:, None] * np.isfinite(values)
    total = np.maximum(share.sum(axis=0), np.finfo(np.float64).tiny)
    mean = (share * np.nan_to_num(values)).sum(axis=0) / total
    variance = (share * np.nan_to_num(values - mean) ** 2).sum(axis=0) / total
    known: Array = np.where(share.sum(axis=0) > 0, np.stack([mean, np.sqrt(variance)]), np.nan)
    return known


def _unlike(posture: Array, known: Array) -> float:
    z = (posture - known[0]) / np.maximum(known[1], LEAST_SD)
    return float(np.sqrt(_mean(z**2)))


def _sds(values: Array | Array32) -> Array:
    """SD of each column (T, M) over what there is of it, NaN of an empty one."""
    return _means_and_sds(values)[values.shape[1] :]


def _mean(values: Array) -> float:
    return float(values[np.isfinite(values)].mean()) if np.isfinite(values).any() else np.nan


def _log(value: float) -> float:
    return float(np.log(max(value, LEAST))) if np.isfinite(value) else np.nan


def _json(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
