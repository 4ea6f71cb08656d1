"""Delays of recordings: each measured channel against what its muscle should do, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from myoshift import anatomy, signal
from myoshift.deploy.origin import cards
from myoshift.errors import DataRefused
from myoshift.physiology.lag import LEARNED, SIMULATED, SLOWEST, DelayPrior, Delays, estimate_delays
from myoshift.predictor import Predictor
from myoshift.simulate.informed import informed
from myoshift.simulate.twins import twin
from myoshift.types import Array, Recording

Against = Literal["simulated", "torque", "model"]
COMMON = "common"
"""Stands in the place of a muscle for the delay that all of a recording share."""
CUTOFF = 6.0
"""Hz; what is compared with an envelope is seen through the low-pass of envelopes."""
BRIDGED = 0.1
"""s; shorter gaps of a prediction (frames that are not feasible) are bridged."""
NOMINAL = "nominal_time"
"""The flag of recordings whose files hold no time."""
NULL = frozenset({"not identifiable", "silent", "not measured", "not predicted", "too short"})
"""Verdicts under which there is no delay to give."""
AGONISTS: Mapping[str, tuple[str, int]] = {
    "tibialis_anterior": ("ankle_angle", 1),
    "soleus": ("ankle_angle", -1),
    "gastrocnemius": ("ankle_angle", -1),
    "peronei": ("ankle_angle", -1),
    "vasti": ("knee_angle", -1),
    "rectus_femoris": ("knee_angle", -1),
    "hamstrings": ("hip_flexion", -1),
    "gluteus_maximus": ("hip_flexion", -1),
    "gluteus_medius": ("hip_adduction", -1),
    "tensor_fasciae_latae": ("hip_adduction", -1),
    "adductor_longus": ("hip_adduction", 1),
}
"""The joint moment that a group of sites is held against, and its sign: that part of it which the muscle can carry.
A muscle of two joints is held against that at which it is counted as the prime mover in gait."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The delay of one channel of a recording (s), or of all of them together (`common`).

    Parameters
    ----------
    delay : None where it is not identifiable; positive when the activation or moment comes after the EMG
    low, high : 95 % interval; None where there is nothing to compare
    against : `simulated`, `torque` or `model`
    verdict : as in `physiology.Delays`
    why : the reason for it
    r0, r_best : correlation without delay, and at the delay that fits best; NaN for `common`
    where : institution, population and task, by which a drawing puts recordings together
    """

    recording: str
    muscle: str
    delay: float | None
    low: float | None
    high: float | None
    against: Against
    verdict: str
    why: str = ""
    r0: float = float("nan")
    r_best: float = float("nan")
    where: str = ""

    def row(self) -> dict[str, Any]:
        """The fields that a program reads."""
        names = ("recording", "muscle", "delay", "low", "high", "against", "verdict")
        return {name: getattr(self, name) for name in names}


def timings(
    recordings: Sequence[Recording],
    against: Against = "simulated",
    predictor: Predictor | None = None,
    *,
    name: str = "",
    native: float | None = None,
) -> tuple[Timing, ...]:
    """The delay of every channel of a recording, or of several of one person together, and the common one.

    Parameters
    ----------
    recordings : motion and envelopes at one rate, that of the model for `model`, otherwise 100 Hz
    against : `simulated`, the activation that static optimisation gives for the motion, without force plates, seen by
        the montage of each site; `torque`, the joint moment that the muscle can carry (`AGONISTS`); `model`, what a
        predictor predicts
    predictor : for `model`
    name : of all of them together; that of the first when empty
    native : Hz, the lowest rate of the files, where they were slower than the recordings

    Raises
    ------
    DataRefused
        When no recording has measured EMG, the rates differ, or the predictor learned from a person of theirs
        (`refuse_learned`).
    """
    usable = [each for each in recordings if measured(each)]
    if not usable or len({each.rate for each in usable}) != 1:
        raise DataRefused(
            "no measured EMG beside the motion" if not usable else "recordings of different rates",
            where=name or ", ".join(each.id for each in recordings),
            mend="name recordings with motion and EMG, at one rate",
        )
    if predictor is not None:
        refuse_learned(predictor, usable)
    pieces = [_compared(each, against, predictor) for each in usable]
    names = tuple(dict.fromkeys(each for piece in pieces for each in piece.names))
    found = estimate_delays(
        [piece.column("predicted", names) for piece in pieces],
        [piece.column("measured", names) for piece in pieces],
        usable[0].rate,
        prior_of(against),
    )
    why = {each: piece.why for piece in pieces for each in piece.names}
    rows = tuple(
        replace(row, where=f"{usable[0].institution}: {usable[0].population}, {usable[0].task}")
        for row in _rows(name or usable[0].id, names, found, against, why)
    )
    doubt = _clock(usable, min(usable[0].rate, native or usable[0].rate))
    return tuple(_without_clock(row, doubt) for row in rows) if doubt else rows


def measured(recording: Recording) -> bool:
    """Whether there is EMG that was measured."""
    return recording.kind == "emg_envelope" and bool(np.isfinite(recording.activation).any())


def prior_of(against: Against) -> DelayPrior:
    """What is known before: a model that was trained on EMG has its delay, and a simulation has none."""
    return LEARNED if against == "model" else SIMULATED


def refuse_learned(predictor: Predictor, recordings: Iterable[Recording]) -> None:
    """Refuse a predictor that learned from a person of these recordings, or may have.

    Raises
    ------
    DataRefused
        When a person is named on its card; or an institution, on the card of a model that names no persons.
    """
    known = list(cards(predictor.card))
    for recording in recordings:
        for card in known:
            named = (recording.person, card["persons"]) if "persons" in card else None
            who, there = named or (recording.institution, card.get("institutions", ()))
            if who in there:
                raise DataRefused(
                    "the model learned from who is to be timed",
                    where=recording.id,
                    why=f"{who} is on the card of the model",
                    mend="train a model without them, for example with `myoshift train` on other data sets",
                )


@dataclass(frozen=True, eq=False)
class _Piece:
    """Of one recording: names of M channels, predicted and measured (T, M), and why something is not predicted."""

    names: tuple[str, ...]
    predicted: Array
    measured: Array
    why: str

    def column(self, which: Literal["predicted", "measured"], names: Sequence[str]) -> Array:
        """Columns of these names, NaN where there is none."""
        values: Array = getattr(self, which)
        nothing = np.full(len(values), np.nan)
        return np.stack([values[:, self.names.index(n)] if n in self.names else nothing for n in names], axis=1)


def _compared(recording: Recording, against: Against, predictor: Predictor | None) -> _Piece:
    if against == "model":
        if predictor is None:
            raise DataRefused("no model to measure against", mend="name one with --model")
        return _by_model(recording, predictor)
    predicted, why = (_simulated if against == "simulated" else _moments)(recording)
    envelopes = recording.activation.astype(float)
    return _Piece(recording.activation_names, _seen(predicted, recording.rate), envelopes, why)


def _seen(predicted: Array, rate: float) -> Array:
    """Short gaps bridged, and seen through the low-pass of an envelope."""
    bridged = signal.bridge(predicted, round(BRIDGED * rate))
    return signal.lowpass(bridged, rate, CUTOFF) if rate > 2 * CUTOFF else bridged


def _simulated(recording: Recording) -> tuple[Array, str]:
    out = np.full((len(recording.motion), len(recording.activation_names)), np.nan)
    try:
        made = twin(recording)
    except DataRefused as error:
        return out, error.why or error.what
    sides = {anatomy.split_side(name)[1] for name in made.activation_names}
    for column, name in enumerate(recording.activation_names):
        base, side = anatomy.split_side(name)
        if side in sides and anatomy.of_the_leg([base]):
            out[:, column] = made.activation @ anatomy.montage([name], made.activation_names)[0]
    return out, "the simulation has no such muscle, or that leg was not measured"


def _moments(recording: Recording) -> tuple[Array, str]:
    out = np.full((len(recording.motion), len(recording.activation_names)), np.nan)
    known = informed(recording, [f"moment_{joint}" for joint in dict(AGONISTS.values())])
    for column, name in enumerate(recording.activation_names):
        base, side = anatomy.split_side(name)
        joint, sign = AGONISTS.get(anatomy.site(base).group, ("", 0))
        wanted = f"moment_{joint}_{side}"
        if wanted in known.motion_names:
            moment = sign * known.motion[:, known.motion_names.index(wanted)].astype(float)
            out[:, column] = np.where(np.isfinite(moment), np.maximum(moment, 0.0), np.nan)
    return out, "no joint moment belongs to it, or the moments cannot be computed"


def _by_model(recording: Recording, predictor: Predictor) -> _Piece:
    problem = predictor.problem
    predicted, legs = predictor.legs(recording), problem.legs([recording])
    names = tuple(f"{name}_{leg.side}" for leg in legs for name in problem.outputs)
    both = ([predicted[leg.side] for leg in legs], [leg.activation for leg in legs])
    first, second = (np.concatenate([np.asarray(part, float) for part in parts], axis=1) for parts in both)
    return _Piece(names, first, second, "the model has learned no such site")


def _rows(
    recording: str, names: Sequence[str], found: Delays, against: Against, why: Mapping[str, str]
) -> Iterator[Timing]:
    for m, name in enumerate(names):
        verdict = found.verdict[m]
        judged = verdict not in NULL - {"not identifiable"}
        yield Timing(
            recording=recording,
            muscle=name,
            delay=None if verdict in NULL else float(found.delay[m]),
            low=float(found.low[m]) if judged else None,
            high=float(found.high[m]) if judged else None,
            against=against,
            verdict=verdict,
            why=why[name] if verdict == "not predicted" else found.why[m],
            r0=float(found.r0[m]),
            r_best=float(found.r_best[m]),
        )
    known = found.common_verdict == "identifiable"
    yield Timing(
        recording=recording,
        muscle=COMMON,
        delay=found.common if known else None,
        low=found.common_low,
        high=found.common_high,
        against=against,
        verdict=found.common_verdict,
        why="" if known else "its interval is not much narrower than the prior's",
    )


def _clock(recordings: Sequence[Recording], rate: float) -> str:
    """Why the time of the recordings tells no delay; "" where it does."""
    if rate < SLOWEST:
        return f"the files have {rate:g} Hz: frames {1000 / rate:.0f} ms apart tell no delay"
    nominal = any(flag.code == NOMINAL for each in recordings for flag in each.flags)
    return "there is no time in the files: seconds are nominal" if nominal else ""


def _without_clock(row: Timing, why: str) -> Timing:
    if row.verdict not in ("identifiable", "at its bound"):
        return row
    return replace(row, delay=None, verdict="not identifiable", why=why)
