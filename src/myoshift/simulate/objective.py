"""What the nervous system minimises, learned from measured EMG: inverse optimal control by gradient.

Static optimisation needs a cost, and a plain sum of squares is a guess: it leaves muscles silent that EMG shows at
work. Here the cost of each muscle, the exponent and the least activation are fitted so that the activations of static
optimisation have the shape of the envelopes (Mombaur et al. 2010, Auton Robots 28:369, for the idea; gradients
through the optimum as in Amos & Kolter 2017, ICML).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from myoshift import anatomy
from myoshift.errors import DataRefused
from myoshift.physiology import advance
from myoshift.simulate.engine import Objective
from myoshift.simulate.static import solve_static

EXPONENTS = (1.3, 4.0)
FLOORS = (0.005, 0.1)
DELAY = 0.150
"""Largest delay, s."""
DELAY_MEAN, DELAY_SD = 0.055, 0.047
"""s: 25 ms of physiology and 40 ms of clocks about the mean electromechanical delay."""
SILENT = 1e-3
"""SD of an activation below which it has no shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """One leg in one recording of T frames: what its muscles could do, what they had to do, and what EMG showed.

    Parameters
    ----------
    arms : (T, d, M) moments of each muscle at full activation; a frame that is not finite has no say
    moments : (T, d) of the joints, N m
    envelopes : (T, S), NaN where not measured
    sites : S names without side
    rate : Hz
    institution : who recorded it; its recordings share a delay
    """

    arms: Tensor
    moments: Tensor
    envelopes: Tensor
    sites: tuple[str, ...]
    rate: float
    institution: str


@dataclass(frozen=True, kw_only=True)
class ObjectiveConfig:
    """How an objective is learned.

    Parameters
    ----------
    steps, rate : of Adam
    legs : evidence in each step, drawn at random
    frames : of each, in one piece
    weight_sd : of the natural logarithm of a weight, about 0
    prior : of what the priors weigh beside one minus the correlation
    """

    steps: int = 200
    rate: float = 0.05
    legs: int = 8
    frames: int = 400
    weight_sd: float = 1.0
    prior: float = 0.02


@dataclass(frozen=True, kw_only=True, eq=False)
class Learned:
    """An objective, the delay of each institution (s, positive where activation comes after EMG), and the loss."""

    objective: Objective
    delays: Mapping[str, float]
    losses: tuple[float, ...]


def fit(
    evidence: Sequence[Evidence],
    *,
    muscles: Sequence[str] = anatomy.IPSILATERAL,
    config: ObjectiveConfig | None = None,
    seed: int = 0,
) -> Learned:
    """The weights, exponent and floor with which static optimisation has the shape of the envelopes.

    Minimised is one minus the correlation of each recording and site, each institution counting alike, plus what the
    parameters stray from their priors. The same seed gives the same objective.

    Parameters
    ----------
    muscles : M names without side, the columns of `arms`

    Raises
    ------
    DataRefused
        When there is no evidence, or shapes do not belong together.
    UnknownNameError
        For a site that nobody knows.
    """
    config = config or ObjectiveConfig()
    if not evidence:
        raise DataRefused("no evidence to learn an objective from", mend="give recordings with EMG and joint moments")
    for one in evidence:
        _refuse(one, len(muscles))
    random = np.random.default_rng(seed)
    by_institution = {one.institution: [o for o in evidence if o.institution == one.institution] for one in evidence}
    names = tuple(by_institution)
    cost = _Cost(len(muscles), names).to(evidence[0].arms.dtype)
    optimiser = torch.optim.Adam(cost.parameters(), lr=config.rate)
    losses = []
    for _ in range(config.steps):
        drawn = [by_institution[names[random.integers(len(names))]] for _ in range(config.legs)]
        legs = [_piece(own[random.integers(len(own))], config.frames, random) for own in drawn]
        disagreement = 1 - _agreements(cost, legs, muscles)
        known = disagreement[disagreement.isfinite()]
        loss = known.sum() / max(len(known), 1) + config.prior * cost.strays(config.weight_sd)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(float(loss.detach()))
    return Learned(
        objective=Objective(
            exponent=float(cost.exponent.detach()),
            weights=cost.weights.detach().clone(),
            floor=float(cost.floor.detach()),
        ),
        delays=dict(zip(names, cost.delays.detach().tolist(), strict=True)),
        losses=tuple(losses),
    )


@torch.no_grad()
def agreement(evidence: Evidence, learned: Learned, *, muscles: Sequence[str] = anatomy.IPSILATERAL) -> Tensor:
    """Correlation (S,) of each site with what an objective predicts; NaN for a site without EMG or without shape.

    The delay is that of the institution, or for one that was not fitted the mean of those that were.
    """
    seconds = learned.delays.get(evidence.institution, sum(learned.delays.values()) / max(len(learned.delays), 1))
    objective = learned.objective
    found = solve_static(
        evidence.arms,
        evidence.moments,
        exponent=objective.exponent,
        weights=objective.weights,
        low=objective.floor,
        reserve=objective.reserve,
    )
    return _correlation(found.activation, torch.tensor(seconds, dtype=evidence.arms.dtype), evidence, muscles)


