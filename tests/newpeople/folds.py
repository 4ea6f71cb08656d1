"""What models say of people whose institution they never saw, beside what was measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myoshift import anatomy
from myoshift.bench import build, protocols
from myoshift.calibration.chain import Chain
from myoshift.calibration.model import calibrated
from myoshift.estimators.ensemble import average
from myoshift.predictor import Predictor
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Split

NORMS = ("zscore", "centre")
NETWORKS = [("sd", "source_delays", seed, norm, {}) for seed in (0, 1) for norm in NORMS]
NETWORKS += [("cm", "c_mixup", 0, norm, {"delays": True}) for norm in NORMS]
KNN = "knn"


@dataclass(frozen=True, eq=False)
class Leg:
    """Of one leg of one recording: what the mean of the members says, their SD (T, M), and the measurement."""

    condition: str
    scope: str
    outputs: object
    spread: np.ndarray
    measured: np.ndarray


@dataclass(frozen=True, eq=False)
class Person:
    institution: str
    person: str
    calibration: list[Leg]
    test: list[Leg]

    @property
    def key(self):
        return self.institution, self.person


def members(cohort, problem, institution, folder):
    """Six networks and nearest neighbours, fitted to all other institutions; kept in the folder."""
    split = Split(name=institution, source=cohort.labelled(lambda r: r.institution != institution))
    for short, method, seed, norm, settings in NETWORKS:
        path = folder / institution / f"{short}-{norm}-{seed}"
        if not path.exists():
            Trained(method, problem, TrainingConfig(steps=400, norm=norm), seed, settings).fit(split).save(path)
        yield Predictor.load(path)
    path = folder / institution / KNN
    if not path.exists():
        build.estimator(cohort.spec, KNN, 0).fit(split).save(path)
    yield Predictor.load(path)


class Models:
    """The members of every institution held out, made or loaded once."""

    def __init__(self, cohort, problem, folder):
        self.cohort, self.problem, self.folder, self.known = cohort, problem, folder, {}

    def of(self, institution):
        if institution not in self.known:
            each = list(members(self.cohort, self.problem, institution, self.folder))
            self.known[institution] = average(self.problem, each), each
        return self.known[institution]

    def legs(self, institution, motions, answers, scope=""):
        """Every measured leg of these recordings."""
        whole, each = self.of(institution)
        blank = calibrated(whole.model, self.problem.outputs, whole.trained, self.problem.rate, Chain(()))
        for motion, answer in zip(motions, answers, strict=True):
            said, alone = whole.legs(motion), [member.legs(motion) for member in each]
            for leg in anatomy.legs(answer, self.problem.inputs, self.problem.outputs):
                if np.isfinite(leg.activation).any():
                    seen = blank.seen(said[leg.side], leg.motion)
                    spread = np.stack([one[leg.side] for one in alone]).astype(np.float64).std(axis=0, ddof=1)
                    here = scope(answer) if scope else "person"
                    condition = self.cohort.spec.condition(answer)
                    yield Leg(condition, here, seen, spread, leg.activation.astype(np.float64))


def zero_shot(cohort, models):
    """Everybody, by the models that did not see the institution."""
    for fold in protocols.leave_one_domain_out(cohort):
        for person in sorted({r.person for r in fold.test_activation}):
            both = zip(fold.test_motion, fold.test_activation, strict=True)
            own = [(m, a) for m, a in both if a.person == person and cohort.spec.condition(a)]
            if own:
                yield Person(fold.name, person, [], list(models.legs(fold.name, *zip(*own, strict=True))))


def few_shot(cohort, models, seconds):
    """Everybody with so many labelled seconds, and what comes after them."""
    for fold in protocols.few_shot(cohort, seconds=seconds):
        given = fold.split.calibration
        ids, place = {r.id for r in given}, given[0].institution
        calibration = list(models.legs(place, [r.hidden() for r in given], given))
        where = lambda r, ids=ids: "within" if r.id in ids else "across"  # noqa: E731
        test = [leg for leg in models.legs(place, fold.test_motion, fold.test_activation, where) if leg.condition]
        if test:
            yield Person(place, fold.name, calibration, test)
