from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.errors import DataRefused
from myoshift.simulate.contact import centre_of_mass, foot_points
from myoshift.simulate.inverse_dynamics import GRAVITY, differentiate, inverse_dynamics, root_wrench
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.motion import Reaction
from myoshift.simulate.tree import place
from simulate.motions import body, mirror, still, waves

FINE = 20_000.0


def energy(q, speed):
    """Kinetic and potential energy (T,) of the body, from positions alone."""
    step = 1e-5
    before, here, after = (place(body(), q + shift * speed) for shift in (-step, 0.0, step))
    total = torch.zeros(len(q), dtype=q.dtype)
    for index, segment in enumerate(body()):
        local = torch.tensor(segment.centre)
        centre = [origins[:, index] + rotations[:, index] @ local for rotations, origins in (before, here, after)]
        drift = (centre[2] - centre[0]) / (2 * step)
        turn = (after[0][:, index] - before[0][:, index]) / (2 * step) @ here[0][:, index].transpose(1, 2)
        spin = torch.stack([turn[:, 2, 1], turn[:, 0, 2], turn[:, 1, 0]], dim=1)
        inner = (here[0][:, index].transpose(1, 2) @ spin.unsqueeze(-1)).squeeze(-1)
        inertia = torch.tensor(segment.inertia)
        total += 0.5 * segment.mass * drift.square().sum(1) + 0.5 * ((inner @ inertia) * inner).sum(1)
        total += segment.mass * GRAVITY * centre[1][:, 1]
    return total


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_power_of_the_joints_is_the_change_of_energy(seed):
    q, speed, acceleration = waves(seed, frames=9, rate=FINE)
    power = (inverse_dynamics(body(), q, speed, acceleration) * speed).sum(1)
    change = torch.gradient(energy(q, speed), spacing=1 / FINE)[0]
    np.testing.assert_allclose(power[1:-1], change[1:-1], rtol=1e-5)


def momentum(q, speed):
    """Angular momentum (T, 3) of the body about the origin of the ground, from positions alone."""
    step = 1e-5
    before, here, after = (place(body(), q + shift * speed) for shift in (-step, 0.0, step))
    total = torch.zeros(len(q), 3, dtype=q.dtype)
    for index, segment in enumerate(body()):
        # Six mass points on the principal axes have the mass, centre and inertia of the segment.
        squares, axes = np.linalg.eigh(np.eye(3) * np.trace(segment.inertia) / 2 - segment.inertia)
        offsets = axes * np.sqrt(3 * squares / segment.mass)
        for local in (segment.centre + sign * offset for offset in offsets.T for sign in (1, -1)):
            at = [o[:, index] + r[:, index] @ torch.tensor(local) for r, o in (before, here, after)]
            total += segment.mass / 6 * torch.linalg.cross(at[1], (at[2] - at[0]) / (2 * step))
    return total


def test_the_root_wrench_is_the_change_of_momentum():
    q, speed, acceleration = waves(3, frames=9, rate=FINE)
    weight = torch.tensor([0.0, GRAVITY * sum(segment.mass for segment in body()), 0.0], dtype=q.dtype)
    centre = centre_of_mass(body(), q)
    rise = (centre[2:] - 2 * centre[1:-1] + centre[:-2]) * FINE**2
    wrench = root_wrench(body(), q, speed, acceleration)[1:-1]
    np.testing.assert_allclose(wrench[:, :3], weight[1] / GRAVITY * rise + weight, rtol=1e-4, atol=1e-3)
    change = torch.gradient(momentum(q, speed), spacing=1 / FINE, dim=0)[0]
    expected = change + torch.linalg.cross(centre, weight.expand_as(centre))
    np.testing.assert_allclose(wrench[:, 3:], expected[1:-1], rtol=1e-4, atol=1e-3)


