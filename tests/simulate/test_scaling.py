from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift.errors import DataRefused
from myoshift.physiology.muscle import Muscles
from myoshift.simulate import table
from myoshift.simulate.engine import simulate
from myoshift.simulate.inverse_dynamics import inverse_dynamics
from myoshift.simulate.model import COORDINATES, LEG, SIDES, Leg, Model, Paths, Point, sided
from myoshift.simulate.posture import complete
from myoshift.simulate.scaling import height_of, scaled
from myoshift.simulate.tree import place
from simulate.motions import body, waves

PELVIS_SLIDES = slice(3, 6)


def model():
    """The embedded body with two muscles a leg that bend hip and knee."""
    muscles = Muscles(
        maximum_force=torch.tensor([1000.0, 2000.0]),
        optimal_length=torch.tensor([0.10, 0.08]),
        tendon_slack=torch.tensor([0.2, 0.25]),
        pennation=torch.tensor([0.1, 0.2]),
        maximum_velocity=torch.tensor([10.0, 10.0]),
        minimum_length=torch.tensor([0.02, 0.02]),
    )
    paths = Paths(exponents=np.eye(6, 5, -1, dtype=np.int64), coefficients=np.linspace(-0.05, 0.3, 12).reshape(6, 2))
    leg = Leg(names=("iliacus", "bfsh"), muscles=muscles, paths=paths)
    return Model(
        name="toy",
        mass=75.0,
        height=1.7,
        segments=body(),
        legs={"r": leg, "l": leg},
        points=(Point(muscle="iliacus_r", segment="pelvis", location=(0.1, 0.2, 0.3)),),
    )


def test_lengths_grow_with_height_and_forces_with_a_power_of_mass():
    big = scaled(model(), 150.0, 2.04)
    before, after = model().legs["r"], big.legs["r"]
    torch.testing.assert_close(after.muscles.maximum_force, before.muscles.maximum_force * 2 ** (2 / 3))
    torch.testing.assert_close(after.muscles.optimal_length, before.muscles.optimal_length * 1.2)
    torch.testing.assert_close(after.muscles.tendon_slack, before.muscles.tendon_slack * 1.2)
    torch.testing.assert_close(after.muscles.minimum_length, before.muscles.minimum_length * 1.2)
    torch.testing.assert_close(after.muscles.pennation, before.muscles.pennation)
    np.testing.assert_allclose(after.paths.coefficients, before.paths.coefficients * 1.2)
    np.testing.assert_allclose(big.points[0].location, (0.12, 0.24, 0.36))
    assert (big.mass, big.height) == (150.0, 2.04)
    assert sum(segment.mass for segment in big.segments) == pytest.approx(2 * sum(s.mass for s in body()))


def test_a_body_in_the_same_posture_is_larger_all_over():
    q = waves(frames=3)[0]
    moved = q.clone()
    moved[:, PELVIS_SLIDES] *= 1.2
    before, after = place(body(), q), place(scaled(model(), 75.0, 2.04).segments, moved)
    torch.testing.assert_close(after[0], before[0])
    torch.testing.assert_close(after[1], 1.2 * before[1])


