"""A muscle hidden from the calibration: what calibrating the others does to its prediction."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from myoshift import metrics
from myoshift.bench import stats
from myoshift.calibration.base import FEWEST, LARGEST
from myoshift.calibration.chain import steps
from myoshift.physiology.synergy import impute, shared

FEW = 10
"""Frames below which a leg is not scored."""
CALIBRATORS = ("delay", "physiology", "last_layer", "physiology+last_layer")
BASE = "physiology+last_layer"
THEN = ", then "
NONE, SEEN = "none", f"{BASE}, the muscle measured"
RIDGES, BLENDS, RANK = (1.0, 3.0, 10.0), (0.5, 1.0), 4
COLUMNS = (
    *("seconds", "tested on", "calibrated by", "compared with", "people", "r", "change", "low", "high", "better for"),
    *("rmse", "rmse change", "rmse low", "rmse high"),
)


def covariance(people):
    """(M, M) of errors without calibration, people alike; the nearest one that is a covariance."""
    total = count = 0.0
    for one in people:
        error = np.concatenate([leg.measured - leg.outputs.prediction for leg in one.test])
        there, error = np.isfinite(error).astype(float), np.nan_to_num(error)
        frames = there.T @ there
        total = total + np.divide(error.T @ error, frames, out=np.zeros_like(frames), where=frames > 0)
        count = count + (frames > 0)
    values, vectors = np.linalg.eigh(np.divide(total, count, out=np.zeros_like(total), where=count > 0))
    return (vectors * np.maximum(values, 0.0)) @ vectors.T


def synergies(people):
    """(M, RANK) that people have in common; 0 for a muscle that nobody measured."""
    each = [np.concatenate([leg.measured for leg in one.test])[::15] for one in people]
    each = [np.maximum(a[np.isfinite(a).any(axis=1)], 0.0) for a in each]
    there = np.isfinite(np.concatenate(each)).any(axis=0)
    weights = np.zeros((len(there), RANK))
    weights[there] = shared([a[:, there] for a in each], RANK, restarts=2)
    return weights


def carried(hidden, others, before, after, error, weights):
    """The hidden muscle (T,) of each leg, moved by what moved the others, by name of how."""
    inner, across = error[np.ix_(others, others)], error[others, hidden]
    for ridge in RIDGES:
        by = np.linalg.solve(inner + ridge * np.diag(np.diag(inner)), across)
        moved = [
            q[:, hidden] + np.nan_to_num(q[:, others] - p[:, others]) @ by for p, q in zip(before, after, strict=True)
        ]
        yield f"{BASE}{THEN}covariance of errors, ridge {ridge:g}", moved
    implied = [[_implied(x, hidden, others, weights) for x in part] for part in (before, after)]
    for blend in BLENDS:
        moved = [q[:, hidden] + blend * (b - a) for q, a, b in zip(after, *implied, strict=True)]
        yield f"{BASE}{THEN}synergies, blend {blend:g}", moved


def _implied(prediction, hidden, others, weights):
    known = np.full_like(prediction, np.nan)
    known[:, others] = np.maximum(prediction[:, others], 0.0)
    return np.nan_to_num(impute(known, weights)[:, hidden])


def scores(one, error, weights, rate):
    """Of every measured muscle in turn and every way: (muscle, way, condition, scope, r, rmse)."""
    seen = [leg.outputs for leg in one.calibration]
    measured = [leg.measured for leg in one.calibration]
    both = np.isfinite(np.concatenate(measured)) & np.isfinite(np.concatenate([s.prediction for s in seen]))
    there = np.flatnonzero(both.sum(axis=0) >= FEWEST)
    before = [leg.outputs.prediction for leg in one.test]
    for hidden in there if len(there) > 1 else ():
        others = [m for m in there if m != hidden]
        told = [np.where(np.arange(y.shape[1]) == hidden, np.nan, y) for y in measured]
        fitted = {name: steps(name).fit(seen, told, rate) for name in CALIBRATORS}
        fitted[SEEN] = steps(BASE).fit(seen, measured, rate)
        after = {name: [chain.apply(leg.outputs, rate) for leg in one.test] for name, chain in fitted.items()}
        ways = {NONE: [p[:, hidden] for p in before]} | {k: [p[:, hidden] for p in v] for k, v in after.items()}
        ways |= dict(carried(hidden, others, before, after[BASE], error, weights))
        for way, said in ways.items():
            for leg, p in zip(one.test, said, strict=True):
                y = leg.measured[:, [hidden]]
                p = np.clip(p, 0.0, LARGEST)[:, None]
                if (np.isfinite(p) & np.isfinite(y)).sum() > FEW:
                    place = (int(hidden), way, leg.condition, leg.scope)
                    yield *place, float(metrics.r(p, y)[0]), float(metrics.rmse(p, y)[0])


def rows(people, everybody, seconds, rate):
    """Lines of the table: of everything that is tested, and of the same trial of level walking alone."""
    learned = {}
    found = defaultdict(list)
    for one in people:
        if one.institution not in learned:
            others = [each for each in everybody if each.institution != one.institution]
            learned[one.institution] = covariance(others), synergies(others)
        for muscle, way, condition, scope, *values in scores(one, *learned[one.institution], rate):
            found[one.key, way, muscle, condition, scope].append(values)
    names = ["institution", "subject", "way", "muscle", "condition", "scope"]
    index = pd.MultiIndex.from_tuples([(*key, *rest) for key, *rest in found], names=names)
    table = pd.DataFrame([np.nanmean(v, axis=0) for v in found.values()], index, ["r", "rmse"])
    walking = table[
        (index.get_level_values("condition") == "level walking") & (index.get_level_values("scope") == "within")
    ]
    for label, part in (("everything", table), ("the rest of the trial, level walking", walking)):
        means = part.groupby(names[:3]).mean()
        for way in dict.fromkeys(index.get_level_values("way")):
            against = BASE if THEN in way else NONE
            before, after = (means.xs(name, level="way") for name in (against, way))
            yield [seconds, label, way, against, *_figures(before, after)]


def _figures(before, after):
    change = (after - before).dropna()
    r, rmse = stats.estimate(change["r"]).by_person, stats.estimate(change["rmse"]).by_person
    parts = [[after[name].mean(), each.value, each.low, each.high] for name, each in (("r", r), ("rmse", rmse))]
    of_r, of_rmse = ([f"{value:+.3f}" if i else f"{value:.3f}" for i, value in enumerate(part)] for part in parts)
    return [len(change), *of_r, int((change["r"] > 0).sum()), *of_rmse]
