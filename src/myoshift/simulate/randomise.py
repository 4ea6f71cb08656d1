"""What differs from one virtual laboratory, person and session to the next: declared ranges, and draws from them.

Every range says where it comes from: M, an effect measured on a reference walk; L, the literature; D, an engineering
default without a source. Torques, control, delay and baseline move the agreement with EMG; no single anatomical
parameter does. Factors are drawn as natural logarithms (`log_...`), so that none is favoured upwards.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

import numpy as np
import torch
from pydantic import Field, model_validator

from myoshift import anatomy, physiology, signal
from myoshift.formats.settings import Strict
from myoshift.physiology.observation import truncated
from myoshift.simulate.engine import Objective
from myoshift.simulate.model import LEG, SIDES, Leg, Model, sided
from myoshift.simulate.movements import KINDS
from myoshift.types import Array

SITES = tuple(
    name
    for name in anatomy.SITES
    if set(anatomy.site(name).muscles) & set(anatomy.IPSILATERAL) and not anatomy.members(name)
)
"""Every single site of the leg."""

GROWTH: Array = np.array(
    [  # age, height (m), SD of its logarithm, body mass index (kg/m2), SD of its logarithm
        [6.0, 1.151, 0.044, 15.30, 0.088],
        [10.0, 1.383, 0.048, 16.73, 0.128],
        [14.0, 1.621, 0.046, 19.23, 0.143],
        [20.0, 1.701, 0.056, 22.37, 0.144],
    ]
)
"""Medians and SD of both sexes together: CDC growth charts 2000 (Kuczmarski 2002, Vital Health Stat 11:246)."""
REFERENCE_SIZE = 75.0 * 1.75
"""kg m; of the person whose joint moments the noise is stated for."""


class Range(Strict):
    """A spread: normal where `mean` and `sd` are given, cut at `low` and `high`; else uniform between these."""

    low: float
    high: float
    mean: float | None = None
    sd: Annotated[float, Field(gt=0)] | None = None
    basis: Literal["M", "L", "D"] = "D"
    source: str = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.low <= self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        if (self.mean is None) != (self.sd is None):
            raise ValueError("a normal spread needs both mean and sd")
        if self.mean is not None and not self.low <= self.mean <= self.high:
            raise ValueError(f"mean {self.mean:g} is not between {self.low:g} and {self.high:g}")
        return self

    def draw(self, random: np.random.Generator, count: int) -> Array:
        """(count,) independent values."""
        return truncated(random, count, self._mean, self._sd, self.low, self.high)

    def one(self, random: np.random.Generator) -> float:
        """One value."""
        return float(self.draw(random, 1)[0])

    def prior(self, name: str) -> physiology.Prior:
        """The same spread for a parameter of `physiology.Observation`."""
        return replace(physiology.PRIORS[name], mean=self._mean, sd=self._sd, low=self.low, high=self.high)

    @property
    def _mean(self) -> float:
        return (self.low + self.high) / 2 if self.mean is None else self.mean

    @property
    def _sd(self) -> float:
        return math.inf if self.sd is None else self.sd


def _around(sd: float, basis: Literal["M", "L", "D"], source: str = "") -> Range:
    """A normal spread about 0, cut at three standard deviations."""
    return Range(low=-3 * sd, high=3 * sd, mean=0.0, sd=sd, basis=basis, source=source)


ACKLAND = "tendon slack matters most, moment arms least (Ackland et al. 2012, J Biomech 45:1463)"
MYERS = "propagation of marker and inertial errors (Myers et al. 2015, doi 10.1007/s10439-014-1181-7)"


class Anatomy(Strict):
    """How a person's muscles and segments differ from the scaled model; muscles alike in both legs."""

    log_strength: Range = Range(low=math.log(0.7), high=math.log(1.4), basis="M", source="all muscles of a person")
    log_muscle_strength: Range = _around(0.20, "M", "each muscle")
    log_fibre_length: Range = _around(0.05, "M")
    log_tendon_slack: Range = _around(0.02, "L", ACKLAND)
    log_moment_arm: Range = _around(0.07, "L", ACKLAND)
    log_segment_mass: Range = _around(0.05, "D", MYERS)
    log_segment_centre: Range = _around(0.025, "D", MYERS)


