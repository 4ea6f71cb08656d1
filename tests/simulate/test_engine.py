from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from myoshift.anatomy import MUSCLES
from myoshift.errors import DataRefused
from myoshift.physiology.muscle import active_force, passive_force
from myoshift.simulate import engine
from myoshift.simulate.engine import MOMENTS, Objective, simulate, task
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.motion import Motion
from myoshift.simulate.movements import Movement
from myoshift.simulate.paths import geometry, lengthening
from myoshift.simulate.scaling import scaled
from myoshift.simulate.table import load

RATE = 100.0


@pytest.fixture(scope="module")
def walk() -> Motion:
    return Movement.draw(np.random.default_rng(3), "walk", height=1.70).motion(2.5, RATE)


@pytest.fixture(scope="module")
def found(walk):
    return simulate(load(), walk)


def mirrored(names):
    return [names.index(f"{name[:-1]}{'l' if name.endswith('r') else 'r'}") for name in names]


def knee(support, rate=RATE):
    """A thigh that is level, a shank that swings up and down."""
    values = np.zeros((200, len(COORDINATES)))
    swing = np.pi / 4 * (1 + np.cos(2 * np.pi * np.arange(200) / 200))
    for side in ("r", "l"):
        values[:, COORDINATES.index(f"hip_flexion_{side}")] = np.pi / 2
        values[:, COORDINATES.index(f"knee_angle_{side}")] = swing
    return Motion(values=values, rate=rate, support=support)


def test_a_walk_is_feasible_and_its_muscles_balance_the_moments(walk, found):
    assert found.names == MUSCLES
    assert found.activation.shape == (len(walk.values), 80)
    inner = slice(25, -25)
    assert found.feasible[inner].mean() > 0.95
    tasks, _ = engine.demands(load(), walk)
    for number, side in enumerate(("r", "l")):
        given = torch.einsum(
            "tdm,tm->td", tasks[side].arms.double(), torch.tensor(found.activation[:, 40 * number :][:, :40])
        )
        balance = given.numpy() + found.reserves[:, 5 * number :][:, :5] - found.moments[:, 5 * number :][:, :5]
        assert np.nanmax(np.abs(balance)) < 1e-2


def test_muscles_work_where_a_walk_needs_them(found):
    """The ankle is pushed off by the calf, and never by the shin."""
    ankle = found.moments[:, MOMENTS.index("ankle_angle_r")]
    push = ankle < 0.7 * ankle.min()
    calf, shin = (found.activation[:, MUSCLES.index(f"{name}_r")] for name in ("soleus", "tibant"))
    assert np.nanmean(calf[push]) > 5 * np.nanmean(shin[push])


def test_the_ground_carries_the_body(found):
    force = found.reaction.force["r"][:, 1] + found.reaction.force["l"][:, 1]
    assert force[25:-25].mean() == pytest.approx(75.0 * 9.81, rel=0.1)


def test_a_scaled_person_needs_nearly_the_same(walk):
    """Mass grows as height cubed; frequency stays, so the ratio is not exact."""
    model = load()
    tall = simulate(scaled(model, 75.0 * 1.05**3, 1.70 * 1.05), longer(walk, 1.05))
    same = simulate(model, walk)
    both = same.feasible & tall.feasible
    change = np.abs(tall.activation[both] - same.activation[both])
    assert change.mean() < 0.05 * same.activation[both].mean()


def longer(motion, ratio):
    values = motion.values.copy()
    for name in ("pelvis_tx", "pelvis_ty", "pelvis_tz"):
        values[:, COORDINATES.index(name)] *= ratio
    return replace(motion, values=values, rate=motion.rate / ratio**0.5)


def test_the_objective_is_heard(walk, found):
    floor = simulate(load(), walk, objective=Objective(floor=0.05)).activation
    assert np.nanmin(floor) == pytest.approx(0.05)
    spread = simulate(load(), walk, objective=Objective(exponent=4.0)).activation
    assert np.nanmax(spread) < np.nanmax(found.activation)
    dear = torch.ones(40)
    dear[MUSCLES.index("soleus_r")] = 100.0
    spared = simulate(load(), walk, objective=Objective(weights=dear)).activation[:, MUSCLES.index("soleus_r")]
    assert np.nanmean(spared) < 0.5 * np.nanmean(found.activation[:, MUSCLES.index("soleus_r")])


def test_what_muscles_cannot_do_is_flagged_and_never_returned(walk):
    noise = np.zeros((len(walk.values), 10))
    noise[50:60, MOMENTS.index("knee_angle_r")] = 2000.0
    found = simulate(load(), walk, moment_noise=noise)
    assert not found.feasible[50:60].any()
    assert np.isnan(found.activation[50:60]).all()
    assert np.abs(found.reserves[50:60]).max() > 100.0


def test_a_seat_carries_the_thighs():
    seated, held = (simulate(load(), knee(support)) for support in ("seated", "held"))
    hips = [index for index, name in enumerate(MOMENTS) if name.startswith("hip")]
    assert np.abs(held.moments[:, hips]).max() > 10.0
    assert not seated.moments[:, hips].any()
    knees = [index for index, name in enumerate(MOMENTS) if name.startswith("knee")]
    np.testing.assert_allclose(seated.moments[:, knees], held.moments[:, knees])
    assert seated.reaction is None
    psoas = MUSCLES.index("psoas_r")
    assert seated.activation[:, psoas].max() < 0.02 < held.activation[:, psoas].max()


def test_passive_force_relieves_muscles_that_are_stretched():
    plain, helped = (simulate(load(), knee("held"), passive=passive) for passive in (False, True))
    assert not np.allclose(plain.moments, helped.moments)


def test_a_motion_that_is_too_short_is_refused():
    with pytest.raises(DataRefused, match="too short"):
        simulate(load(), Motion(values=np.zeros((5, len(COORDINATES))), rate=RATE))


def frames(count):
    torch.manual_seed(0)
    return tuple(torch.randn(count, 5, dtype=torch.float64) * size for size in (0.3, 2.0, 30.0))


@pytest.mark.parametrize("passive", [False, True])
def test_blocks_make_no_difference(monkeypatch, passive):
    leg, (q, speed, moments) = load().legs["r"], frames(11)
    whole = task(leg, q, speed, moments, passive=passive)
    monkeypatch.setattr(engine, "BLOCK", 4)
    parts = task(leg, q, speed, moments, passive=passive)
    torch.testing.assert_close(parts.arms, whole.arms)
    torch.testing.assert_close(parts.moments, whole.moments)


def test_arms_are_moment_arms_times_force_and_passive_moments_are_taken_off():
    leg, (q, speed, moments) = load().legs["r"], frames(6)
    asked = moments.clone()
    found = task(leg, q, speed, moments, passive=True)
    length, slope = geometry(leg.paths, q)
    force = active_force(leg.muscles, length, lengthening(slope, speed))
    torch.testing.assert_close(found.arms, torch.einsum("bjm,bm->bjm", -slope, force))
    given = torch.einsum("bjm,bm->bj", -slope, passive_force(leg.muscles, length))
    torch.testing.assert_close(found.moments, asked - given)
    assert torch.equal(moments, asked)


def test_no_frames_are_no_task():
    found = task(load().legs["l"], *(torch.zeros(0, 5) for _ in range(3)))
    assert found.arms.shape == (0, 5, 40)
