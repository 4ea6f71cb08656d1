"""What a prediction would score if the target's own EMG had told one thing more: gain, delay, mixing; and a ceiling.

Oracle numbers: they learn from the answers. So that they are no mere fit, the frames of a leg are cut in two halves,
each is corrected by what the other half says. r is the mean of those of the halves, of the plain prediction too, so
that two gains make no difference; r2 is of all frames. Every step stands on the one before. They say what is wrong
with a prediction (Ben-David et al. 2010, doi 10.1007/s10994-009-5152-4, split an error in the same spirit), and are
never ranked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from myoshift import anatomy, metrics
from myoshift.bench.spec import Benchmark
from myoshift.bench.traces import Pair, Trace
from myoshift.calibration.base import Outputs
from myoshift.calibration.delay import shifted
from myoshift.calibration.gain import Gain
from myoshift.calibration.mixing import Mixing
from myoshift.estimators.ridge import ScratchRidge
from myoshift.predictor import Problem
from myoshift.types import Array, Mask, Recording, Side

STEPS = ("zero", "gain", "delay", "mixing", "ceiling")
ORACLE = tuple(f"{score}_{step}" for step in STEPS[1:] for score in ("r", "r2"))
"""Names of the metrics that had seen the answers: never ranked."""
SHORTEST, SHORTEST_OF_MOTION = 0.7, 3.0
"""s that a half must have measured of a muscle: for a gain, a delay and a mixture; for a regression on motion, which
has more to learn than a gait cycle says."""
GUARD = 0.1
"""s on both sides of a cut within a recording that are not learned from: frames so near are alike."""


def steps(trace: Trace, spec: Benchmark) -> dict[str, Array]:
    """Scores (M,) of every step by the name of the metric; none where a leg is too short to be halved.

    `zero` is the prediction as it is, `gain` a least-squares gain >= 0 and a level for each muscle, `delay` the lag
    within 150 ms at which each correlates best, `mixing` a ridge regression on all predicted muscles, `ceiling` a
    ridge regression on windows of the person's own motion, which knows nothing of the prediction. Muscles that a half
    hardly measured are NaN.
    """
    measured, known = trace.measured, _told(trace, SHORTEST)
    if not known.any():
        return {}
    whole = {step: np.full_like(measured, np.nan) for step in STEPS}
    r = dict.fromkeys(STEPS, np.zeros(len(known)))
    for learned, tested in cut(trace):
        seen = np.where(learned[:, None] & known, measured, np.nan)
        for step, values in zip(STEPS, (*_corrections(trace, seen), _ceiling(trace, spec)), strict=True):
            whole[step][tested] = np.where(known, values[tested], np.nan)
            r[step] = r[step] + metrics.r(whole[step][tested], measured[tested]) / 2
    r2 = {f"r2_{step}": metrics.r2(values, measured) for step, values in whole.items()}
    return {f"r_{step}": values for step, values in r.items()} | r2


def cut(trace: Trace) -> Iterator[tuple[Mask, Mask]]:
    """Frames (T,) to learn from and frames to test on, and the other way round.

    The cut is the end of the recording that is nearest to the middle, or the middle where no end is in the second or
    third quarter.
    """
    there = np.isfinite(trace.number)
    ends = np.flatnonzero(there[:-1] & ~there[1:]) + 1
    middle = len(there) // 2
    near = ends[np.abs(ends - middle) <= len(there) / 4]
    at = int(near[np.abs(near - middle).argmin()]) if len(near) else middle
    place, guard = np.arange(len(there)), round(GUARD * trace.rate)
    yield there & (place < at - (0 if len(near) else guard)), there & (place >= at)
    yield there & (place >= at + (0 if len(near) else guard)), there & (place < at)


def _told(trace: Trace, seconds: float) -> Mask:
    """(M,) muscles that both halves measured for long enough."""
    there = np.isfinite(trace.measured)
    frames = np.array([there[learned].sum(axis=0) for learned, _ in cut(trace)])
    enough: Mask = frames.min(axis=0) >= seconds * trace.rate
    return enough


def _corrections(trace: Trace, seen: Array) -> Iterator[Array]:
    """(T, M) as it is, after gain, then delay, then mixing, learned from `seen` (T, M), NaN where it is tested."""
    predicted = trace.predicted
    yield predicted
    yield _fitted(Gain(prior=0.0), predicted, seen, trace)
    late = np.nan_to_num(metrics.lag(predicted, seen, trace.rate))
    moved = trace.end_to_end([shifted(pair.predicted.astype(float), late, trace.rate) for pair in trace.pairs])
    timed = _fitted(Gain(prior=0.0), moved, seen, trace)
    yield timed
    yield _fitted(Mixing(), timed, seen, trace)


def _fitted(calibrator: Gain | Mixing, predicted: Array, seen: Array, trace: Trace) -> Array:
    outputs = Outputs((), predicted, predicted, np.empty((len(predicted), 0), np.float32))
    return calibrator.fit([outputs], [seen], trace.rate).apply(outputs, trace.rate)


def _ceiling(trace: Trace, spec: Benchmark) -> Array:
    """(T, M) by a ridge regression on the other half of the leg: the same for all methods."""
    recordings = tuple(pair.recording for pair in trace.pairs)
    return _own_ridge(recordings, trace.pairs[0].side, Problem(spec.inputs, spec.outputs, spec.rate))


@lru_cache(maxsize=256)
def _own_ridge(recordings: tuple[Recording, ...], side: Side, problem: Problem) -> Array:
    legs = [leg for each in recordings for leg in anatomy.legs(each, problem.inputs, problem.outputs)]
    legs = [leg for leg in legs if leg.side == side and np.isfinite(leg.activation).any()]
    trace = Trace(tuple(Pair(leg.recording, side, leg.activation, leg.activation) for leg in legs), problem.rate)
    measured, known = trace.measured, _told(trace, SHORTEST_OF_MOTION)
    values = np.full_like(measured, np.nan)
    for learned, tested in cut(trace) if known.any() else ():
        parts = trace.apart(np.where(learned[:, None] & known, measured, np.nan))
        shown = [replace(leg, activation=part) for leg, part in zip(legs, parts, strict=True)]
        model = ScratchRidge(problem).model(tuple(leg for leg in shown if np.isfinite(leg.activation).any()))
        values[tested] = trace.end_to_end([model(leg.motion) for leg in legs])[tested]
    return values
