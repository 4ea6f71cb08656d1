"""What a laboratory's EMG shows of the activation of a leg: one module, every parameter with its prior.

Activation of muscles -> excitation (inverse activation dynamics) -> what each site sees of it (montage), with a share
of what its neighbours see (crosstalk) -> earlier by the delay -> power law -> baseline, gain -> multiplicative noise
-> low-pass -> envelope. Simulations draw the parameters from their priors, methods learn them on the sources, and
calibration fits them; `log_prior` is what both pay for leaving the priors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from scipy.special import ndtr, ndtri
from torch import Tensor, nn

from myoshift import anatomy
from myoshift.errors import DataRefused
from myoshift.physiology.activation import excite
from myoshift.physiology.delay import advance
from myoshift.types import Array

Level = Literal["lab", "person", "session"]
LEVELS: tuple[Level, ...] = ("lab", "person", "session")
FAINT = 1e-4
"""Excitation below which the power law is held, as its slope has no bound at 0."""


@dataclass(frozen=True, kw_only=True)
class Prior:
    """What is known of a parameter before any EMG: normal between two bounds, flat where `sd` is infinite.

    Parameters
    ----------
    mean, sd, low, high : in the unit of the parameter
    level : who has a value of their own: each laboratory, each person, or each session (electrodes put on anew)
    per_site : whether each site has its own, or one stands for all
    source : where the numbers come from
    """

    mean: float
    sd: float
    low: float
    high: float
    level: Level
    per_site: bool
    source: str = "engineering default"

    def draw(self, random: np.random.Generator, count: int) -> Array:
        """(count,) independent values; none beyond the bounds, none piled up at them."""
        return truncated(random, count, self.mean, self.sd, self.low, self.high)


def truncated(random: np.random.Generator, count: int, mean: float, sd: float, low: float, high: float) -> Array:
    """(count,) draws from a normal distribution cut at two bounds; uniform between them where `sd` is infinite."""
    unit = random.uniform(size=count)
    if math.isinf(sd) or low == high:
        return low + (high - low) * unit
    below, above = (ndtr((bound - mean) / sd) for bound in (low, high))
    return np.clip(mean + sd * ndtri(below + (above - below) * unit), low, high)


PRIORS: Mapping[str, Prior] = {
    "offset": Prior(
        mean=0.0, sd=0.040, low=-0.065, high=0.065, level="lab", per_site=False,
        source="clocks of motion capture and EMG against each other",
    ),
    "delay": Prior(
        mean=0.030, sd=0.025, low=-0.025, high=0.085, level="person", per_site=True,
        source="55 ms in all (doi 10.3389/fphys.2014.00494: 50 ms, Vint 2001: 60-84 ms), 25 ms of it in the dynamics",
    ),
    "crosstalk": Prior(
        mean=0.12, sd=0.08, low=0.0, high=0.25, level="session", per_site=True,
        source="8-23 % (doi 10.1016/j.jbiomech.2011.11.010), 6 % (doi 10.1038/s41598-017-13369-1)",
    ),
    "exponent": Prior(mean=1.0, sd=0.15, low=0.7, high=1.2, level="person", per_site=False),
    "baseline": Prior(mean=0.02, sd=0.02, low=0.0, high=0.05, level="session", per_site=True),
    "log_gain": Prior(
        mean=0.0, sd=0.5, low=-2.5, high=2.5, level="session", per_site=True,
        source="fat of 3 to 18 mm takes 31 to 90 % away (Kuiken 2003)",
    ),
    "noise": Prior(mean=0.10, sd=0.03, low=0.0, high=0.20, level="lab", per_site=False),
    "cutoff": Prior(mean=6.0, sd=1.5, low=3.0, high=10.0, level="lab", per_site=False, source="common practice"),
}  # fmt: skip
"""offset, delay: s, positive where activation comes after the EMG; with activation dynamics undone, only the rest.
crosstalk: what the mean of the neighbours weighs against the site's own muscles. exponent: of excitation. baseline:
on the scale of excitation. log_gain: natural logarithm. noise: SD of the envelope relative to itself. cutoff: Hz."""


class Observation(nn.Module):
    """Envelopes at sites from the activation of one leg's muscles, differentiable in every parameter of `PRIORS`.

    Parameters lie at the means of their priors at first. They are kept without bounds (`raw`), mapped between the
    bounds of their priors by a sigmoid.

    Parameters
    ----------
    sites : S names without side
    muscles : M names without side, the columns of the activation
    priors : of every parameter
    dynamics : whether activation dynamics are undone; without, give delays a prior of their own
    seen : what each site sees of the signals that are given, itself and from its neighbours, (S, M) each, where these
        are not the activations of muscles; by the montage when None

    Raises
    ------
    UnknownNameError, DataRefused
        When a site is not known, or sees none of the muscles.
    """

    own: Tensor
    around: Tensor

    def __init__(
        self,
        sites: Sequence[str],
        *,
        muscles: Sequence[str] = anatomy.IPSILATERAL,
        priors: Mapping[str, Prior] = PRIORS,
        dynamics: bool = True,
        seen: tuple[Array, Array] | None = None,
    ) -> None:
        super().__init__()
        self.sites, self.muscles, self.priors, self.dynamics = tuple(sites), tuple(muscles), dict(priors), dynamics
        own, around = seen or (anatomy.montage(sites, muscles), anatomy.surroundings(sites, muscles))
        self.register_buffer("own", torch.tensor(own, dtype=torch.float32))
        self.register_buffer("around", torch.tensor(around, dtype=torch.float32))
        self.raw = nn.ParameterDict({name: nn.Parameter(torch.zeros(self._count(name))) for name in priors})
        self.assign({name: np.full(self._count(name), prior.mean) for name, prior in priors.items()})

    @classmethod
    def draw(
        cls,
        sites: Sequence[str],
        random: np.random.Generator,
        *,
        ranges: Mapping[str, Prior] = PRIORS,
        dynamics: bool = True,
    ) -> Observation:
        """A laboratory, a person and a session drawn from ranges within the bounds of `PRIORS`."""
        drawn = cls(sites, dynamics=dynamics)
        for level in LEVELS:
            drawn.redraw(random, level, ranges)
        return drawn

    @torch.no_grad()
    def redraw(self, random: np.random.Generator, level: Level, ranges: Mapping[str, Prior] | None = None) -> None:
        """Draw the parameters of one level anew: "session" is what changes when electrodes are put on again."""
        drawn = {name: prior for name, prior in (ranges or self.priors).items() if self.priors[name].level == level}
        self.assign({name: prior.draw(random, self._count(name)) for name, prior in drawn.items()})

    @torch.no_grad()
    def assign(self, values: Mapping[str, Array | float]) -> None:
        """Set parameters to values within their bounds, one for all sites or one each."""
        for name, value in values.items():
            prior = self.priors[name]
            unit = (torch.as_tensor(value, dtype=torch.float64) - prior.low) / (prior.high - prior.low)
            self.raw[name].copy_(torch.logit(unit, eps=1e-6))

    def values(self) -> dict[str, Tensor]:
        """The parameters in their units: (S,) each, or (1,) where one stands for all sites."""
        bounds = {name: (prior.low, prior.high - prior.low) for name, prior in self.priors.items()}
        return {name: low + width * torch.sigmoid(self.raw[name]) for name, (low, width) in bounds.items()}

    def log_prior(self) -> Tensor:
        """Logarithm of the priors' density at the values, but for a constant: 0 at the means."""
        values = self.values()
        terms = [((values[name] - prior.mean) / prior.sd).square().sum() for name, prior in self.priors.items()]
        return -0.5 * torch.stack(terms).sum()

    def forward(self, activation: Tensor, rate: float, noise: Tensor | None = None) -> Tensor:
        """Envelopes (B, T, S), >= 0, that activations (B, T, M) without gaps give.

        Parameters
        ----------
        rate : Hz, more than twice the largest cut-off
        noise : (B, T, S) independent standard normal; None for an envelope without noise
        """
        value = self.values()
        excitation = excite(activation, rate) if self.dynamics else activation
        seen = excitation @ self.mixture(value["crosstalk"]).T
        seen = advance(seen, (value["offset"] + value["delay"]).expand(seen.shape[0], -1), rate)
        seen = shaped(seen, value["exponent"], value["baseline"], value["log_gain"])
        if noise is not None:
            kept = response(activation.shape[1], rate, value["cutoff"]).square().mean().sqrt()
            seen = seen * (1 + value["noise"] / kept * noise)
        return smooth(seen, rate, value["cutoff"]).clamp(min=0.0)

    def mixture(self, crosstalk: Tensor) -> Tensor:
        """(S, M) what each site sees of the signals, with a share (S,) of what its neighbours see."""
        share = crosstalk.unsqueeze(-1)
        return (self.own + share * self.around) / (1 + share)

    def _count(self, name: str) -> int:
        return len(self.sites) if self.priors[name].per_site else 1


