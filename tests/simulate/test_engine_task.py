"""What the muscles of a leg can give, block by block."""

from __future__ import annotations

import pytest
import torch

from myoshift.physiology.muscle import active_force, passive_force
from myoshift.simulate import engine
from myoshift.simulate.engine import task
from myoshift.simulate.paths import geometry, lengthening
from myoshift.simulate.table import load


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
