"""A model made one person's own: units from the calibration alone, channels checked, then calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from myoshift import anatomy, metrics
from myoshift.anatomy import Leg
from myoshift.calibration import amplitude
from myoshift.calibration import personal as calibration
from myoshift.calibration.base import Outputs
from myoshift.calibration.chain import DEFAULT, steps
from myoshift.calibration.quality import ChannelVerdict, channel_verdicts
from myoshift.deploy.pairs import CLIPPED, UNLIKE
from myoshift.errors import DataRefused
from myoshift.predictor import Predictor
from myoshift.types import Array, Recording

MASKED = "emg_masked"
"""Code of the flag of channels that are no EMG by themselves (`signal.quality`)."""
REFUSED = (MASKED, CLIPPED)
"""Codes of flags that refuse the channels that they name."""
ON = "on the calibration itself, not a test"
DELAYED = ("physiology", "delay", "chosen")
"""Calibrators whose priors differ between simulated activation and a model that was trained on EMG."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a channel agrees with the model before and after, on the seconds that it was calibrated with."""

    channel: str
    r: float
    r_after: float
    rmse: float
    rmse_after: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Personal:
    """A personal model with all that was found on the way.

    Parameters
    ----------
    predictor : its card holds the changes and the channels under `calibration`
    channels : a verdict for each
    fits : of the channels that were calibrated with
    unused : channels that the model has no output for
    """

    predictor: Predictor
    channels: tuple[ChannelVerdict, ...]
    fits: tuple[Fit, ...]
    unused: tuple[str, ...]

    def report(self) -> dict[str, Any]:
        """The card's calibration, the channels and the fits as JSON values; null where there is no number."""
        card = self.predictor.card["calibration"]
        fits = [_plain(asdict(each)) for each in self.fits]
        return {**card, "fit": {"on": ON, "rows": fits}, "unused": list(self.unused)}


def calibrate(
    predictor: Predictor,
    recordings: Sequence[Recording],
    calibrators: str = DEFAULT,
    seconds: float | None = None,
) -> Personal:
    """Calibrate a predictor with recordings of one person.

    Parameters
    ----------
    recordings : motion and envelopes at the predictor's rate, in any unit
    calibrators : names joined by +, each on what those before it have left
    seconds : use the first so many labelled seconds; None for all

    Raises
    ------
    UnknownNameError
        When there is no such calibrator.
    DataRefused
        When no recording has the angles and a measured output, or every channel is refused, with the reasons.
    """
    knows = is_simulated(predictor) and any(name in calibrators for name in DELAYED)
    chain = steps(calibrators, {"simulated": True} if knows else {})
    used = _first(recordings, seconds, predictor)
    units = amplitude.unit(used)
    channels = verdicts(predictor, used)
    kept = [_without(each, {c.channel for c in channels if c.status == "refuse"}) for each in used]
    if not any(np.isfinite(leg.activation).any() for leg in predictor.problem.legs(kept)):
        raise DataRefused(
            "no channel is fit to calibrate with",
            where=", ".join(each.id for each in used),
            why="; ".join(f"{c.channel}: {', '.join(c.reasons)}" for c in channels)
            or "no output of the model was measured",
            mend="correct the files (names of channels, clock, rate), or record the calibration again",
        )
    label = f"calibration: {sum(len(each.motion) for each in used) / predictor.problem.rate:.3g} s"
    scaled = [amplitude.scaled(each, units, label) for each in kept]
    found = calibration.calibrate(predictor, chain, scaled)
    card = {**found.card["calibration"], "channels": [_plain(asdict(each)) for each in channels]}
    found = replace(found, card={**found.card, "calibration": card})
    return Personal(
        predictor=found,
        channels=channels,
        fits=tuple(_fits(predictor, found, scaled)),
        unused=_unused(predictor, used),
    )


def verdicts(predictor: Predictor, recordings: Sequence[Recording]) -> tuple[ChannelVerdict, ...]:
    """What becomes of every channel that is an output: judged when it was read, and beside the predictions."""
    problem = predictor.problem
    legs = problem.some_legs(recordings, part="calibration")
    predicted = [_prediction(predictor, leg) for leg in legs]
    seen = [Outputs(problem.outputs, p, p, leg.motion) for p, leg in zip(predicted, legs, strict=True)]
    measured = [leg.activation.astype(np.float64) for leg in legs]
    places = {id(each): f"{k}" for k, each in enumerate(recordings)}
    where = [(places[id(leg.recording)], leg.side) for leg in legs]
    found = channel_verdicts(seen, measured, problem.rate, where, simulated=is_simulated(predictor))
    said = {name: _said(recordings, name) for name in _named(recordings)}
    known = {each.channel: each for each in found}
    rest = {name: ChannelVerdict(channel=name, status="pass") for name in said if name not in known}
    unlike = [("", flag.message) for each in recordings for flag in each.flags if flag.code == UNLIKE]
    return tuple(_worse(each, [*said.get(name, ()), *unlike]) for name, each in (known | rest).items())