def test_a_reaction_under_the_centre_of_mass_carries_a_body_at_rest():
    q, speed, acceleration = still(pelvis_ty=0.95, hip_flexion_r=0.3, hip_flexion_l=0.3)
    weight = GRAVITY * sum(segment.mass for segment in body())
    force = np.tile([0.0, weight / 2, 0.0], (len(q), 1))
    moment = np.cross(centre_of_mass(body(), q).numpy(), force)
    reaction = Reaction(force={"r": force, "l": force}, moment={"r": moment, "l": moment})
    tau = inverse_dynamics(body(), q, speed, acceleration, reaction)
    np.testing.assert_allclose(tau[:, :6], 0.0, atol=1e-9)
    assert abs(float(tau[0, COORDINATES.index("hip_flexion_r")])) > 5.0


def test_a_reaction_acts_on_the_joints_of_its_own_leg_through_their_levers():
    q, speed, acceleration = waves(frames=5)
    force = np.random.default_rng(0).normal(size=(5, 3))
    point = foot_points(body(), q)[:, 0]
    nothing = np.zeros((5, 3))
    moment = np.cross(point.numpy(), force)
    reaction = Reaction(force={"r": force, "l": nothing}, moment={"r": moment, "l": nothing})
    change = inverse_dynamics(body(), q, speed, acceleration, reaction) - inverse_dynamics(
        body(), q, speed, acceleration
    )
    jacobian = torch.func.jacrev(lambda at: foot_points(body(), at)[:, 0].sum(0))(q).permute(1, 0, 2)
    expected = -(torch.tensor(force).unsqueeze(-1) * jacobian).sum(1)
    np.testing.assert_allclose(change, expected, atol=1e-7)


def test_a_mirrored_motion_has_mirrored_moments():
    motion = waves(5)
    tau = inverse_dynamics(body(), *motion)
    other = inverse_dynamics(body(), *(mirror(part) for part in motion))
    np.testing.assert_allclose(other, mirror(tau), atol=1e-9)


def test_blocks_are_joined_in_order():
    q, speed, acceleration = (part.repeat(30, 1) for part in waves(frames=100))
    long = inverse_dynamics(body(), q, speed, acceleration)
    np.testing.assert_allclose(long[-100:], inverse_dynamics(body(), *waves(frames=100)), atol=1e-12)


def test_no_frames_need_no_moments():
    q, speed, acceleration = still(0)
    assert inverse_dynamics(body(), q, speed, acceleration).shape == (0, len(COORDINATES))


def test_parts_that_do_not_fit_are_refused():
    q, speed, acceleration = waves(frames=5)
    with pytest.raises(DataRefused, match="do not fit"):
        inverse_dynamics(body(), q, speed[:4], acceleration)
    acceleration[2, 3] = torch.nan
    with pytest.raises(DataRefused, match="missing or infinite"):
        inverse_dynamics(body(), q, speed, acceleration)


def test_derivatives_of_sampled_waves():
    q, speed, acceleration = (part.numpy() for part in waves(frames=300))
    values, first, second = differentiate(q, 100.0, None)
    np.testing.assert_array_equal(values, q)
    np.testing.assert_allclose(first, speed, atol=1e-4)
    np.testing.assert_allclose(second[5:-5], acceleration[5:-5], atol=1e-3)
    _, _, smooth = differentiate(q, 100.0, 6.0)
    np.testing.assert_allclose(smooth[20:-20], acceleration[20:-20], atol=0.15)


def test_noise_above_the_cutoff_hardly_reaches_the_acceleration():
    time = np.arange(400) / 100.0
    noise = 1e-3 * np.sin(2 * np.pi * 30 * time)[:, None]
    assert np.abs(differentiate(noise, 100.0, 6.0)[2][50:-50]).max() < 0.1
    assert np.abs(differentiate(noise, 100.0, None)[2][50:-50]).max() > 20.0


def test_a_motion_too_short_to_differentiate_is_refused():
    with pytest.raises(DataRefused, match="9 frames, at least 10"):
        differentiate(np.zeros((9, 2)), 100.0)
