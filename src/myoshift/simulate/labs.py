"""Virtual laboratories: people drawn at random who move, muscles that explain the motion, electrodes that see them.

Laboratory j and person i have random numbers of their own, which follow from the seed and from j or i alone: they are
the same however many others there are, and whoever computes them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

import numpy as np
import torch

from myoshift import signal
from myoshift.physiology import Observation
from myoshift.simulate import randomise, table
from myoshift.simulate.engine import Objective, Simulation, simulate
from myoshift.simulate.model import COORDINATES, LEG, PELVIS, SIDES, Model, sided
from myoshift.simulate.motion import Motion, Reaction
from myoshift.simulate.movements import POSTURES, Kind, Movement
from myoshift.simulate.randomise import Body, Config
from myoshift.simulate.scaling import scaled
from myoshift.simulate.threads import one_thread
from myoshift.types import Array, Array32, Event, Flag, Mask, Recording, Side

MARGIN = 0.5  # s cut off at both ends, where derivatives and filters see an edge
SETTLE = 0.03  # s around a frame without activation in which the envelope is a guess
MEASURED = (*PELVIS[:3], *(name for side in SIDES for name in sided(LEG, side)))
"""What a virtual laboratory measures of the motion."""
MUSCLES = "-activation"
"""Stands behind the trial of a recording that holds muscles; the others hold what a sensor shows."""
LABORATORY, PERSON = range(2)
BODY, ANATOMY, CONTROL, MOVEMENT, MOMENTS, SENSOR, ANGLES, NOISE = range(8)


def _random(seed: int, *key: int) -> np.random.Generator:
    """Random numbers that no other key shares."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


Move = Callable[[str, np.random.Generator, int, Body, float, float], Motion]
"""From a kind of movement, random numbers of a person, number of a session, a body, seconds and Hz to a motion."""
Solve = Callable[[Model, Motion, Objective, Array], Simulation]
"""From a model, a motion, an objective and errors of the moments (T, 10) to a simulation."""


@dataclass(frozen=True, kw_only=True)
class World:
    """What virtual people are made of: a model, and how it is scaled (mass, height), moved and solved."""

    model: Model
    scale: Callable[[Model, float, float], Model]
    move: Move
    solve: Solve


