"""From a model and a few labelled seconds to the model of one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from myoshift.anatomy import Leg
from myoshift.calibration.base import Outputs
from myoshift.calibration.chain import Chain, Steps
from myoshift.calibration.forecast_card import FORECAST
from myoshift.calibration.intervals import INTERVALS
from myoshift.calibration.model import calibrated
from myoshift.predictor import Predictor, declared
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
    legs = problem.labelled(recordings, part="calibration")
    measured = [leg.activation.astype(np.float64) for leg in legs]
    for tuner in calibrators.tuners:
        predictor = replace(predictor, model=tuner.tune(predictor.model, _seen(predictor, legs, trained), measured))
    chain = calibrators.fit(_seen(predictor, legs, trained), measured, problem.rate)
    card = {
        "calibrators": [tuner.name for tuner in calibrators.tuners] + [name for name, _ in chain.links],
        **declared(leg.recording for leg in legs),
        "persons": sorted({leg.recording.person for leg in legs}),
        "seconds": round(sum(_labelled(each) for each in measured) / problem.rate, 3),
        "changes": [asdict(change) for change in chain.changes(problem.outputs)],
    }
    model = calibrated(predictor.model, problem.outputs, trained, problem.rate, chain)
    others = {INTERVALS, FORECAST}  # of other predictions
    kept = {key: value for key, value in predictor.card.items() if key not in others}
    return replace(predictor, model=model, card={**kept, "calibration": card}, scores=None)  # measured without it


def _seen(predictor: Predictor, legs: Sequence[Leg], trained: tuple[str, ...]) -> list[Outputs]:
    """What the predictor says of each leg, in its recording as a whole."""
    blank = calibrated(predictor.model, predictor.problem.outputs, trained, predictor.problem.rate, Chain(()))
    return [blank.seen(predictor.legs(leg.recording.hidden())[leg.side], leg.motion) for leg in legs]


def _labelled(measured: Array) -> int:
    """Frames with at least one measured output."""
    return int(np.isfinite(measured).any(axis=1).sum())
