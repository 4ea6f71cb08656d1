"""Toy laboratories as the estimators get them: at the problem's rate, in the person's own amplitude unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from myoshift import datasets, signal
from myoshift.predictor import Predictor, Problem
from myoshift.types import Recording, Split

PROBLEM = Problem(
    ("hip_flexion", "knee_angle", "ankle_angle"),
    ("tibialis_anterior", "gastrocnemius", "rectus_femoris", "hamstrings", "adductor_longus"),
    50.0,
)
MEASURED = PROBLEM.outputs[:4]


def prepared(recording: Recording) -> Recording:
    """At 50 Hz, each channel divided by its 95th percentile."""
    motion = signal.resample(recording.motion, recording.rate, 50.0).astype(np.float32)
    activation = np.maximum(signal.resample(recording.activation, recording.rate, 50.0), 0.0)
    unit = np.percentile(activation, 95, axis=0)
    return replace(recording, motion=motion, activation=(activation / unit).astype(np.float32), rate=50.0)


def toy_split(target: str = "toy-d") -> tuple[Split, tuple[Recording, ...]]:
    """Walking of three laboratories to learn from (two seconds of the fourth to calibrate), the fourth to test."""
    walks = [prepared(r) for r in datasets.recordings(["toy"], None) if r.task == "walk"]
    test = tuple(r for r in walks if r.institution == target)
    source = tuple(r for r in walks if r.institution != target)
    return Split(name=target, source=source, calibration=(test[0].window(0, 100),)), test


def mean_r(predictor: Predictor, test: tuple[Recording, ...]) -> float:
    """Correlation of prediction and measurement, mean over outputs, legs and recordings; 0 for a constant."""
    scores = []
    for recording in test:
        values, names = predictor.predict_recording(recording.hidden())
        for column, name in enumerate(names):
            if name in recording.activation_names:
                measured = recording.activation[:, recording.activation_names.index(name)]
                still = np.ptp(values[:, column]) < 1e-6
                scores.append(0.0 if still else np.corrcoef(values[:, column], measured)[0, 1])
    return float(np.mean(scores))


def mean_error(predictor: Predictor, test: tuple[Recording, ...]) -> float:
    """Root mean squared error over outputs, legs and recordings."""
    errors = []
    for recording in test:
        values, names = predictor.predict_recording(recording.hidden())
        there = [name for name in names if name in recording.activation_names]
        measured = recording.activation[:, [recording.activation_names.index(n) for n in there]]
        errors.append(np.mean((values[:, [names.index(n) for n in there]] - measured) ** 2))
    return float(np.sqrt(np.mean(errors)))
