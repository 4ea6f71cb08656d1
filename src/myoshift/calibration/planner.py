"""Which muscles to measure, and for how long: what calibration is expected to tell, before there is any EMG.

Every output m is seen through the observation model of `calibration.sensor`: a delay, a power law and a smoothing
that all outputs share, and a delay, crosstalk, baseline and gain of its own. With J_m the derivatives of its envelope
with respect to these parameters at their priors' means, S seconds of EMG of the muscles E leave them the covariance

    C(E, S) = (diag(1 / sd^2) + w S sum_{m in E} J_m' J_m)^-1

(linear-Gaussian; Chaloner and Verdinelli 1995, Statistical Science 10:273), w the independent samples of a frame over
the variance of an envelope about its model. The mean of J_m C J_m' over time and all outputs, measured or not, is the
variance that the sensors leave the predictions. A muscle that is not measured profits by what is shared, and by
crosstalk. Electrodes are chosen one after the other, each for the greatest reduction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myoshift.calibration.physiology import BANDWIDTH, NOISE, SMALL
from myoshift.calibration.sensor import FITTED, observation, priors, shown
from myoshift.errors import ConfigError, DataRefused
from myoshift.predictor import Predictor
from myoshift.types import Array, Recording

SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
TYPICAL = 8.0
"""s of the embedded walk: its strides differ a little."""


@dataclass(frozen=True, kw_only=True)
class Electrode:
    """An electrode, in the order of choice: share of the variance that is gone with it and those before it."""

    muscle: str
    gain: float


@dataclass(frozen=True, kw_only=True)
class Left:
    """SD that the sensors leave the prediction of a muscle, before calibration and after, of its 95th percentile."""

    muscle: str
    measured: bool
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What calibration is expected to buy under the priors; nothing of it is measured.

    Parameters
    ----------
    seconds : of EMG of one leg that the electrodes and muscles are for
    electrodes : the best ones, the best first
    by_seconds : seconds of EMG of all of these, and the share of the variance that is gone
    muscles : what is left of each
    """

    seconds: float
    electrodes: tuple[Electrode, ...]
    by_seconds: tuple[tuple[float, float], ...]
    muscles: tuple[Left, ...]


def plan(
    predictor: Predictor,
    recording: Recording,
    *,
    seconds: float = 10.0,
    electrodes: int = 2,
    simulated: bool = False,
) -> Plan:
    """The electrodes that are expected to tell most of a new person who moves as in a recording.

    Parameters
    ----------
    recording : motion at the predictor's rate; its activations are not looked at
    seconds : of EMG of one leg
    simulated : whether the predictions are simulated activations: it decides the priors

    Raises
    ------
    ConfigError
        When there are fewer muscles than electrodes, none of them, or no time.
    DataRefused
        When the predictor says nothing of the motion.
    """
    known = [name for name in predictor.problem.outputs if predictor.trained is None or name in predictor.trained]
    if not 1 <= electrodes <= len(known) or not seconds > 0:
        raise ConfigError(
            f"no plan with {electrodes} electrodes for {seconds:g} s",
            why=f"the model knows {len(known)} muscles: {', '.join(known)}",
            mend=f"give --electrodes 1 to {len(known)} and --seconds above 0",
        )
    columns = [predictor.problem.outputs.index(name) for name in known]
    prediction = next(iter(predictor.legs(recording.hidden()).values()))[:, columns].astype(np.float64)
    prediction = prediction[np.isfinite(prediction).all(axis=1)]
    if len(prediction) < predictor.problem.rate:
        raise DataRefused(
            "the model predicts less than a second of this motion",
            where=recording.id,
            why=f"{len(prediction)} frames at {predictor.problem.rate:g} Hz",
            mend="give a motion of a few strides with --motion",
        )
    design = Design.of(known, prediction, predictor.problem.rate, simulated)
    chosen = design.greedy(electrodes, seconds)
    before, after = design.left((), 0.0), design.left(chosen, seconds)
    gains = [design.gain(chosen[: i + 1], seconds) for i in range(electrodes)]
    return Plan(
        seconds=seconds,
        electrodes=tuple(Electrode(muscle=known[m], gain=gain) for m, gain in zip(chosen, gains, strict=True)),
        by_seconds=tuple((s, design.gain(chosen, s)) for s in SECONDS),
        muscles=tuple(
            Left(muscle=name, measured=m in chosen, before=float(before[m] ** 0.5), after=float(after[m] ** 0.5))
            for m, name in enumerate(known)
        ),
    )


@dataclass(frozen=True, eq=False)
class Design:
    """What a frame of each output tells of all parameters.

    Parameters
    ----------
    information : (M, P, P) mean over the frames of J_m' J_m, J in SD of the priors
    density : weight of a second of EMG: independent samples over the variance about the model
    """

    information: Array
    density: float

    @classmethod
    def of(cls, names: Sequence[str], prediction: Array, rate: float, simulated: bool = False) -> Design:
        """The design of predictions (T, M) without gaps, their derivatives by finite differences."""
        known, model = priors(simulated), observation(names, simulated)
        means = {name: np.full(len(names) if p.per_site else 1, p.mean) for name, p in known.items()}
        model.assign(means)
        before, columns = shown(model, prediction, rate), list[Array]()
        for name in FITTED:
            model.assign({**means, name: means[name] + SMALL * known[name].sd})
            change = (shown(model, prediction, rate) - before) / SMALL
            if known[name].per_site:
                own = np.zeros((len(names), *change.shape))
                own[np.arange(len(names)), :, np.arange(len(names))] = change.T
                columns.extend(own)
            else:
                columns.append(change)
        slopes = np.stack(columns, axis=-1)  # (T, M, P)
        information = np.einsum("tmp,tmq->mpq", slopes, slopes, optimize=True) / len(slopes)
        return cls(information, min(rate, BANDWIDTH) / NOISE**2)

    def left(self, electrodes: Sequence[int], seconds: float) -> Array:
        """(M,) variance that the parameters leave each output."""
        told = self.information[list(electrodes)].sum(axis=0) * self.density * seconds
        covariance = np.linalg.inv(np.eye(self.information.shape[1]) + told)
        return np.asarray(np.einsum("mpq,pq->m", self.information, covariance))

    def gain(self, electrodes: Sequence[int], seconds: float) -> float:
        """Share of the variance of all outputs together that is gone."""
        return 1.0 - float(self.left(electrodes, seconds).sum() / self.left((), 0.0).sum())

    def greedy(self, count: int, seconds: float) -> tuple[int, ...]:
        """Electrodes one after the other, each the best beside those before it."""
        chosen: tuple[int, ...] = ()
        for _ in range(count):
            others = [m for m in range(len(self.information)) if m not in chosen]
            chosen = (*chosen, max(others, key=lambda m: self.gain((*chosen, m), seconds)))
        return chosen


def typical(rate: float) -> Recording:
    """An embedded level walk at a usual speed, from published mean curves, without EMG."""
    from myoshift.simulate.model import COORDINATES
    from myoshift.simulate.movements import Movement

    motion = Movement(kind="walk").motion(TYPICAL, rate)
    return Recording(
        motion=motion.values.astype(np.float32),
        motion_names=COORDINATES,
        activation=np.empty((len(motion.values), 0), np.float32),
        activation_names=(),
        rate=rate,
        dataset="embedded",
        domain="embedded/walk",
        institution="embedded",
        subject="typical",
        task="walk",
        trial="walk",
    )
