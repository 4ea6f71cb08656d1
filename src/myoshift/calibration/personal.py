"""From a model and a few labelled seconds to the model of one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from myoshift.calibration.base import Outputs
from myoshift.calibration.chain import Chain, Steps
from myoshift.calibration.model import calibrated
from myoshift.predictor import Predictor
from myoshift.types import Array, Recording


def calibrate(predictor: Predictor, calibrators: Steps, recordings: Sequence[Recording]) -> Predictor:
    """The predictor of the person whose labelled recordings these are.

    Parameters
    ----------
    recordings : of one person, activations in the person's own unit (`amplitude.scaled`), at the predictor's rate

    Returns
    -------
    Predictor
        Its card says under `calibration` by what and on how many seconds it was calibrated, and what changed.

    Raises
    ------
    DataRefused
        When no leg of the recordings has the inputs and a measured output.
    """
    problem = predictor.problem
    trained = problem.outputs if predictor.trained is None else predictor.trained
    blank = calibrated(predictor.model, problem.outputs, trained, problem.rate, Chain(()))
    seen: list[Outputs] = []
    measured: list[Array] = []
    for leg in problem.labelled(recordings, part="calibration"):
        plain = predictor.legs(leg.recording.hidden())[leg.side]
        seen.append(blank.seen(plain, leg.motion))
        measured.append(leg.activation.astype(np.float64))
    chain = calibrators.fit(seen, measured, problem.rate)
    card = {
        "calibrators": [name for name, _ in chain.links],
        "seconds": round(sum(_labelled(each) for each in measured) / problem.rate, 3),
        "changes": [asdict(change) for change in chain.changes(problem.outputs)],
    }
    model = replace(blank, chain=chain)
    return Predictor(problem, model, {**predictor.card, "calibration": card}, predictor.trained)


def _labelled(measured: Array) -> int:
    """Frames with at least one measured output."""
    return int(np.isfinite(measured).any(axis=1).sum())