class _Cost(nn.Module):
    """The parameters, at first those of plain static optimisation, within bounds by a sigmoid."""

    def __init__(self, muscles: int, institutions: tuple[str, ...]) -> None:
        super().__init__()
        self.institutions = institutions
        self.log_weights = nn.Parameter(torch.zeros(muscles))
        self.raw_exponent = nn.Parameter(torch.tensor(_raw(2.0, EXPONENTS)))
        self.raw_floor = nn.Parameter(torch.tensor(_raw(0.01, FLOORS)))
        self.raw_delays = nn.Parameter(torch.full((len(institutions),), math.atanh(DELAY_MEAN / DELAY)))

    @property
    def weights(self) -> Tensor:
        """(M,) of the muscles of one leg."""
        return self.log_weights.exp()

    @property
    def exponent(self) -> Tensor:
        """One number within `EXPONENTS`."""
        return _between(self.raw_exponent, EXPONENTS)

    @property
    def floor(self) -> Tensor:
        """Least activation, one number within `FLOORS`."""
        return _between(self.raw_floor, FLOORS)

    @property
    def delays(self) -> Tensor:
        """(I,) s by which the EMG of each institution comes before the activation."""
        return DELAY * self.raw_delays.tanh()

    def delay(self, institution: str) -> Tensor:
        """Of one institution, s."""
        return self.delays[self.institutions.index(institution)]

    def strays(self, weight_sd: float) -> Tensor:
        """Half the squared distance of the parameters from their priors, in standard deviations."""
        delays = (self.delays - DELAY_MEAN) / DELAY_SD
        exponent = (self.exponent / 2).log() / 0.5
        return ((self.log_weights / weight_sd).square().mean() + exponent.square() + delays.square().mean()) / 2


def _agreements(cost: _Cost, legs: Sequence[Evidence], muscles: Sequence[str]) -> Tensor:
    """Mean correlation over the sites of each leg; NaN for one without EMG that has a shape."""
    arms, moments = (torch.cat([getattr(leg, part) for leg in legs]) for part in ("arms", "moments"))
    found = solve_static(arms, moments, exponent=cost.exponent, weights=cost.weights, low=cost.floor)
    own = torch.split(found.activation, [len(leg.arms) for leg in legs])
    agreed = [
        _correlation(activation, cost.delay(leg.institution), leg, muscles).nanmean()
        for activation, leg in zip(own, legs, strict=True)
    ]
    return torch.stack(agreed)


def _correlation(activation: Tensor, seconds: Tensor, leg: Evidence, muscles: Sequence[str]) -> Tensor:
    """Pearson's r of each site over the frames that are known, (S,); NaN where the EMG has no shape."""
    known = activation.detach().isfinite().all(dim=1, keepdim=True)
    seen = activation.new_tensor(anatomy.montage(leg.sites, muscles))
    shown = torch.where(known, activation, 0) @ seen.T
    predicted = advance(shown.unsqueeze(0), seconds.expand(1, len(leg.sites)), leg.rate).squeeze(0)
    here = leg.envelopes.isfinite() & known
    count = here.sum(dim=0).clamp(min=1)

    def centred(values: Tensor) -> Tensor:
        return (values - torch.where(here, values, 0).sum(dim=0) / count) * here

    one, other = centred(predicted), centred(torch.where(here, leg.envelopes, 0))
    power = (one.square().mean(dim=0) + SILENT**2) * other.square().mean(dim=0)
    r = (one * other).mean(dim=0) / power.clamp(min=torch.finfo(power.dtype).tiny).sqrt()
    return torch.where(power > 0, r, torch.nan)


def _piece(leg: Evidence, frames: int, random: np.random.Generator) -> Evidence:
    """So many frames of a leg, from a random one on."""
    start = int(random.integers(max(len(leg.arms) - frames, 0) + 1))
    rows = slice(start, start + frames)
    return Evidence(
        arms=leg.arms[rows],
        moments=leg.moments[rows],
        envelopes=leg.envelopes[rows],
        sites=leg.sites,
        rate=leg.rate,
        institution=leg.institution,
    )


def _between(raw: Tensor, bounds: tuple[float, float]) -> Tensor:
    return bounds[0] + (bounds[1] - bounds[0]) * raw.sigmoid()


def _raw(value: float, bounds: tuple[float, float]) -> float:
    share = (value - bounds[0]) / (bounds[1] - bounds[0])
    return math.log(share / (1 - share))


def _refuse(leg: Evidence, muscles: int) -> None:
    frames, sites = len(leg.arms), len(leg.sites)
    if leg.arms.ndim != 3 or leg.arms.shape[2] != muscles or leg.moments.shape != leg.arms.shape[:2]:
        raise DataRefused(
            f"`arms` must be (frames, moments, {muscles}) and `moments` (frames, moments)",
            where=leg.institution,
            why=f"they are {tuple(leg.arms.shape)} and {tuple(leg.moments.shape)}",
        )
    if leg.envelopes.shape != (frames, sites):
        raise DataRefused(
            f"`envelopes` must be ({frames}, {sites}): a column for each site",
            where=leg.institution,
            why=f"they are {tuple(leg.envelopes.shape)}",
        )
