"""People of virtual laboratories, scored once by two methods that learned in others: `docs/results/virtual_r.csv`."""

from __future__ import annotations

import csv

import numpy as np

from myoshift import metrics
from myoshift.bench import build, spec
from myoshift.predictor import Problem
from myoshift.simulate import labs
from myoshift.simulate.randomise import Config
from myoshift.types import Split

LABS, PEOPLE, LEARNED, RATE = 40, 8, 6, 50.0
METHODS = ("knn", "ridge")
COLUMNS = ("institution", "subject", *METHODS)


def walks(count, people, seed):
    """Six seconds of walking of each of so many people in each of so many laboratories."""
    config = Config(labs=count, movements=("walk",), seconds=6.0, rate=RATE)
    return labs.virtual_labs(count * people, seed, config)


def r(predictor, recording, problem):
    """Mean r over legs and primary muscles, as a leaderboard has it."""
    said = predictor.legs(recording)
    of = [metrics.r(said[leg.side].astype(float), leg.activation.astype(float)) for leg in problem.legs([recording])]
    return float(np.nanmean(np.mean(of, axis=0)))


def rows(learned=LEARNED, count=LABS, people=PEOPLE):
    """One line per person of laboratories that nobody learned from."""
    gait = spec.read("gait")
    problem = Problem(gait.inputs, gait.primary, RATE)
    split = Split(name="virtual", source=tuple(walks(learned, 1, 7)))
    one = gait.model_copy(update={"outputs": gait.primary, "rate": RATE})
    fitted = [build.estimator(one, name, 0).fit(split) for name in METHODS]
    for recording in walks(count, people, 11):
        scores = [f"{r(predictor, recording, problem):.4f}" for predictor in fitted]
        yield [recording.institution, recording.subject, *scores]


def write(path):
    """Every line as soon as it is known: simulating a person takes a second."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows():
            writer.writerow(row)
            file.flush()
