"""What a missing coordinate costs on people whose institution a predictor never saw."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from myoshift import metrics
from myoshift.bench import build, protocols, stats
from myoshift.predictor import Predictor
from myoshift.training import Trained

CONDITION = "level walking"
DROPPED = "source_only, coordinates dropped"
METHODS = ("template", "ridge", "knn", "source_only", DROPPED)
DROP = 0.3
COLUMNS = ("method", "missing", "people", "institutions", "r", "change", "low", "high", "institution mean")


def trained(cohort, split, method):
    """A predictor; one of the networks saw each coordinate missing in three windows of ten."""
    if method != DROPPED:
        return build.estimator(cohort.spec, method, 0).fit(split)
    problem, config = build.problem(cohort.spec, "source_only"), build.training(cohort.spec, "source_only")
    return Trained("augmented", problem, config, 0, {"warp": 0.0, "drop": DROP}).fit(split)


def kept(cohort, split, method, folder):
    """The same, made or loaded once."""
    path = folder / split.name / method.replace(", ", "-").replace(" ", "-")
    if not path.exists():
        trained(cohort, split, method).save(path)
    return Predictor.load(path)


def without(recording, names):
    """The recording without these coordinates, of both legs."""
    keep = [k for k, name in enumerate(recording.motion_names) if name[:-2] not in names]
    names = tuple(recording.motion_names[k] for k in keep)
    return replace(recording, motion=recording.motion[:, keep], motion_names=names)


def score(predictor, recordings, spec, gone):
    """Mean r of one person over the primary outputs, each over all that was measured of it."""
    pairs = []
    for recording in recordings:
        said = predictor.legs(without(recording.hidden(), gone))
        for leg in predictor.problem.legs([recording]):
            pairs.append((said[leg.side], leg.activation))
    predicted, measured = (np.concatenate(each).astype(np.float64) for each in zip(*pairs, strict=True))
    columns = [spec.outputs.index(name) for name in spec.primary]
    return float(np.nanmean(metrics.r(predicted, measured)[columns]))


def table(cohort, folder, methods=METHODS):
    """A row for each method and person, a column for each set of missing coordinates."""
    spec = cohort.spec
    sets = [gone for count in range(len(spec.inputs)) for gone in combinations(spec.inputs, count)]
    lines = []
    for fold in protocols.leave_one_domain_out(cohort):
        tested = [r for r in fold.test_activation if spec.condition(r) == CONDITION]
        tested = [r for r in tested if any(np.isfinite(x.activation).any() for x in _legs(cohort, r))]
        for method in methods if tested else ():
            predictor = kept(cohort, fold.split, method, folder)
            for person in sorted({r.person for r in tested}):
                own = [r for r in tested if r.person == person]
                r = {", ".join(gone): score(predictor, own, spec, gone) for gone in sets}
                lines.append({"method": method, "institution": fold.name, "subject": person, **r})
    return pd.DataFrame(lines).set_index(["institution", "subject"])


def rows(found):
    """What the people's r lose, paired, with an interval."""
    for method, own in found.groupby("method", sort=False):
        whole = own[""]
        for gone in own.columns.drop("method"):
            change = stats.estimate(own[gone] - whole)
            by = change.by_person
            figures = (own[gone].mean(), by.value, by.low, by.high, stats.estimate(own[gone]).by_institution.value)
            places = len(set(own.index.get_level_values("institution")))
            yield [method, gone or "none", len(own), places, *(f"{each:.3f}" for each in figures)]


def _legs(cohort, recording):
    return build.problem(cohort.spec, "knn").legs([recording])
