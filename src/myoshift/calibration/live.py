"""Calibrations on predictions as they come: one instant of B legs in, and some frames later the same one corrected.

Calibrations that look at each frame alone are applied to an instant as to a recording of B frames. Those that look
ahead are late by `lag` frames; what later links of a chain are handed of features and motion waits as long.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from myoshift.calibration.base import LiveCalibration, Outputs
from myoshift.physiology.live import LiveAdvance, LiveFilter, LiveSmooth
from myoshift.physiology.observation import Observation, shaped
from myoshift.types import Array


@dataclass(frozen=True, eq=False)
class Shifted:
    """The live form of `delay.Shift`."""

    advance: LiveAdvance

    @property
    def lag(self) -> int:
        """Frames."""
        return self.advance.lag

    @property
    def left(self) -> Array:
        """(M,) seconds."""
        return self.advance.left

    def step(self, outputs: Outputs) -> Array | None:
        """Shifted prediction (B, M)."""
        return self.advance.step(outputs.prediction)

    def finish(self) -> list[Array]:
        """Those that were waiting."""
        return self.advance.finish()


class Sensed:
    """The live form of `sensor.Sensor`, of an observation model without dynamics.

    Without `look_ahead` the delay is left out where it would look ahead, and so is the low-pass: at the end of a
    signal that is continued oddly, a zero-phase filter gives the signal itself.
    """

    def __init__(self, model: Observation, rate: float, *, look_ahead: bool) -> None:
        with torch.no_grad():
            value = model.values()
            self._mixture = model.mixture(value["crosstalk"]).T
        self._shape = tuple(value[name].detach() for name in ("exponent", "baseline", "log_gain"))
        delay = (value["offset"] + value["delay"]).detach().numpy()
        self._advance = LiveAdvance(delay, rate, look_ahead=look_ahead)
        self._smooth: LiveFilter = LiveSmooth(value["cutoff"].detach(), rate) if look_ahead else Unchanged()
        self._gaps: deque[Any] = deque()
        self.lag, self.left = self._advance.lag + self._smooth.lag, self._advance.left

    def step(self, outputs: Outputs) -> Array | None:
        """Envelopes (B, M) that the sensors show."""
        self._gaps.append(np.isfinite(outputs.prediction))
        with torch.inference_mode():
            seen = torch.from_numpy(np.nan_to_num(outputs.prediction)) @ self._mixture
        return self._shown(self._later(self._advance.step(seen.numpy())))

    def finish(self) -> list[Array]:
        """Those that were waiting."""
        late = [self._shown(self._later(each)) for each in self._advance.finish()]
        late += [self._shown(each) for each in self._smooth.finish()]
        return [each for each in late if each is not None]

    def _later(self, seen: Array | None) -> Array | None:
        if seen is None:
            return None
        with torch.inference_mode():
            return self._smooth.step(shaped(torch.from_numpy(seen), *self._shape).numpy())

    def _shown(self, smoothed: Array | None) -> Array | None:
        return None if smoothed is None else np.where(self._gaps.popleft(), np.maximum(smoothed, 0.0), np.nan)


class Unchanged:
    """The live filter that changes nothing."""

    lag = 0

    def step(self, frame: Array) -> Array:
        """The frame (B, M)."""
        return frame

    def finish(self) -> list[Array]:
        """Nothing waits."""
        return []


class LiveChain:
    """The live form of `chain.Chain`: each link on what the one before has corrected."""

    def __init__(self, links: Sequence[LiveCalibration]) -> None:
        self._links = tuple(links)
        self._waiting: tuple[deque[Outputs], ...] = tuple(deque() for _ in self._links)

    @property
    def lag(self) -> int:
        """Frames, of all links together."""
        return sum(link.lag for link in self._links)

    @property
    def left(self) -> Array | float:
        """Seconds (M,) of all links together; 0 without any."""
        return sum((link.left for link in self._links), 0.0)

    def step(self, outputs: Outputs) -> Array | None:
        """Corrected prediction (B, M)."""
        return self._through(outputs, 0)

    def finish(self) -> list[Array]:
        """Those that were waiting: what waits in the first link first, through all the others."""
        late = []
        for i, link in enumerate(self._links):
            for values in link.finish():
                late.append(self._through(self._waiting[i].popleft().corrected(values), i + 1))
        return [each for each in late if each is not None]

    def _through(self, outputs: Outputs, first: int) -> Array | None:
        """Through the links from the first of these on, as far as it comes now."""
        for link, waiting in zip(self._links[first:], self._waiting[first:], strict=True):
            waiting.append(outputs)
            values = link.step(outputs)
            if values is None:
                return None
            outputs = waiting.popleft().corrected(values)
        return outputs.prediction