@given(mass=st.floats(15, 150), height=st.floats(0.9, 2.1), seed=st.integers(0, 9))
@settings(deadline=None, max_examples=20)
def test_moments_grow_with_mass_times_length_in_dynamically_similar_motions(mass, height, seed):
    """The same angles, slower by the root of the length: moments over weight times height stay (Hof 1996)."""
    q, speed, acceleration = waves(seed, frames=3)
    length, weight = height / 1.7, mass / 75.0
    other = (q.clone(), speed / length**0.5, acceleration / length)
    for part in other:
        part[:, PELVIS_SLIDES] *= length
    tau = inverse_dynamics(body(), q, speed, acceleration)
    larger = inverse_dynamics(scaled(model(), mass, height).segments, *other)
    turning = [column for column in range(len(COORDINATES)) if column not in (3, 4, 5)]
    np.testing.assert_allclose(larger[:, turning], weight * length * tau[:, turning], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("height", [1.62, 1.66, 1.74, 1.78])
def test_mass_and_height_together_leave_what_muscles_must_give_within_5_percent(height):
    """Of their capacity: moment over maximum force times moment arm."""
    length = height / 1.7
    person = scaled(model(), 75.0 * length**3, height)
    motion = list(waves(frames=3))
    for part in motion:
        part[:, PELVIS_SLIDES] = 0.0
    slower = (motion[0], motion[1] / length**0.5, motion[2] / length)
    columns = [COORDINATES.index(name) for name in sided(LEG, "r")]
    moments = inverse_dynamics(person.segments, *slower) / inverse_dynamics(body(), *motion)
    legs = (person.legs["r"], model().legs["r"])
    force = legs[0].muscles.maximum_force[0] / legs[1].muscles.maximum_force[0]
    arm = legs[0].paths.coefficients[1, 0] / legs[1].paths.coefficients[1, 0]
    assert np.abs(moments[:, columns].numpy() / float(force * arm) - 1).max() < 0.05


def squat(model, rate=50.0):
    """Two slow squats on flat feet."""
    time = np.arange(round(4 * rate)) / rate
    bend = 0.5 - 0.5 * np.cos(np.pi * time)
    angles = {"hip_flexion": 1.2, "knee_angle": 1.4, "ankle_angle": 0.5}
    names = [f"{name}_{side}" for side in SIDES for name in angles]
    values = np.stack([angles[name[:-2]] * bend for name in names], axis=1)
    return complete(values, names, rate, segments=model.segments)[0].motion


@pytest.mark.parametrize("height", [1.62, 1.78])
def test_activations_stay_within_5_percent_when_mass_and_height_grow_together(height):
    adult = table.load()
    length = height / adult.height
    person = scaled(adult, adult.mass * length**3, height)
    motion = squat(adult)
    larger = motion.values.copy()
    larger[:, PELVIS_SLIDES] *= length
    usual = simulate(adult, motion).activation
    other = simulate(person, replace(motion, values=larger, rate=motion.rate / length**0.5)).activation
    assert usual.max() > 0.2
    assert np.sqrt(np.mean((other - usual) ** 2)) < 0.05 * np.sqrt(np.mean(usual**2))
    heavier = simulate(scaled(adult, 1.5 * adult.mass, adult.height), motion).activation
    assert np.sqrt(np.mean((heavier - usual) ** 2)) > 0.1 * np.sqrt(np.mean(usual**2))


def test_a_child_needs_less_of_its_muscles_than_an_adult():
    child = scaled(model(), 20.0, 1.15)
    weight = 20.0 / 75.0
    force = child.legs["r"].muscles.maximum_force / model().legs["r"].muscles.maximum_force
    np.testing.assert_allclose(weight / force, weight ** (1 / 3))


def test_the_same_person_is_the_same_model():
    again = scaled(model(), 75.0, 1.7)
    q, speed, acceleration = waves(frames=3)
    torch.testing.assert_close(
        inverse_dynamics(again.segments, q, speed, acceleration), inverse_dynamics(body(), q, speed, acceleration)
    )


@pytest.mark.parametrize(("mass", "height"), [(75.0, 170.0), (75_000.0, 1.7), (float("nan"), 1.7)])
def test_nobody_is_that_heavy_or_tall(mass, height):
    with pytest.raises(DataRefused, match="no person is"):
        scaled(model(), mass, height)


def test_height_to_expect_of_a_mass():
    heights = [height_of(mass) for mass in range(12, 120)]
    assert (np.diff(heights) >= 0).all()
    assert 1.08 < height_of(18.4) < 1.12  # median boy of five years: 1.09 m
    assert 1.70 < height_of(75.0) < 1.76
    assert height_of(150.0) < 2.0
