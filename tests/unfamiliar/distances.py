"""Which distance: chosen by ordinary walking and mild mistakes of institutions held against the others."""

from __future__ import annotations

from functools import cache

import numpy as np
from sklearn.metrics import roc_auc_score

from myoshift.predictor import Problem, balance, movement
from myoshift.predictor.distance import distances, lasting, moments, prediction_limit
from myoshift.predictor.familiarity import FALSE_ALARMS
from unfamiliar.mistakes import MILDER

COLUMNS = ("distance", "false alarms", "AUROC of mild mistakes", "mild mistakes flagged")


def nearest(windows, reference, weight):
    """The one in use: mean difference from the five nearest windows."""
    return distances(windows, reference, weight)


def closest(windows, reference, weight):
    """Difference from the nearest window."""
    _, sd = moments(reference, weight)
    return np.array([np.sqrt((((reference - window) / sd) ** 2).mean(axis=1).min()) for window in windows])


def mahalanobis(shrinkage):
    """From the weighted mean, correlations shrunk to none."""

    def distance(windows, reference, weight):
        mean, sd = moments(reference, weight)
        z, own = (reference - mean) / sd, (windows - mean) / sd
        share = weight / weight.sum()
        correlation = (1 - shrinkage) * (z * share[:, None]).T @ z + shrinkage * np.eye(z.shape[1])
        return np.sqrt(np.einsum("nf,nf->n", own @ np.linalg.inv(correlation), own) / own.shape[1])

    return distance


def largest(count):
    """Mean of the largest standardised deviations."""

    def distance(windows, reference, weight):
        mean, sd = moments(reference, weight)
        return np.sort(np.abs(windows - mean) / sd, axis=1)[:, -count:].mean(axis=1)

    return distance


DISTANCES = {
    "five nearest windows": nearest,
    "nearest window": closest,
    **{f"Mahalanobis, shrinkage {share:g}": mahalanobis(share) for share in (0.1, 0.3, 0.5)},
    "standardised Euclidean": mahalanobis(1.0),
    "three largest deviations": largest(3),
}


def rows(cohort):
    spec = cohort.spec
    problem = Problem(spec.inputs, spec.outputs, spec.rate)
    legs = problem.labelled(cohort.labelled(), part="source")
    place = np.array([leg.recording.institution for leg in legs])
    windows = [movement.measured(leg.motion, spec.rate) for leg in legs]
    wrong = {
        kind: [movement.measured(np.asarray(mistake(leg.motion), np.float32), spec.rate) for leg in legs]
        for kind, mistake in MILDER["mild"].items()
    }
    for name, distance in DISTANCES.items():
        alarms, auc, found = [], [], []

        @cache
        def reference(out):
            rest = [k for k in range(len(legs)) if place[k] not in out]
            share = balance([legs[k] for k in rest])
            counted = [np.full(len(windows[k]), s / len(windows[k])) for k, s in zip(rest, share, strict=True)]
            return np.concatenate([windows[k] for k in rest]), np.concatenate(counted)

        def score(each, *out, distance=distance, reference=reference):
            return lasting(distance(each, *reference(frozenset(out))))

        for held in sorted(set(place)):
            rest = np.flatnonzero(place != held)
            known = np.log([score(windows[k], held, place[k]) for k in rest])
            weight = balance([legs[k] for k in rest])
            limit = np.exp(prediction_limit(known, weight, place[rest], FALSE_ALARMS / 2))
            own = np.array([score(windows[k], held) for k in np.flatnonzero(place == held)])
            alarms.append((own > limit).mean())
            for each in wrong.values():
                strange = np.array([score(each[k], held) for k in np.flatnonzero(place == held)])
                labels = np.repeat([0, 1], [len(own), len(strange)])
                auc.append(roc_auc_score(labels, np.concatenate([own, strange])))
                found.append((strange > limit).mean())
        yield [name, *(f"{np.mean(each):.3f}" for each in (alarms, auc, found))]
