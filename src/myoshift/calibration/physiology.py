"""The whole observation model of a person: crosstalk, delay, power law, gain, baseline, smoothing, each in its prior.

The most probable parameters given envelopes and priors (maximum a posteriori), with the intervals that the curvature
there leaves (Laplace; MacKay 2003, Information Theory, Inference, and Learning Algorithms, ch. 27). Delays are
hierarchical: what all outputs share, and each output's own about it; gains and baselines shrink to those of nobody in
particular.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from myoshift.calibration.base import Calibration, Outputs, enough
from myoshift.calibration.delay import Delay
from myoshift.calibration.sensor import FITTED, Sensor, Values, observation, priors, shown
from myoshift.physiology import Observation, Prior
from myoshift.types import Array, Mask

Indices = NDArray[np.intp]

NOISE = 0.15
"""SD of an independent sample of an envelope about its model, in units of the person's 95th percentile."""
BANDWIDTH = 12.0
"""Independent samples of an envelope per second: twice its cut-off of 6 Hz."""
STEPS = 20
"""Largest number of steps of the search; two or three are the rule, as it begins at the delays."""
SMALL = 1e-3
"""Step of the derivatives, in SD of the prior."""
Free = list[tuple[str, int]]
"""Parameters to fit: the name of each, and its place among the outputs."""


@dataclass(frozen=True)
class Physiology:
    """Every parameter of a person's sensors at once.

    Parameters
    ----------
    simulated : whether the prediction is a simulated activation, and not that of a model trained on EMG: it decides
        the priors
    noise : SD of an independent sample about the model
    fitted : parameters of the observation model that are fitted; the others stay at their priors' means
    """

    name: ClassVar[str] = "physiology"
    calibration: ClassVar[type[Calibration]] = Sensor
    simulated: bool = False
    noise: float = NOISE
    fitted: tuple[str, ...] = FITTED

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Sensor:
        """The most probable sensors of the person; those of the priors where too little was measured."""
        sites, known = seen[0].names, priors(self.simulated)
        target = [_usable(each.prediction, y) for each, y in zip(seen, measured, strict=True)]
        there: Mask = np.any([np.isfinite(each).any(axis=0) for each in target], axis=0)
        free = [(name, i) for name in self.fitted for i in _places(known[name], there)]
        values, spread = ({n: np.full(_count(p, sites), v(p)) for n, p in known.items()} for v in (_mean, _sd))
        if not free:
            return Sensor(sites, values, spread, (), self.simulated)
        mean, sd, low, high = np.array([(p.mean, p.sd, p.low, p.high) for p in (known[n] for n, _ in free)]).T
        legs = _Legs(
            [each.prediction for each in seen], target, rate, np.sqrt(min(1.0, BANDWIDTH / rate)) / self.noise
        )
        model = observation(sites, self.simulated)

        def left(at: Array) -> Array:
            """What is left of the envelopes, and how far the parameters are from their priors, in SD each."""
            _place(values, free, at)
            model.assign(values)
            return np.concatenate([legs.left(model), (at - mean) / sd])

        def slopes(at: Array) -> Array:
            """Derivatives of `left`: an output's own parameters change that output alone, so all go at once."""
            before, own = left(at)[: legs.count], np.zeros((legs.count, len(at)))
            for name in self.fitted:
                columns = np.array([k for k, (other, _) in enumerate(free) if other == name], np.int64)
                step = SMALL * sd[columns]
                moved = at.copy()
                moved[columns] += step
                change = (left(moved)[: legs.count] - before) / step[0]
                places = [free[k][1] for k in columns] if known[name].per_site else [None]
                for column, place in zip(columns, places, strict=True):
                    own[:, column] = change if place is None else np.where(legs.site == place, change, 0.0)
            return np.concatenate([own, np.diag(1 / sd)])

        start = self._start(seen, measured, rate, free, mean)
        inside = np.clip(start, low + 1e-3 * (high - low), high - 1e-3 * (high - low))
        best = least_squares(left, inside, jac=slopes, bounds=(low, high), x_scale=sd, max_nfev=STEPS)
        _place(values, free, best.x)
        _place(spread, free, _spread(np.asarray(best.jac)))
        named = tuple(site for site, here in zip(sites, there, strict=True) if here)
        return Sensor(sites, values, spread, named, self.simulated)

    def _start(
        self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float, free: Free, mean: Array
    ) -> Array:
        """The priors' means, but the delays that fit best: their likelihood may have several humps."""
        if "offset" not in self.fitted:
            return mean
        common, each = (Delay(level=level, simulated=self.simulated) for level in ("common", "each"))
        shared = common.fit(seen, measured, rate).seconds
        own = each.fit(seen, measured, rate).seconds - shared
        found = {"offset": shared, "delay": own}
        return np.array([found[name][i] if name in found else m for (name, i), m in zip(free, mean, strict=True)])


@dataclass(frozen=True, eq=False)
class _Legs:
    """Predictions and envelopes (T, M) of every leg, and what one sample's error weighs."""

    predictions: Sequence[Array]
    envelopes: Sequence[Array]
    rate: float
    weight: float

    @cached_property
    def site(self) -> Indices:
        """(N,) the output of every measured sample, in the order of `left`."""
        return np.concatenate([np.nonzero(np.isfinite(each))[1] for each in self.envelopes])

    @property
    def count(self) -> int:
        return len(self.site)

    def left(self, model: Observation) -> Array:
        """(N,) weighted errors of the measured samples."""
        each = [
            shown(model, predicted, self.rate)[there] - measured[there]
            for predicted, measured in zip(self.predictions, self.envelopes, strict=True)
            for there in [np.isfinite(measured)]
        ]
        return self.weight * np.concatenate(each)


def _usable(prediction: Array, measured: Array) -> Array:
    """Envelopes (T, M) without outputs of too few frames, and without frames that have no prediction."""
    there = np.stack([enough(p, y) for p, y in zip(prediction.T, measured.T, strict=True)], axis=1)
    return np.where(there, measured, np.nan)


def _places(prior: Prior, there: Mask) -> list[int]:
    """Where a parameter is to be fitted: at each measured output, or once for all of them."""
    return np.flatnonzero(there).tolist() if prior.per_site else [0] if there.any() else []


def _count(prior: Prior, sites: Sequence[str]) -> int:
    return len(sites) if prior.per_site else 1


def _mean(prior: Prior) -> float:
    return prior.mean


def _sd(prior: Prior) -> float:
    return prior.sd


def _place(into: Values, free: Free, numbers: Array) -> None:
    for (name, i), number in zip(free, numbers, strict=True):
        into[name][i] = number


def _spread(jacobian: Array) -> Array:
    """SD of every parameter from the curvature of the sum of squares (Laplace)."""
    return np.sqrt(np.diag(np.linalg.inv(jacobian.T @ jacobian)))
