"""The forecast that a predictor carries on its card, for people of whom there is motion alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from myoshift.calibration.forecast import Forecast, Forecaster
from myoshift.calibration.signs import Familiar, person_signs
from myoshift.errors import DataRefused
from myoshift.predictor import Predictor
from myoshift.types import Recording

FORECAST = "forecast"
"""Key of a predictor's card."""


def with_forecast(predictor: Predictor, forecaster: Forecaster, known: Familiar) -> Predictor:
    """The predictor with a forecaster, and what the predictor itself learned from, on its card.

    The forecaster must have learned from models made in the same way without the institutions that they were tested
    at. It is one of plain predictions: `calibrate` takes it off.
    """
    card = {"forecaster": forecaster.config(), "familiar": known.config()}
    return replace(predictor, card={**predictor.card, FORECAST: card})


def forecast(predictor: Predictor, recordings: Sequence[Recording]) -> Forecast:
    """What r is to be expected for the person of these recordings, whose activations are not looked at.

    Raises
    ------
    DataRefused
        When the predictor carries no forecaster, or no leg has the inputs.
    """
    if FORECAST not in predictor.card:
        raise DataRefused(
            "the model carries no forecast",
            why="nothing on its card says how well it does for people of other laboratories",
            mend="fit a forecaster with `fit_forecaster` and put it on with `with_forecast`",
        )
    card = predictor.card[FORECAST]
    signs = person_signs(predictor, recordings, Familiar.restore(card["familiar"]))
    return Forecaster.restore(card["forecaster"]).forecast(signs)
