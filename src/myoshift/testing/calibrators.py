"""What every calibrator must keep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myoshift import registry
from myoshift.calibration.base import LARGEST, Calibration, Calibrator, LiveCalibration, Outputs
from myoshift.calibration.chain import Chain
from myoshift.testing.promise import require
from myoshift.types import Array

NAMES = ("tibialis_anterior", "gastrocnemius", "soleus", "hamstrings")
RATE = 50.0
GAINS = np.array([0.7, 1.0, 0.5, 1.0])
SAME = 1e-5
LATE = 0.04
"""s by which the toy's predictions come after its envelopes."""


def toy(seconds: float = 4.0, seed: int = 0) -> tuple[list[Outputs], list[Array]]:
    """Two legs of bursts, predicted too late and too loud, with noise; the last output is not measured.

    Features hold what the prediction lacks, so that every kind of calibrator has something to mend.
    """
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    pieces = [_leg(time, start, random) for start in (0.0, 0.55)]
    return [outputs for outputs, _ in pieces], [measured for _, measured in pieces]


def _leg(time: Array, start: float, random: np.random.Generator) -> tuple[Outputs, Array]:
    phase = 2 * np.pi * (time[:, None] + start) / 1.1
    peaks = 2 * np.pi * np.array([0.05, 0.45, 0.5, 0.9])
    early = np.exp(3 * (np.cos(phase + 2 * np.pi * LATE / 1.1 - peaks) - 1))
    late = np.exp(3 * (np.cos(phase - peaks) - 1))
    ripple = 0.1 * np.cos(2 * phase)
    measured = np.clip(GAINS * early + ripple * [1, -1, 1, 0] + 0.02 * random.normal(size=early.shape), 0.0, None)
    measured[:, 3] = np.nan
    features = np.concatenate([late, np.cos(2 * phase), np.sin(2 * phase)], axis=1)
    motion = np.concatenate([np.cos(phase), np.sin(phase)], axis=1).astype(np.float32)
    return Outputs(NAMES, late, features, motion), measured


def error(calibration: Calibration, seen: Sequence[Outputs], measured: Sequence[Array]) -> float:
    """Root of the mean squared error over all legs and measured outputs."""
    off = [Chain((("", calibration),)).apply(s, RATE) - y for s, y in zip(seen, measured, strict=True)]
    return float(np.sqrt(np.nanmean(np.concatenate(off) ** 2)))


def followed(live: LiveCalibration, legs: Sequence[Outputs]) -> Array:
    """(T, B, M) of B legs of the same length that come frame by frame, to the end."""
    rows = []
    for frame in range(len(legs[0].prediction)):
        parts = ("prediction", "features", "motion")
        values = live.step(
            Outputs(legs[0].names, *(np.stack([getattr(leg, p)[frame] for leg in legs]) for p in parts))
        )
        rows += [] if values is None else [values]
    return np.array([*rows, *live.finish()])


def check_calibrator(name: str) -> None:
    """No worse on new seconds than no calibration, within bounds, blind to what is not given, the same from disk."""
    calibrator: Calibrator = registry.load("calibrators", name)()
    require(calibrator.name == name, f"{name}: its name is the entry point's")
    seen, measured = toy()
    before = [target.copy() for target in measured]
    found = calibrator.fit(seen, measured, RATE)
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, measured, strict=True))
    require(same, f"{name}: fit does not change what it is given")
    new, answers = toy(seed=1)
    require(
        error(found, new, answers) <= 1.02 * error(Chain(()), new, answers),
        f"{name}: new seconds of the person are predicted no worse than without it",
    )
    values = Chain(((name, found),)).apply(new[0], RATE)
    require(values.shape == answers[0].shape, f"{name}: one row per frame, one column per output")
    require(bool(np.isfinite(values).all()), f"{name}: a number wherever there was a prediction, measured or not")
    require(bool((values >= 0).all() and (values <= LARGEST).all()), f"{name}: between 0 and {LARGEST:g}")
    again = Chain.restore(Chain(((name, found),)).config(), Chain(((name, found),)).arrays())
    require(np.array_equal(again.apply(new[0], RATE), values), f"{name}: the same from its state")
    live = followed(Chain(((name, found),)).live(RATE, look_ahead=True), new[:1])[:, 0]
    require(bool(np.abs(live - values).max() <= SAME), f"{name}: a stream ends as the whole recording")
    second = calibrator.fit(*toy(), RATE)
    require(
        np.array_equal(Chain(((name, second),)).apply(new[0], RATE), values),
        f"{name}: the same seconds, the same bytes",
    )
    known = {change.output for change in found.changes(NAMES)} - {*NAMES, "all"}
    require(not known, f"{name}: changes name outputs, not {sorted(known)}")
    _check_nothing(name, calibrator)


def _check_nothing(name: str, calibrator: Calibrator) -> None:
    """An output without a single measured frame, and a leg without a single prediction of it."""
    seen, measured = toy()
    for target in measured:
        target[:, 0] = np.nan
    one = calibrator.fit(seen, measured, RATE)
    values = Chain(((name, one),)).apply(seen[0], RATE)
    require(
        bool(np.isfinite(values[:, 0]).all()), f"{name}: an output that was not measured is predicted all the same"
    )
    gap = Outputs(NAMES, np.where(np.arange(4) == 1, np.nan, seen[0].prediction), seen[0].features, seen[0].motion)
    values = Chain(((name, one),)).apply(gap, RATE)
    require(bool(np.isnan(values[:, 1]).all()), f"{name}: what is not predicted is not invented")