@dataclass(frozen=True, kw_only=True)
class SimulatedLab:
    """One named draw of what a laboratory's recordings share: its filter, its clock, its noise; whom it measures."""

    name: str
    sensor: Observation
    children: bool

    @staticmethod
    def called(index: int) -> str:
        """The name of a laboratory, which is its institution."""
        return f"virtual-{index}"

    @classmethod
    def draw(cls, index: int, seed: int, config: Config) -> SimulatedLab:
        """Laboratory `index` of this seed."""
        random = _random(seed, LABORATORY, index)
        children = bool(random.random() < config.children)
        sensor = Observation.draw(config.sites, random, ranges=config.sensor.ranges)
        return cls(name=cls.called(index), sensor=sensor, children=children)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One person of a virtual laboratory; no recordings where every attempt was rejected.

    `rejected` says why earlier draws of the person were, `left_out` which movements were beyond the person's muscles.
    """

    laboratory: str
    subject: str
    body: Body
    recordings: tuple[Recording, ...]
    rejected: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class _Rejected(Exception):  # noqa: N818
    """The muscles of a drawn person do not explain a motion."""


def virtual_labs(
    subjects: int, seed: int = 0, config: Config | None = None, *, world: World | None = None
) -> Iterator[Recording]:
    """Recordings of people in virtual laboratories, person by person; see `draw_person`."""
    for index in range(subjects):
        yield from draw_person(index, seed, config or Config(), world).recordings


@one_thread()
def draw_person(index: int, seed: int, config: Config, world: World | None = None) -> Drawn:
    """Person `index`, of the laboratory `index` modulo their number, in all sessions and movements.

    The activation is that of the true motion, with moments off by noise; what is recorded of the motion is off by the
    errors of the angles. Somebody whose muscles cannot explain the first movement is rejected and drawn again; any
    other movement that they cannot explain is left out.

    Parameters
    ----------
    index : of the person, from 0 on
    seed : of every random draw
    world : how people move and what their muscles do; the embedded model and generated movements when None
    """
    world = world or embedded()
    lab, subject = SimulatedLab.draw(index % config.labs, seed, config), f"p{index:04d}"
    rejected = list[str]()
    for attempt in range(config.attempts):
        person = _Person(lab, subject, (seed, PERSON, index, attempt), config, world)
        try:
            recordings = tuple(person.recordings())
        except _Rejected as error:
            rejected.append(str(error))
            continue
        break
    else:
        recordings = ()
    return Drawn(
        laboratory=lab.name,
        subject=subject,
        body=person.body,
        recordings=recordings,
        rejected=tuple(rejected),
        left_out=tuple(person.left_out) if recordings else (),
    )


def move(kind: str, random: np.random.Generator, session: int, body: Body, seconds: float, rate: float) -> Motion:
    """A generated movement: the style of a person is the same in all sessions, what changes by the cycle is not."""
    drawn = Movement.draw(random, cast(Kind, kind), height=body.height)
    return replace(drawn, seed=drawn.seed + session).motion(seconds, rate)


def _solve(model: Model, motion: Motion, objective: Objective, noise: Array) -> Simulation:
    return simulate(model, motion, objective=objective, moment_noise=noise)


@cache
def embedded() -> World:
    """The embedded model, generated movements, static optimisation."""
    return World(model=table.load(), scale=scaled, move=move, solve=_solve)


class _Person:
    """A person being drawn: body, muscles and control are the same in all sessions and movements."""

    def __init__(self, lab: SimulatedLab, subject: str, key: tuple[int, ...], config: Config, world: World) -> None:
        self.lab, self.subject, self.config, self.world = lab, subject, config, world
        self.seed, *self.key = key
        self.left_out = list[str]()
        adult = float(randomise.GROWTH[-1, 0])
        random = self._random(BODY)
        self.body = Body.draw(random, config.child_age.one(random) if lab.children else adult)
        scaled = world.scale(world.model, self.body.mass, self.body.height)
        self.model = randomise.varied(scaled, config.anatomy, self._random(ANATOMY))
        control = self._random(CONTROL)
        self.objective = randomise.objective(self.model, config.control, control)
        self.co_activation = config.control.co_activation.one(control)

    def recordings(self) -> Iterator[Recording]:
        """Every movement of every session that the muscles explain.

        Raises
        ------
        _Rejected
            When they do not explain the first one.
        """
        for session in range(self.config.sessions):
            sensors = self._electrodes(session)
            errors = randomise.angle_errors(self.config, self._random(ANGLES, session))
            for number, kind in enumerate(self.config.movements):
                try:
                    yield from self._record(session, number, kind, errors, sensors)
                except _Rejected as error:
                    if number == 0:
                        raise
                    self.left_out.append(str(error))

    def _electrodes(self, session: int) -> dict[Side, Observation]:
        """The sensors of both legs: one person, electrodes put on anew for each session and leg."""
        ranges, sensors = self.config.sensor.ranges, dict[Side, Observation]()
        own = copy.deepcopy(self.lab.sensor)
        own.redraw(self._random(SENSOR), "person", ranges)
        for number, side in enumerate(SIDES):
            sensors[side] = copy.deepcopy(own)
            sensors[side].redraw(self._random(SENSOR, session, number), "session", ranges)
        return sensors

    def _record(
        self, session: int, number: int, kind: str, errors: dict[str, float], sensors: dict[Side, Observation]
    ) -> Iterator[Recording]:
        config, rate = self.config, self.config.rate
        motion = self.world.move(kind, self._random(MOVEMENT), session, self.body, config.seconds + 2 * MARGIN, rate)
        noise = randomise.moment_noise(
            len(motion.values), rate, self.body, config.control, self._random(MOMENTS, session, number)
        )
        found = self.world.solve(self.model, motion, self.objective, noise)
        self._reject(kind, found)
        motion = _measured(motion, errors)
        missing = np.asarray(~np.isfinite(found.activation).all(axis=1), np.bool_)
        whole = bridged(found.activation, missing)
        legs = [randomise.co_activated(whole[:, half], self.co_activation) for half in _halves(whole)]
        seen = self._seen(legs, missing, sensors, self._random(NOISE, session, number))
        muscles = np.where(missing[:, None], np.nan, np.hstack(legs))
        names = tuple(f"{site}_{side}" for side in SIDES for site in config.sites)
        if config.labels != "activation":
            yield self._recording(session, kind, motion, found, seen, names)
        if config.labels != "sensor":
            plain = self._recording(session, kind, motion, found, muscles, found.names)
            yield replace(plain, trial=f"{plain.trial}{MUSCLES}", domain=f"{plain.domain}{MUSCLES}")

    def _reject(self, kind: str, found: Simulation) -> None:
        inner = _inner(len(found.feasible), self.config.rate)
        share = 1.0 - float(np.mean(found.feasible[inner]))
        if share > self.config.infeasible:
            largest = float(np.abs(found.reserves[inner]).max())
            raise _Rejected(f"{kind}: {share:.0%} of the frames not feasible, reserve up to {largest:.0f} N m")

    def _seen(
        self, legs: list[Array], missing: Mask, sensors: dict[Side, Observation], random: np.random.Generator
    ) -> Array:
        """(T, 2 S) envelopes of both legs, NaN around frames without activation."""
        rate, envelopes = self.config.rate, []
        for side, leg in zip(SIDES, legs, strict=True):
            white = random.standard_normal((1, len(leg), len(self.config.sites)))
            with torch.no_grad():
                values = torch.tensor(leg[None], dtype=torch.float32)
                envelopes.append(sensors[side](values, rate, torch.tensor(white, dtype=torch.float32))[0].numpy())
        reach = np.ones(2 * round(SETTLE * rate) + 1)
        around = np.convolve(missing, reach, mode="same") > 0
        return np.where(around[:, None], np.nan, np.hstack(envelopes))

    def _recording(
        self, session: int, kind: str, motion: Motion, found: Simulation, labels: Array, names: tuple[str, ...]
    ) -> Recording:
        rate, inner = self.config.rate, _inner(len(labels), self.config.rate)
        columns = [COORDINATES.index(name) for name in MEASURED]
        return Recording(
            motion=motion.values[inner][:, columns].astype(np.float32),
            motion_names=MEASURED,
            activation=labels[inner].astype(np.float32),
            activation_names=names,
            rate=rate,
            dataset="virtual",
            domain=f"virtual/healthy-{kind}",
            institution=self.lab.name,
            subject=self.subject,
            task=kind,
            trial=kind,
            session=f"s{session + 1}",
            mass=self.body.mass,
            height=self.body.height,
            kind="simulated",
            segment_orientation=POSTURES.get(kind),
            events=_strikes(found.reaction, inner, rate),
            flags=(*motion.flags, *found.flags, Flag("virtual", str(self))),
        )

    def __str__(self) -> str:
        body, goal = self.body, self.objective
        return (
            f"{body.mass:.1f} kg, {body.height:.2f} m, exponent {goal.exponent:.2f}, floor {float(goal.floor):.3f}, "
            f"co-activation {self.co_activation:.2f}"
        )

    def _random(self, *key: int) -> np.random.Generator:
        return _random(self.seed, *self.key, *key)


def _measured(motion: Motion, errors: dict[str, float]) -> Motion:
    """The motion as markers that sit a little off show it."""
    values = motion.values.copy()
    for name, error in errors.items():
        values[:, COORDINATES.index(name)] += error
    return replace(motion, values=values)


def bridged(activation: Array | Array32, missing: Mask) -> Array:
    """(T, M) with straight lines over the frames (T,) that are missing; at least one must be there."""
    frames = np.arange(len(activation))
    there = frames[~missing]
    return np.stack([np.interp(frames, there, column[there]) for column in activation.T], axis=1)


def _halves(activation: Array) -> tuple[slice, slice]:
    half = activation.shape[1] // 2
    return slice(0, half), slice(half, None)


def _inner(count: int, rate: float) -> slice:
    margin = round(MARGIN * rate)
    return slice(margin, count - margin)


def _strikes(reaction: Reaction | None, inner: slice, rate: float) -> tuple[Event, ...]:
    """Foot strikes of both legs from the vertical force, where there is one."""
    if reaction is None:
        return ()
    found = [
        Event("foot_strike", float(seconds), side)
        for side in SIDES
        for seconds in signal.strikes_from_force(reaction.force[side][inner, 1], rate)
    ]
    return tuple(sorted(found, key=lambda event: event.time))
