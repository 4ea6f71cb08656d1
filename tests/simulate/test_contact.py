from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from myoshift.errors import DataRefused
from myoshift.simulate import contact
from myoshift.simulate.inverse_dynamics import GRAVITY, inverse_dynamics, root_wrench
from myoshift.simulate.model import COORDINATES, SIDES
from simulate.motions import body, mirror, still

WEIGHT = GRAVITY * sum(segment.mass for segment in body())
# Upright: the centre of mass of the embedded body stands over the middle of its feet.
STANCE = {"pelvis_ty": 0.93, "ankle_angle_r": 0.08, "ankle_angle_l": 0.08, "pelvis_tilt": -0.08}


def standing(frames=60, **values):
    return still(frames, **(STANCE | values))


def swaying(frames=200, rate=100.0):
    """The body moves to and fro, and up and down, above feet that stay: hips, knees and ankles make up for it."""
    q, speed, acceleration = standing(frames)
    time = torch.arange(frames, dtype=torch.float64) / rate
    for name, size in (("lumbar_bending", 0.06), ("lumbar_extension", 0.08), ("arm_flex_r", 0.3)):
        column, pulse = COORDINATES.index(name), 6.0
        q[:, column] += size * torch.sin(pulse * time)
        speed[:, column] += size * pulse * torch.cos(pulse * time)
        acceleration[:, column] -= size * pulse**2 * torch.sin(pulse * time)
    return q, speed, acceleration


def vertical(found, side):
    return found.reaction.force[side][:, 1]


def test_both_feet_carry_a_body_that_stands():
    found = contact.find_contact(body(), *standing(), 100.0)
    np.testing.assert_allclose(vertical(found, "r") + vertical(found, "l"), WEIGHT, atol=1.0)
    np.testing.assert_allclose(vertical(found, "r"), WEIGHT / 2, rtol=0.02)
    assert found.missing[:, :3].abs().max() < 1.0
    assert found.missing[:, 3:].abs().max() < 0.5


def test_the_sum_is_the_root_wrench_where_the_feet_can_make_it():
    motion = swaying()
    found = contact.find_contact(body(), *motion, 100.0, steady=0.0)
    wrench = root_wrench(body(), *motion).numpy()
    force = sum(found.reaction.force[side] for side in SIDES)
    moment = sum(found.reaction.moment[side] for side in SIDES)
    assert np.ptp(wrench[:, 3:]) > 20.0
    assert np.abs(force - wrench[:, :3]).max() < 1.0
    assert np.abs(moment - wrench[:, 3:]).max() < 0.5
    np.testing.assert_allclose(found.missing, wrench - np.concatenate([force, moment], 1), atol=1e-9)


def test_long_motions_are_solved_piece_by_piece():
    motion = [part.repeat(12, 1) for part in swaying()]
    found = contact.find_contact(body(), *motion, 100.0, steady=0.0)
    first = contact.find_contact(body(), *swaying(), 100.0, steady=0.0)
    assert len(motion[0]) > 2048
    np.testing.assert_allclose(found.reaction.force["l"][-200:], first.reaction.force["l"], atol=1e-3)


def test_a_foot_only_pushes_and_within_the_friction_pyramid():
    found = contact.find_contact(body(), *swaying(), 100.0)
    for side in SIDES:
        force = found.reaction.force[side]
        assert force[:, 1].min() >= 0.0
        assert np.abs(force[:, [0, 2]]).max(axis=1).max() <= 0.7 * force[:, 1].max()


def test_a_lifted_foot_carries_nothing():
    found = contact.find_contact(body(), *standing(hip_flexion_l=1.0, knee_angle_l=1.4), 100.0)
    assert np.abs(found.reaction.force["l"]).max() == 0.0
    assert np.abs(found.reaction.moment["l"]).max() == 0.0
    np.testing.assert_allclose(vertical(found, "r"), WEIGHT, rtol=0.02)


def test_in_flight_nothing_pushes_and_little_is_missing():
    q, speed, acceleration = standing(100)
    time = torch.arange(100, dtype=torch.float64) / 100.0
    column = COORDINATES.index("pelvis_ty")
    rising = (time - 0.3).clamp(0.0, 0.4)
    q[:, column] += 0.5 * GRAVITY * rising * (0.4 - rising)
    flying = (time > 0.35) & (time < 0.65)
    acceleration[flying, column] = -GRAVITY
    found = contact.find_contact(body(), q, speed, acceleration, 100.0)
    high = flying.numpy() & (q[:, column] > STANCE["pelvis_ty"] + 0.08).numpy()
    assert high.sum() > 20
    assert max(np.abs(found.reaction.force[side][high]).max() for side in SIDES) == 0.0
    assert found.missing[torch.as_tensor(high)].abs().max() < 1e-6