def shaped(seen: Tensor, exponent: Tensor, baseline: Tensor, log_gain: Tensor) -> Tensor:
    """Envelopes (..., S) before the low-pass, of what the sites see (..., S): power law, baseline, gain."""
    envelopes: Tensor = log_gain.exp() * (seen.clamp(min=FAINT) ** exponent + baseline)
    return envelopes


def smooth(values: Tensor, rate: float, cutoff: Tensor) -> Tensor:
    """The low-pass of every envelope here (`signal.lowpass`), differentiable in its cut-off.

    A Butterworth filter of order 2 run forwards and backwards multiplies each frequency by a number: so does this,
    on the signal (B, T, S) continued oddly by a second, or by all there is, at either end.

    Raises
    ------
    DataRefused
        When the cut-off (Hz) is not below half the rate.
    """
    if not float(cutoff.detach().max()) < rate / 2:
        raise DataRefused(
            f"cut-off of {float(cutoff.detach().max()):g} Hz does not fit the sampling rate",
            why=f"it must lie below {rate / 2:g} Hz at {rate:g} Hz",
            mend="give activation at a higher rate",
        )
    count = values.shape[1]
    pad = min(count - 1, round(rate))
    ahead = 2 * values[:, :1] - values[:, 1 : pad + 1].flip(1)
    behind = 2 * values[:, -1:] - values[:, count - 1 - pad : -1].flip(1)
    padded = torch.cat([ahead, values, behind], dim=1)
    spectrum = torch.fft.rfft(padded, dim=1) * response(padded.shape[1], rate, cutoff).unsqueeze(-1)
    filtered: Tensor = torch.fft.irfft(spectrum, n=padded.shape[1], dim=1)
    return filtered[:, pad : pad + count]


def response(count: int, rate: float, cutoff: Tensor) -> Tensor:
    """(F,) what both passes leave of each frequency of `count` samples (bilinear transform, as scipy designs it)."""
    frequency = torch.fft.rfftfreq(count, 1 / rate, dtype=cutoff.dtype, device=cutoff.device)
    ratio = torch.tan(torch.pi * frequency.clamp(max=0.4999 * rate) / rate) / torch.tan(torch.pi * cutoff / rate)
    return 1 / (1 + ratio**4)