def is_simulated(predictor: Predictor) -> bool:
    """Whether a predictor gives simulated activations, which other priors and checks belong to."""
    return predictor.model.kind == "static_optimisation"


def _first(recordings: Sequence[Recording], seconds: float | None, predictor: Predictor) -> list[Recording]:
    """The first seconds with a measured output, recording after recording."""
    problem = predictor.problem
    if seconds is None or not any(np.isfinite(leg.activation).any() for leg in problem.legs(recordings)):
        return list(recordings)
    left, used = round(seconds * problem.rate), []
    for recording in recordings:
        known = np.zeros(len(recording.motion), np.bool_)
        for leg in problem.legs([recording]):
            known |= np.isfinite(leg.activation).any(axis=1)
        taken = np.flatnonzero(known)[:left]
        left -= len(taken)
        if len(taken):
            used.append(recording.window(0, int(taken[-1]) + 1))
    return used


def _prediction(predictor: Predictor, leg: Leg) -> Array:
    """(T, M) of a leg, in its recording as a whole, by a predictor that is not shown its EMG."""
    return predictor.legs(leg.recording.hidden())[leg.side].astype(np.float64)


def _named(recordings: Sequence[Recording]) -> list[str]:
    """Channels that flags refuse."""
    flags = [flag for each in recordings for flag in each.flags if flag.code in REFUSED]
    return list(dict.fromkeys(name for flag in flags for name in flag.where.split(", ")))


def _said(recordings: Sequence[Recording], name: str) -> list[tuple[str, str]]:
    """Code and message of the flags that refuse a channel."""
    flags = [flag for each in recordings for flag in each.flags if flag.code in REFUSED]
    return [(flag.code, flag.message) for flag in flags if name in flag.where.split(", ")]


def _worse(verdict: ChannelVerdict, said: Sequence[tuple[str, str]]) -> ChannelVerdict:
    """With what was found when the files were read: of a channel a refusal, of a whole recording a flag."""
    if not said:
        return verdict
    refused = verdict.status == "refuse" or any(code in REFUSED for code, _ in said)
    why = tuple(dict.fromkeys((*verdict.reasons, *(message for _, message in said))))
    return replace(verdict, status="refuse" if refused else "flag", reasons=why)


def _without(recording: Recording, refused: set[str]) -> Recording:
    """The recording with refused channels, or those that a refused group is made of, never measured."""
    out = {name for each in refused for name in _sources(each, recording.activation_names)}
    blank = np.array([name in out for name in recording.activation_names], np.bool_)
    return replace(recording, activation=np.where(blank, np.float32(np.nan), recording.activation))


def _sources(channel: str, there: Sequence[str]) -> tuple[str, ...]:
    """The columns that an output of one side comes from, as `anatomy.legs` takes them."""
    if channel in there:
        return (channel,)
    base, side = anatomy.split_side(channel)
    return tuple(name for member in anatomy.members(base) if (name := f"{member}_{side}") in there)


def _unused(predictor: Predictor, recordings: Sequence[Recording]) -> tuple[str, ...]:
    """Channels that are no output, nor part of one."""
    names = dict.fromkeys(name for each in recordings for name in each.activation_names)
    taken = {
        source for o in predictor.problem.outputs for side in "rl" for source in _sources(f"{o}_{side}", list(names))
    }
    return tuple(name for name in names if name not in taken)


def _fits(before: Predictor, after: Predictor, recordings: Sequence[Recording]) -> list[Fit]:
    """Agreement of each channel, all recordings together."""
    legs = before.problem.labelled(recordings, part="calibration")
    rows = []
    for side in dict.fromkeys(leg.side for leg in legs):
        own = [leg for leg in legs if leg.side == side]
        measured = np.concatenate([leg.activation.astype(np.float64) for leg in own])
        first, then = (np.concatenate([_prediction(each, leg) for leg in own]) for each in (before, after))
        scores = [score(p, measured) for p in (first, then) for score in (metrics.r, metrics.rmse)]
        for m, name in enumerate(before.problem.outputs):
            if np.isfinite(measured[:, m]).any():
                r, rmse, r_after, rmse_after = (float(each[m]) for each in scores)
                rows.append(Fit(channel=f"{name}_{side}", r=r, r_after=r_after, rmse=rmse, rmse_after=rmse_after))
    return rows


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has neither NaN nor tuples."""
    return {k: list(v) if isinstance(v, tuple) else None if v != v else v for k, v in row.items()}
