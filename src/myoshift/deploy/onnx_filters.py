"""Calibrations that look at neighbouring frames: delays, and the sensors of a person, as convolutions over time."""

from __future__ import annotations

from math import ceil

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from myoshift.calibration.sensor import Sensor, observation
from myoshift.physiology import advance
from myoshift.physiology.delay import TAPS
from myoshift.physiology.live import impulse
from myoshift.physiology.observation import FAINT
from myoshift.types import Array


class ShiftLink(nn.Module):
    """Sites (B, T, M) read later by `seconds` (M,), as `physiology.advance` does; the ends go on."""

    taps: Tensor

    def __init__(self, seconds: Array, rate: float) -> None:
        super().__init__()
        self.reach = ceil(float(np.abs(seconds).max()) * rate) + TAPS // 2
        impulse = torch.zeros(1, 2 * self.reach + 1 + 2 * self.reach, len(seconds), dtype=torch.float64)
        impulse[:, 2 * self.reach] = 1.0
        delay = torch.from_numpy(np.asarray(seconds, np.float64))
        answer = advance(impulse, delay[None], rate)[0, self.reach : -self.reach]
        self.register_buffer("taps", answer.flip(0).T.unsqueeze(1).float())

    def forward(self, sites: Tensor, features: Tensor) -> Tensor:
        """Sites corrected."""
        frames = torch.arange(-self.reach, sites.shape[1] + self.reach).clamp(min=0)
        frames = torch.minimum(frames, torch.full_like(frames, sites.shape[1] - 1))
        return _filtered(sites.index_select(1, frames), self.taps)


class SensorLink(nn.Module):
    """The observation model with fixed parameters: crosstalk, delay, power law, gain, baseline, low-pass."""

    seen: Tensor
    exponent: Tensor
    gain: Tensor
    baseline: Tensor
    taps: Tensor

    def __init__(self, sensor: Sensor, rate: float) -> None:
        super().__init__()
        model = observation(sensor.sites, sensor.simulated)
        model.assign(sensor.values)
        value = {name: each.detach() for name, each in model.values().items()}
        self.second = round(rate)
        self.shift = ShiftLink((value["offset"] + value["delay"]).numpy(), rate)
        numbers = {
            "seen": model.mixture(value["crosstalk"]).T,
            "exponent": value["exponent"],
            "gain": value["log_gain"].exp(),
            "baseline": value["baseline"],
            "taps": torch.from_numpy(impulse(value["cutoff"], rate)).expand(len(sensor.sites), 1, -1),
        }
        for name, each in numbers.items():
            self.register_buffer(name, each.float().contiguous())

    def forward(self, sites: Tensor, features: Tensor) -> Tensor:
        """Sites corrected."""
        shown = self.shift(sites @ self.seen, features).clamp(min=FAINT)
        return self._smooth(self.gain * (shown**self.exponent + self.baseline)).clamp(min=0.0)

    def _smooth(self, values: Tensor) -> Tensor:
        """As `physiology.smooth`: continued oddly by a second, or all there is, and then all over again."""
        count, reach = values.shape[1], self.taps.shape[-1] // 2
        pad = torch.sym_min(count - 1, self.second)  # type: ignore[no-untyped-call]
        frames = torch.arange(-reach, count + reach)
        place = torch.remainder(frames + pad, torch.full_like(frames, count + 2 * pad)) - pad
        edge = torch.where(place < 0, torch.zeros_like(place), torch.full_like(place, count - 1))
        there = values.index_select(1, torch.minimum(place.abs(), 2 * (count - 1) - place))
        beyond = ((place < 0) | (place > count - 1)).unsqueeze(-1)
        return _filtered(torch.where(beyond, 2 * values.index_select(1, edge) - there, there), self.taps)


def _filtered(values: Tensor, taps: Tensor) -> Tensor:
    """(B, T, M) of values (B, T + L - 1, M), each column with taps (M, 1, L) of its own."""
    return functional.conv1d(values.transpose(1, 2), taps, groups=len(taps)).transpose(1, 2)
