"""Delays of a person: one for all outputs, one for each about it, or one for each alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray

from myoshift.calibration.base import Arrays, Calibration, Change, Outputs
from myoshift.calibration.live import Shifted
from myoshift.physiology import advance
from myoshift.physiology.lag import LEARNED, SIMULATED, DelayPrior, Delays, estimate_delays
from myoshift.physiology.live import LiveAdvance
from myoshift.types import Array

Level = Literal["common", "each", "free"]
FREE_SD = 10.0
"""Seconds; a prior this wide says nothing within the bound."""


@dataclass(frozen=True, eq=False)
class Shift:
    """Prediction of each output read later by `seconds` (M,), with 95 % intervals `low`, `high` (M,) and verdicts."""

    seconds: Array
    low: Array
    high: Array
    verdict: tuple[str, ...]

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Shifted prediction (T, M)."""
        return shifted(outputs.prediction, self.seconds, rate)

    def live(self, rate: float, *, look_ahead: bool) -> Shifted:
        """Late by as much as the largest delay looks ahead."""
        return Shifted(LiveAdvance(self.seconds, rate, look_ahead=look_ahead))

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """The delay of each output, s."""
        each = zip(names, self.seconds, self.low, self.high, self.verdict, strict=True)
        return tuple(
            Change(output=name, parameter="delay", value=float(d), low=float(low), high=float(high), verdict=verdict)
            for name, d, low, high, verdict in each
        )

    def config(self) -> dict[str, Any]:
        """The verdicts."""
        return {"verdict": list(self.verdict)}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Delays and intervals."""
        return {"seconds": self.seconds, "low": self.low, "high": self.high}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Arrays) -> Self:
        """The calibration of this state."""
        return cls(arrays["seconds"], arrays["low"], arrays["high"], tuple(config["verdict"]))


@dataclass(frozen=True)
class Delay:
    """Posterior means of the hierarchy of `physiology.lag`: each output about a delay that all share.

    An output that was not measured, or says nothing itself, is given what the others and the prior say.

    Parameters
    ----------
    level : `common` for the shared delay alone, `each` about it, `free` for each output by itself without a prior
    simulated : whether the prediction is a simulated activation, which comes later than EMG, and not that of a model
        trained on EMG: it decides the prior
    """

    name: ClassVar[str] = "delay"
    calibration: ClassVar[type[Calibration]] = Shift
    level: Level = "each"
    simulated: bool = False

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Shift:
        """The delays, and how sure they are."""
        found = estimate_delays([each.prediction for each in seen], measured, rate, self._prior())
        return self._common(found) if self.level == "common" else self._each(found)

    def _prior(self) -> DelayPrior:
        prior = SIMULATED if self.simulated else LEARNED
        return replace(prior, mean=0.0, sd=FREE_SD, muscle_sd=FREE_SD) if self.level == "free" else prior

    def _each(self, found: Delays) -> Shift:
        return Shift(found.delay, found.low, found.high, found.verdict)

    def _common(self, found: Delays) -> Shift:
        count = len(found.delay)
        value, low, high = (np.full(count, each) for each in (found.common, found.common_low, found.common_high))
        return Shift(value, low, high, (found.common_verdict,) * count)


@dataclass(frozen=True)
class CommonDelay(Delay):
    """One delay for all outputs: what a wrong clock, or another definition of the envelope, amounts to."""

    name: ClassVar[str] = "common_delay"
    level: Level = field(default="common")


@dataclass(frozen=True)
class FreeDelay(Delay):
    """Each output by itself, without a prior: for comparison, as it runs to the bound where little is measured."""

    name: ClassVar[str] = "free_delay"
    level: Level = field(default="free")


def shifted(prediction: Array, seconds: Array, rate: float) -> Array:
    """Prediction (T, M) read later by `seconds` (M,)."""
    values = torch.from_numpy(np.ascontiguousarray(prediction, np.float64))
    later: Array = advance(values[None], torch.from_numpy(np.asarray(seconds, np.float64))[None], rate)[0].numpy()
    return later
