"""What a person and the electrodes on them are like: strength, delay, gains, baselines, from simulation and EMG.

The most probable parameters given envelopes and priors (maximum a posteriori), their spread from the curvature there
(Laplace; MacKay 2003, Information Theory, Inference, and Learning Algorithms, ch. 27), and whether the
data say anything at all: a parameter whose spread is nearly that of its prior is not identifiable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from myoshift import anatomy
from myoshift.errors import DataRefused
from myoshift.physiology import advance
from myoshift.simulate.engine import Objective
from myoshift.simulate.objective import DELAY, DELAY_MEAN, DELAY_SD, Evidence
from myoshift.simulate.static import solve_static

STRENGTH_SD, GAIN_SD = 0.2, 0.5
"""Of natural logarithms: maximum force between people; amplitude between electrodes (ranges of `randomise`)."""
BASELINE_SD = 0.05
BANDWIDTH = 12.0
"""Independent samples of an envelope per second: twice its cut-off of 6 Hz."""
VAGUE = 0.8
"""Share of its prior's standard deviation above which a parameter is not identifiable."""
_Cost = Callable[[Tensor], Tensor]
STEP = 1e-4  # of prior standard deviations, for the curvature


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter: its most probable value and its spread, beside mean and standard deviation of its prior.

    `delay` is in s, positive where activation comes after EMG; what begins with `log_` is a natural logarithm of a
    factor; a baseline is in the unit of the envelopes.
    """

    name: str
    value: float
    sd: float
    prior_mean: float
    prior_sd: float

    @property
    def identifiable(self) -> bool:
        """Whether the data narrow what the prior already knew."""
        return self.sd <= VAGUE * self.prior_sd


def identify(
    evidence: Sequence[Evidence],
    *,
    objective: Objective | None = None,
    muscles: Sequence[str] = anatomy.IPSILATERAL,
    noise: float = 0.1,
) -> tuple[Parameter, ...]:
    """Strength, delay, and gain and baseline of each site, of one person in one session.

    An envelope is taken to be `gain * activation(t + delay) + baseline` with normal noise; the activation is that of
    static optimisation, every force scaled by the strength. Half the strength looks like twice the gain but
    for muscles at a bound and for the reserves: the two are told apart as far as the model is right there.

    Parameters
    ----------
    evidence : legs and recordings of one person, float64; envelopes in a unit in which they reach about 1
    muscles : M names without side, the columns of `arms`
    noise : standard deviation of an independent sample of an envelope

    Raises
    ------
    DataRefused
        When no envelope was measured.
    UnknownNameError
        For a site that nobody knows.
    """
    sites = tuple(dict.fromkeys(site for leg in evidence for site in leg.sites))
    if not any(bool(leg.envelopes.isfinite().any()) for leg in evidence):
        raise DataRefused("no envelope to identify anybody from", mend="give recordings with EMG and joint moments")
    names = ("log_strength", "delay", *(f"log_gain_{s}" for s in sites), *(f"baseline_{s}" for s in sites))
    mean = torch.tensor([0.0, DELAY_MEAN, *[0.0] * 2 * len(sites)], dtype=torch.float64)
    spread = [STRENGTH_SD, DELAY_SD, *[GAIN_SD] * len(sites), *[BASELINE_SD] * len(sites)]
    sd = torch.tensor(spread, dtype=torch.float64)
    parts = [(leg, anatomy.montage(leg.sites, muscles), [sites.index(s) for s in leg.sites]) for leg in evidence]

    def cost(away: Tensor) -> Tensor:
        """Negative logarithm of the posterior; `away` counts from the prior's mean in its standard deviations."""
        values = mean + sd * away
        strength, delay = values[0].exp(), values[1].clamp(-DELAY, DELAY)
        gains, baselines = torch.split(values[2:], len(sites))
        total = away.square().sum() / 2
        for leg, seen, own in parts:
            activation = _activation(leg, strength, objective or Objective()) @ torch.from_numpy(seen).T
            shown = advance(activation.unsqueeze(0), delay.expand(1, len(own)), leg.rate).squeeze(0)
            off = gains[own].exp() * shown + baselines[own] - leg.envelopes
            off = torch.where(off.isfinite(), off, 0.0)
            total = total + (off / noise).square().sum() / 2 * min(1.0, BANDWIDTH / leg.rate)
        return total

    best = _least(cost, torch.zeros_like(mean))
    covariance = torch.linalg.inv(_curvature(cost, best))
    found = zip(names, (mean + sd * best).tolist(), (sd * covariance.diagonal().sqrt()).tolist(), strict=True)
    return tuple(
        Parameter(name=name, value=value, sd=own, prior_mean=float(mean[i]), prior_sd=float(sd[i]))
        for i, (name, value, own) in enumerate(found)
    )


def _activation(leg: Evidence, strength: Tensor, objective: Objective) -> Tensor:
    """(T, M) of static optimisation, 0 in frames that are not finite."""
    found = solve_static(
        leg.arms * strength,
        leg.moments,
        exponent=objective.exponent,
        weights=objective.weights,
        low=objective.floor,
        reserve=objective.reserve,
    ).activation
    return torch.where(found.isfinite(), found, 0.0)


def _least(cost: _Cost, start: Tensor) -> Tensor:
    """Where the cost is least, by L-BFGS with a line search."""
    away = start.clone().requires_grad_()
    search = torch.optim.LBFGS([away], max_iter=100, line_search_fn="strong_wolfe", tolerance_grad=1e-6)

    def closure() -> Tensor:
        search.zero_grad()
        value = cost(away)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(closure)  # type: ignore[no-untyped-call]
    return away.detach()


def _curvature(cost: _Cost, at: Tensor) -> Tensor:
    """Second derivatives by central differences of the gradient, symmetric, at least those of the prior."""
    rows = []
    for step in STEP * torch.eye(len(at), dtype=at.dtype):
        slopes = []
        for side in (at - step, at + step):
            point = side.clone().requires_grad_()
            slopes.append(torch.autograd.grad(cost(point), point)[0])
        rows.append((slopes[1] - slopes[0]) / (2 * STEP))
    curvature = torch.stack(rows)
    values, vectors = torch.linalg.eigh((curvature + curvature.T) / 2)
    curved: Tensor = vectors @ torch.diag(values.clamp(min=1.0)) @ vectors.T
    return curved