class Control(Strict):
    """What a person minimises, how much the antagonists work, and what inverse dynamics gets wrong."""

    exponent: Range = Range(low=1.5, high=4.0, basis="M")
    log_weight: Range = _around(0.5, "M", "each muscle")
    volume_weighted: Annotated[float, Field(ge=0, le=1)] = 0.5
    floor: Range = Range(low=0.01, high=0.05, basis="M")
    co_activation: Range = Range(low=0.0, high=0.2, basis="D", source="share of the mean of all muscles of the leg")
    moment_noise: Range = Range(low=2.0, high=8.0, basis="M", source="N m at 75 kg and 1.75 m")
    noise_cutoff: Range = Range(low=1.0, high=4.0, basis="D", source="Hz")


class Sensor(Strict):
    """Ranges of the parameters of `physiology.Observation`, within the bounds of its priors."""

    offset: Range = Range(low=-0.065, high=0.065, mean=0.0, sd=0.040, basis="D", source="clocks of motion and EMG")
    delay: Range = Range(
        low=-0.025, high=0.085, mean=0.030, sd=0.025, basis="L", source=physiology.PRIORS["delay"].source
    )
    crosstalk: Range = Range(low=0.0, high=0.25, basis="L", source=physiology.PRIORS["crosstalk"].source)
    exponent: Range = Range(low=0.7, high=1.2)
    baseline: Range = Range(low=0.0, high=0.05)
    log_gain: Range = Range(low=-1.5, high=1.5, mean=0.0, sd=0.5, source=physiology.PRIORS["log_gain"].source)
    noise: Range = Range(low=0.05, high=0.15)
    cutoff: Range = Range(low=3.0, high=10.0)

    @model_validator(mode="after")
    def _within_bounds(self) -> Self:
        for name, prior in physiology.PRIORS.items():
            own: Range = getattr(self, name)
            if own.low < prior.low - 1e-9 or own.high > prior.high + 1e-9:
                raise ValueError(f"{name} lies between {prior.low:g} and {prior.high:g}")
        return self

    @property
    def ranges(self) -> Mapping[str, physiology.Prior]:
        """As `Observation.draw` takes them."""
        return {name: getattr(self, name).prior(name) for name in physiology.PRIORS}


class Config(Strict):
    """Everything that decides what virtual laboratories look like.

    `labs` share the people out, one after the other; a lab is one for children with the probability `children`. Each
    person does every movement for `seconds` in every session. `labels` are what a recording holds: envelopes at
    `sites` (`sensor`), the activation of all 80 muscles (`activation`), or `both`, in recordings of their own. If the
    muscles leave more than 5 N m open in more than the share `infeasible` of the frames they do not explain a motion:
    when that is the first of the movements the person is drawn again, `attempts` times in all, else the movement is
    left out. `angle_offset` (rad) is the error of a measured joint angle, drawn for each session.
    """

    labs: Annotated[int, Field(ge=1)] = 4
    sessions: Annotated[int, Field(ge=1)] = 1
    seconds: Annotated[float, Field(ge=2, le=3600)] = 10.0
    rate: Annotated[float, Field(ge=50, le=1000)] = 100.0
    movements: Annotated[tuple[str, ...], Field(min_length=1)] = ("walk", "run", "squat", "step_down")
    sites: Annotated[tuple[str, ...], Field(min_length=1)] = SITES
    labels: Literal["sensor", "activation", "both"] = "sensor"
    children: Annotated[float, Field(ge=0, le=1)] = 0.25
    attempts: Annotated[int, Field(ge=1, le=100)] = 20
    infeasible: Annotated[float, Field(ge=0, lt=1)] = 0.05
    child_age: Range = Range(low=6.0, high=14.0, source="years")
    angle_offset: Range = _around(math.radians(3.0), "D", MYERS)
    anatomy: Anatomy = Anatomy()
    control: Control = Control()
    sensor: Sensor = Sensor()

    @model_validator(mode="after")
    def _known(self) -> Self:
        for what, names, known in (("movement", self.movements, KINDS), ("site", self.sites, SITES)):
            for name in names:
                if name not in known:
                    raise ValueError(f"unknown {what} {name!r}, there are {', '.join(known)}")
            if len(set(names)) < len(names):
                raise ValueError(f"a {what} is named twice")
        return self


@dataclass(frozen=True, kw_only=True)
class Body:
    """Mass in kg, height in m, age in years (20 stands for every adult)."""

    mass: float
    height: float
    age: float

    @classmethod
    def draw(cls, random: np.random.Generator, age: float) -> Body:
        """A body of that age, of either sex: height and body mass index are lognormal, cut at 2.5 SD."""
        height, height_sd, index, index_sd = (np.interp(age, GROWTH[:, 0], column) for column in GROWTH.T[1:])
        tall, stout = truncated(random, 2, 0.0, 1.0, -2.5, 2.5)
        metres = float(height * np.exp(height_sd * tall))
        return cls(mass=float(index * np.exp(index_sd * stout)) * metres**2, height=metres, age=age)


