"""A person's sensors, as far as they differ from what a model predicts: the observation model after calibration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.calibration.base import Arrays, Change, Outputs
from myoshift.calibration.live import Sensed
from myoshift.physiology import PRIORS, Observation, Prior
from myoshift.types import Array

VAGUE = 0.8
"""Share of its prior's SD above which a parameter is not identifiable."""
SHARED = "all"
"""Stands for the output of a parameter that all share."""
NEAR = 0.01
"""Share of the way between its bounds within which a parameter lies at one of them."""
Values = dict[str, Array]

LEARNED: Mapping[str, Prior] = {
    "offset": Prior(mean=0.0, sd=0.035, low=-0.12, high=0.12, level="person", per_site=False),
    "delay": Prior(mean=0.0, sd=0.015, low=-0.05, high=0.05, level="person", per_site=True),
    "crosstalk": Prior(mean=0.0, sd=0.08, low=0.0, high=0.25, level="session", per_site=True),
    "exponent": Prior(mean=1.0, sd=0.15, low=0.7, high=1.3, level="person", per_site=False),
    "baseline": Prior(mean=0.0, sd=0.05, low=-0.15, high=0.15, level="session", per_site=True),
    "log_gain": Prior(mean=0.0, sd=0.3, low=-1.5, high=1.5, level="session", per_site=True),
    "cutoff": Prior(mean=10.0, sd=2.0, low=6.0, high=20.0, level="lab", per_site=False),
    "noise": PRIORS["noise"],
}
"""Of the predictions of a model that was trained on envelopes: what is left to correct. Units as in `PRIORS`."""
SIMULATED: Mapping[str, Prior] = {
    **LEARNED,
    "offset": Prior(mean=0.055, sd=0.047, low=-0.10, high=0.15, level="person", per_site=False),
    "delay": Prior(mean=0.0, sd=0.035, low=-0.08, high=0.08, level="person", per_site=True),
    "log_gain": Prior(mean=0.0, sd=0.5, low=-2.5, high=2.5, level="session", per_site=True),
}
"""Of simulated activation, which comes after the EMG (as in `physiology.lag.SIMULATED`)."""
FITTED = tuple(name for name in LEARNED if name != "noise")
"""What calibration fits; noise is what is left over."""


def priors(simulated: bool) -> Mapping[str, Prior]:
    """Of every parameter, for the predictions of a simulation or of a model trained on envelopes."""
    return SIMULATED if simulated else LEARNED


def observation(sites: Sequence[str], simulated: bool) -> Observation:
    """The observation model of predictions at sites (or muscles), which the model's own montage has made already."""
    own = np.eye(len(sites))
    around = np.stack([_beside(name, sites) for name in sites])
    return Observation(sites, muscles=sites, priors=priors(simulated), dynamics=False, seen=(own, around)).double()


def _beside(name: str, sites: Sequence[str]) -> Array:
    """(M,) the mean of the outputs beside one; itself where none of these is an output: then nothing is mixed in."""
    near = anatomy.neighbours(name) if name in anatomy.SITES else ()
    beside = np.array([other in near for other in sites], np.float64)
    alone = np.array([other == name for other in sites], np.float64)
    return beside / beside.sum() if beside.any() else alone


@torch.no_grad()
def shown(model: Observation, prediction: Array, rate: float) -> Array:
    """Envelopes (T, M) of predictions (T, M); gaps count as silence and stay gaps."""
    silent = torch.from_numpy(np.nan_to_num(np.asarray(prediction, np.float64)))
    envelopes: Array = model(silent[None], rate)[0].numpy()
    return np.where(np.isfinite(prediction), envelopes, np.nan)


@dataclass(frozen=True, eq=False)
class Sensor:
    """An observation model with these parameters.

    Parameters
    ----------
    sites : M outputs
    values, spread : most probable values, and their SD, by parameter: (M,), or (1,) where one stands for all
    measured : the outputs whose own parameters were fitted; the others have those of the priors' means
    simulated : which priors they had
    """

    sites: tuple[str, ...]
    values: Values
    spread: Values
    measured: tuple[str, ...]
    simulated: bool = False

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Envelopes (T, M) that this person's sensors show."""
        return shown(self._model(), outputs.prediction, rate)

    def live(self, rate: float, *, look_ahead: bool) -> Sensed:
        """Late by as much as the largest delay and the low-pass look ahead."""
        return Sensed(self._model(), rate, look_ahead=look_ahead)

    def _model(self) -> Observation:
        model = observation(self.sites, self.simulated)
        model.assign(self.values)
        return model

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """Every fitted parameter of each measured output, and those that all share."""
        return tuple(self._changes())

    def _changes(self) -> Iterator[Change]:
        for parameter in FITTED:
            prior = priors(self.simulated)[parameter]
            who = self.sites if prior.per_site else (SHARED,)
            for output, value, sd in zip(who, self.values[parameter], self.spread[parameter], strict=True):
                if output == SHARED or output in self.measured:
                    low, high = np.clip([value - 1.96 * sd, value + 1.96 * sd], prior.low, prior.high).tolist()
                    verdict = _verdict(float(value), float(sd), prior)
                    yield Change(
                        output=output, parameter=parameter, value=float(value), low=low, high=high, verdict=verdict
                    )

    def config(self) -> dict[str, Any]:
        """Names, and which priors."""
        return {"sites": list(self.sites), "measured": list(self.measured), "simulated": self.simulated}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Values and spreads."""
        named = {f"value/{name}": each for name, each in self.values.items()}
        return named | {f"spread/{name}": each for name, each in self.spread.items()}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Arrays) -> Self:
        """The sensor of this state."""
        values, spread = ({name: arrays[f"{part}/{name}"] for name in LEARNED} for part in ("value", "spread"))
        return cls(tuple(config["sites"]), values, spread, tuple(config["measured"]), bool(config["simulated"]))


def _verdict(value: float, sd: float, prior: Prior) -> str:
    if min(value - prior.low, prior.high - value) < NEAR * (prior.high - prior.low) and prior.mean not in (
        prior.low,
        prior.high,
    ):
        return "at its bound"
    return "identifiable" if sd <= VAGUE * prior.sd else "not identifiable"