def test_the_ground_need_not_lie_at_zero():
    low = contact.find_contact(body(), *swaying(), 100.0)
    q, speed, acceleration = swaying()
    q[:, COORDINATES.index("pelvis_ty")] += 0.4
    high = contact.find_contact(body(), q, speed, acceleration, 100.0)
    np.testing.assert_allclose(high.reaction.force["r"], low.reaction.force["r"], atol=1e-4)


def test_a_mirrored_motion_has_a_mirrored_reaction():
    motion = swaying()
    found = contact.find_contact(body(), *motion, 100.0)
    other = contact.find_contact(body(), *(mirror(part) for part in motion), 100.0)
    np.testing.assert_allclose(other.reaction.force["l"], found.reaction.force["r"] * [1, 1, -1], atol=1e-3)
    np.testing.assert_allclose(other.reaction.moment["l"], found.reaction.moment["r"] * [-1, -1, 1], atol=1e-3)


def test_with_both_feet_apart_each_pushes_towards_the_pivot():
    stride = {"hip_flexion_r": 0.35, "hip_flexion_l": -0.35, "ankle_angle_r": -0.35, "ankle_angle_l": 0.35}
    found = contact.find_contact(body(), *standing(**stride), 100.0)
    lean = {side: found.reaction.force[side][:, 0] / vertical(found, side) for side in SIDES}
    assert lean["r"].max() < -0.1
    assert lean["l"].min() > 0.1


def test_steadying_keeps_the_force_and_takes_the_sway_from_the_centre_of_pressure():
    q, speed, acceleration = standing(200)
    random = np.random.default_rng(0)
    acceleration[:, COORDINATES.index("lumbar_extension")] += torch.tensor(random.normal(0, 3.0, 200))
    rough = contact.find_contact(body(), q, speed, acceleration, 100.0, steady=0.0)
    calm = contact.find_contact(body(), q, speed, acceleration, 100.0)
    np.testing.assert_allclose(calm.reaction.force["r"], rough.reaction.force["r"], atol=1e-9)
    sway = [np.std(found.reaction.moment["r"][:, 2] / vertical(found, "r")) for found in (rough, calm)]
    assert sway[1] < 0.5 * sway[0]
    ankle = COORDINATES.index("ankle_angle_r")
    moments = [inverse_dynamics(body(), q, speed, acceleration, f.reaction)[:, ankle].std() for f in (rough, calm)]
    assert moments[1] < 0.7 * moments[0]


def test_steadying_leaves_forces_alone_that_act_at_one_point_of_the_sole():
    q = swaying()[0]
    q[:, COORDINATES.index("ankle_angle_r")] -= 0.2
    random = np.random.default_rng(0)
    force = torch.tensor(random.normal([0, 400, 0], [80, 100, 80], (len(q), 3)))
    point = contact.foot_points(body(), q)[:, [0, 4]].mean(dim=1)
    wrench = torch.cat([force, torch.linalg.cross(point, force)], dim=1)
    np.testing.assert_allclose(contact.steadied(body(), q, "r", wrench, 4.0), wrench, atol=1e-9)


def test_the_cheapest_point_of_a_frame_costs_one_however_high_it_is():
    height = torch.tensor([[0.0, 0.01, 0.03], [0.02, 0.03, 0.05]], dtype=torch.float64)
    price = contact.point_price(height, torch.zeros_like(height))
    np.testing.assert_allclose(price[:, 0], 1.0)
    assert (price[:, 1] < price[:, 2]).all()
    sliding = contact.point_price(torch.zeros(1, 2), torch.tensor([[0.1, 1.0]]))
    assert sliding[0, 1] > 10 * sliding[0, 0]


def test_a_body_without_feet_is_refused():
    footless = tuple(replace(s, name="foot_r") if s.name == "calcn_r" else s for s in body() if s.name != "toes_r")
    with pytest.raises(DataRefused, match="without the segment 'calcn_r'"):
        contact.find_contact(footless, *standing(), 100.0)


def test_a_longer_foot_has_its_points_further_apart():
    longer = tuple(replace(s, parent_offset=1.1 * s.parent_offset) if "toes" in s.name else s for s in body())
    q = standing()[0]
    short, long = (contact.foot_points(segments, q)[0] for segments in (body(), longer))
    np.testing.assert_allclose((long[4] - long[0]).norm(), 1.1 * (short[4] - short[0]).norm(), rtol=1e-9)
