"""How often ordinary walking of an unseen institution is flagged, and how often what is not ordinary walking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from myoshift.bench import stats
from myoshift.predictor import Familiarity, Problem
from unfamiliar.mistakes import GROSS, MILDER, SHORT

ORDINARY = "level walking"
EXCHANGED = "legs exchanged"
COLUMNS = ("shift", "kind", "institutions", "people", "recordings", "AUROC", "low", "high", "against")
COLUMNS += ("flagged", "by range", "by motion", "people flagged", "institution mean", "mean low", "mean high")
BY_INSTITUTION = ("institution", "people", "recordings", "flagged by range", "flagged by motion", "largest distance")


class Judge:
    """The familiarity of all institutions but one, and what it says of recordings as a whole."""

    def __init__(self, cohort, held):
        spec = cohort.spec
        self.problem, self.spec = Problem(spec.inputs, spec.outputs, spec.rate), spec
        source = cohort.labelled(lambda r: r.institution != held)
        legs = self.problem.labelled(source, part="source")
        self.known = Familiarity.fit(legs, spec.inputs, spec.rate)

    def row(self, recording, mistake=None):
        """Largest distance over the legs, and whether a leg is flagged by its range and by its motion."""
        legs = [np.asarray(leg.motion if mistake is None else mistake(leg.motion.astype(np.float64)), np.float32)
                for leg in self.problem.legs([recording])]  # fmt: skip
        score = [self.known.score(leg) for leg in legs]
        return {
            "institution": recording.institution,
            "subject": recording.person,
            "distance": np.fmax.reduce(score) / self.known.limit(legs[0]),
            "by range": any((self.known.excess(leg) > self.known.margin).any() for leg in legs),
            "by motion": any(each > self.known.limit(leg) for each, leg in zip(score, legs, strict=True)),
        }


def judged(cohort):
    """Of every recording with an ordinary or a strange movement, and of every mistake: a row."""
    spec, lines = cohort.spec, []
    walkers = sorted({r.institution for r in cohort.labelled()})
    for place in sorted({r.institution for r in cohort.recordings}):
        judge = Judge(cohort, place)
        for recording in cohort.recordings:
            condition = spec.condition(recording)
            if recording.institution != place or not condition or not judge.problem.legs([recording]):
                continue
            lines.append({"shift": condition, "kind": condition, **judge.row(recording)})
            if condition == ORDINARY and place in walkers:
                for shift, kinds in (SHORT | GROSS | MILDER).items():
                    lines += [
                        {"shift": shift, "kind": kind, **judge.row(recording, mistake)}
                        for kind, mistake in kinds.items()
                    ]
                lines.append({"shift": EXCHANGED, "kind": EXCHANGED, **judge.row(exchanged(recording))})
    return pd.DataFrame(lines)


def exchanged(recording):
    """The right leg's columns called left, and the left one's right."""
    other = {"_r": "_l", "_l": "_r"}
    names = tuple(name[:-2] + other.get(name[-2:], name[-2:]) for name in recording.motion_names)
    return replace(recording, motion_names=names)


def rows(found):
    """A line for each kind of shift, and one for the worst kind of each."""
    ordinary = found[found["shift"] == ORDINARY]
    for (shift, kind), own in found.groupby(["shift", "kind"], sort=False):
        places = sorted(set(own["institution"]) & set(ordinary["institution"]))
        auc = {place: _auroc(ordinary, own, place) for place in places} or {"all": _auroc(ordinary, own)}
        against = "own walking" if places else "walking of the others"
        flagged = own["by range"] | own["by motion"]
        share = _over_institutions(flagged.groupby([own["institution"], own["subject"]]).mean(), (0, 1))
        of = _over_institutions(pd.Series(auc).rename_axis("institution"), (0, 1))
        yield [
            shift,
            kind,
            own["institution"].nunique(),
            own["subject"].nunique(),
            len(own),
            *(("",) * 4 if kind == ORDINARY else (*_shown(of.value, of.low, of.high), against)),
            *_shown(flagged.mean(), own["by range"].mean(), own["by motion"].mean()),
            own.loc[flagged, "subject"].nunique(),
            *_shown(share.value, share.low, share.high),
        ]


def _shown(*values):
    """In three places; empty what cannot be given of so few."""
    return ("" if np.isnan(each) else f"{each:.3f}" for each in values)


def institutions(found):
    """Ordinary walking of each institution; distances are in limits, so that those above 1 are flagged."""
    for place, own in found[found["shift"] == ORDINARY].groupby("institution"):
        numbers = (int(own["by range"].sum()), int(own["by motion"].sum()), f"{own['distance'].max():.2f}")
        yield [place, own["subject"].nunique(), len(own), *numbers]


def _over_institutions(values, within):
    """Mean and interval of values by person, or of one of each institution, institutions alike."""
    if values.index.nlevels == 1:
        values = values.set_axis(pd.MultiIndex.from_arrays([values.index, values.index]))
    return stats.estimate(values.astype(float).rename_axis(["institution", "subject"]), within).by_institution


def _auroc(ordinary, strange, place=None):
    """Chance that a strange recording is farther away than an ordinary one, of one institution or of all."""
    pair = [each if place is None else each[each["institution"] == place] for each in (ordinary, strange)]
    near, far = (each["distance"].dropna() for each in pair)  # of recordings under a second there is none
    return (
        roc_auc_score(np.repeat([0, 1], [len(near), len(far)]), [*near, *far]) if len(near) and len(far) else np.nan
    )
