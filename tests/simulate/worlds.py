"""A world without inverse dynamics: people whose muscles follow their joint angles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from myoshift import anatomy
from myoshift.physiology.muscle import Muscles
from myoshift.simulate.engine import Simulation
from myoshift.simulate.labs import World
from myoshift.simulate.model import COORDINATES, LEG, SIDES, Leg, Model, Paths, Segment, sided
from myoshift.simulate.motion import Motion, Reaction

MUSCLES = len(anatomy.IPSILATERAL)
MOMENTS = tuple(name for side in SIDES for name in sided(LEG, side))


def leg():
    random = np.random.default_rng(0)
    each = [torch.tensor(random.uniform(low, high, MUSCLES)) for low, high in ((500, 3000), (0.05, 0.2), (0.1, 0.4))]
    return Leg(
        names=anatomy.IPSILATERAL,
        muscles=Muscles(
            maximum_force=each[0],
            optimal_length=each[1],
            tendon_slack=each[2],
            pennation=torch.zeros(MUSCLES, dtype=torch.float64),
            maximum_velocity=torch.full((MUSCLES,), 10.0, dtype=torch.float64),
            minimum_length=0.4 * each[1],
        ),
        paths=Paths(
            exponents=np.array([[0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 2, 0]]),
            coefficients=random.normal(0.3, 0.05, (3, MUSCLES)),
        ),
    )


def model():
    segments = tuple(
        Segment(
            name=name,
            parent="ground" if mass > 30 else "pelvis",
            mass=mass,
            centre=np.array([0.0, -0.1, 0.02]),
            inertia=np.eye(3) * mass / 100,
            parent_offset=np.zeros(3),
        )
        for name, mass in (("pelvis", 40.0), ("femur_r", 20.0), ("femur_l", 15.0))
    )
    return Model(name="fake", mass=75.0, height=1.7, segments=segments, legs={side: leg() for side in SIDES})


def move(kind, random, session, body, seconds, rate):
    time = np.arange(round(seconds * rate)) / rate
    values = np.zeros((len(time), len(COORDINATES)))
    stride, phase = random.normal(1.1, 0.05), random.random() + 0.1 * session
    for k, name in enumerate(MOMENTS):
        cycle = time / stride + phase + k / 10 + (0.5 if name.endswith("_l") else 0.0)
        values[:, COORDINATES.index(name)] = 0.4 * np.sin(2 * np.pi * cycle) * (1.5 if kind == "run" else 1.0)
    return Motion(values=values, rate=rate)


def solve(model, motion, objective, noise):
    """Each muscle follows the leg's angles by its strength; noisy moments raise reserves."""
    angles = motion.values[:, [COORDINATES.index(name) for name in MOMENTS]]
    halves = []
    for side, columns in zip(SIDES, (slice(0, 5), slice(5, 10)), strict=True):
        strength = model.legs[side].muscles.maximum_force.numpy()
        mixing = np.cos(np.outer(np.arange(5), np.arange(MUSCLES)))
        drive = 0.3 + 0.25 * np.tanh((angles + 0.01 * noise)[:, columns] @ mixing)
        halves.append(np.clip(drive * 1500 / strength, float(objective.floor), 1.0))
    activation = np.hstack(halves)
    reserves = 0.1 * noise
    feasible = np.abs(reserves).max(axis=1) < 5.0
    activation[~feasible] = np.nan
    force = np.zeros((len(angles), 3))
    reaction = Reaction(
        force={side: force + [0, 700, 0] * (angles[:, [5 * k]] > 0) for k, side in enumerate(SIDES)},
        moment=dict.fromkeys(SIDES, force),
    )
    return Simulation(
        activation=activation,
        names=tuple(f"{name}_{side}" for side in SIDES for name in anatomy.IPSILATERAL),
        moments=noise,
        moment_names=MOMENTS,
        reserves=reserves,
        feasible=feasible,
        reaction=reaction,
    )


def scale(model, mass, height):
    return replace(model, mass=mass, height=height)


def world(**changes):
    return World(**{"model": model(), "scale": scale, "move": move, "solve": solve, **changes})