def varied(model: Model, ranges: Anatomy, random: np.random.Generator) -> Model:
    """A model whose muscles and segments differ from these, alike in both legs; the body keeps its mass."""
    count = len(model.legs["r"].names)
    strength = ranges.log_strength.draw(random, 1) + ranges.log_muscle_strength.draw(random, count)
    fibre, tendon = ranges.log_fibre_length.draw(random, count), ranges.log_tendon_slack.draw(random, count)
    arms = np.exp(ranges.log_moment_arm.draw(random, count))
    masses = np.array([segment.mass for segment in model.segments])
    heavier = masses * np.exp(ranges.log_segment_mass.draw(random, len(masses)))
    heavier *= masses.sum() / heavier.sum()
    centres = np.exp(ranges.log_segment_centre.draw(random, len(masses)))
    segments = tuple(
        replace(
            segment,
            mass=float(new),
            centre=segment.centre * centre,
            inertia=segment.inertia * (new / segment.mass if segment.mass else 1.0),
        )
        for segment, new, centre in zip(model.segments, heavier, centres, strict=True)
    )
    legs = {side: _varied_leg(leg, strength, fibre, tendon, arms) for side, leg in model.legs.items()}
    return replace(model, segments=segments, legs=legs)


def _varied_leg(leg: Leg, strength: Array, fibre: Array, tendon: Array, arms: Array) -> Leg:
    """Moment arms are scaled, and with them how the length changes; the length at the zero posture stays."""
    constant = leg.paths.exponents.sum(axis=1, keepdims=True) == 0
    muscles = replace(
        leg.muscles,
        maximum_force=leg.muscles.maximum_force * _factors(strength, leg.muscles.maximum_force),
        optimal_length=leg.muscles.optimal_length * _factors(fibre, leg.muscles.optimal_length),
        minimum_length=leg.muscles.minimum_length * _factors(fibre, leg.muscles.minimum_length),
        tendon_slack=leg.muscles.tendon_slack * _factors(tendon, leg.muscles.tendon_slack),
    )
    paths = replace(leg.paths, coefficients=leg.paths.coefficients * np.where(constant, 1.0, arms))
    return replace(leg, muscles=muscles, paths=paths)


def _factors(logarithms: Array, like: torch.Tensor) -> torch.Tensor:
    return torch.as_tensor(np.exp(logarithms), dtype=like.dtype, device=like.device)


def objective(model: Model, ranges: Control, random: np.random.Generator) -> Objective:
    """What one person minimises; weights have the mean 1, with or without the muscles' volumes."""
    muscles = model.legs["r"].muscles
    logarithms = ranges.log_weight.draw(random, len(model.legs["r"].names))
    by_volume = random.random() < ranges.volume_weighted
    volume = (muscles.maximum_force * muscles.optimal_length).numpy() if by_volume else 1.0
    weights = np.exp(logarithms) * volume
    return Objective(
        exponent=ranges.exponent.one(random),
        weights=torch.as_tensor(weights / weights.mean(), dtype=muscles.maximum_force.dtype),
        floor=ranges.floor.one(random),
    )


def moment_noise(count: int, rate: float, body: Body, ranges: Control, random: np.random.Generator) -> Array:
    """(T, 10) N m that inverse dynamics is wrong by: smooth, one size for all joints, in proportion to the body."""
    size = ranges.moment_noise.one(random) * body.mass * body.height / REFERENCE_SIZE
    margin = round(rate)
    white = random.standard_normal((count + 2 * margin, 2 * len(LEG)))
    smooth = signal.lowpass(white, rate, ranges.noise_cutoff.one(random))[margin : margin + count]
    return np.asarray(size * smooth / smooth.std())


def co_activated(activation: Array, share: float) -> Array:
    """(T, M) of one leg, every muscle with a share of the leg's mean on top of its own, never above 1.

    A drive common to agonists and antagonists; the moments it adds are not balanced again.
    """
    common = activation.mean(axis=1, keepdims=True)
    return np.asarray(activation + share * common * (1.0 - activation))


def angle_errors(config: Config, random: np.random.Generator) -> dict[str, float]:
    """Rad by which the measured angle of each coordinate of the legs is off the true one, in one session."""
    names = [name for side in SIDES for name in sided(LEG, side)]
    return dict(zip(names, config.angle_offset.draw(random, len(names)).tolist(), strict=True))
