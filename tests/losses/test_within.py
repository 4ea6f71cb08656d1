import math

import pytest
import torch

from myoshift.losses import mean_covariance, within
from myoshift.losses.within import level_strata, phase_strata


def test_each_stratum_counts_its_smaller_number_of_rows():
    source, target = torch.zeros(30, 1, requires_grad=True), torch.zeros(25, 1)
    source_stratum = torch.tensor([0] * 10 + [1] * 20)
    target_stratum = torch.tensor([0] * 10 + [1] * 15)
    target[:10], target[10:] = 1.0, 2.0
    value = within(lambda s, t: (s.mean() - t.mean()).square(), source, target, source_stratum, target_stratum)
    assert value.item() == pytest.approx((10 * 1 + 15 * 4) / 25)
    assert torch.autograd.grad(value, source)[0].abs().min() > 0


def test_strata_of_one_domain_and_rows_without_one_are_left_out():
    source, target = torch.zeros(30, 1), torch.ones(30, 1)
    nothing = torch.full((30,), -1)
    first, second = torch.zeros(30).long(), torch.ones(30).long()
    for s, t in ((first, second), (nothing, nothing), (nothing, first)):
        source.requires_grad_()
        value = within(mean_covariance, source, target, s, t)
        assert value == 0
        assert torch.equal(torch.autograd.grad(value, source)[0], torch.zeros(30, 1))


def test_other_mixtures_of_the_same_tasks_are_not_forced_together():
    random = torch.Generator().manual_seed(0)
    counts = ((200, 40), (40, 200))
    tasks = [torch.tensor([0] * a + [1] * b) for a, b in counts]
    source, target = (6.0 * each[:, None] + torch.randn(240, 2, generator=random) for each in tasks)
    assert mean_covariance(source, target) > 10
    assert within(mean_covariance, source, target, *tasks) < 0.3


def walk(phase, frames=200, gain=1.0, offset=0.0):
    angle = 2 * math.pi * (torch.arange(frames) / 50 + phase)
    return (offset + gain * (angle.cos() + 0.1 * (2 * angle).sin()))[None, :, None]


def test_the_phase_of_a_cycle_is_told_whatever_the_unit_and_the_posture():
    strata = phase_strata(walk(0.0))[0]
    assert strata[0] == -1  # no velocity at an end of the window
    true = (torch.arange(200) / 50 % 1 * 4).long()
    assert (strata[1:-1] == true[1:-1]).float().mean() > 0.85
    other = phase_strata(walk(0.0, gain=57.3, offset=20.0))[0]
    assert torch.equal(other, strata)


def test_the_direction_of_time_matters():
    forward = phase_strata(walk(0.0))[0]
    backward = phase_strata(walk(0.0).flip(1))[0].flip(0)
    assert (forward[1:-1] == backward[1:-1]).float().mean() < 0.3


def test_without_the_first_coordinate_or_without_movement_there_is_no_phase():
    still, missing = torch.ones(1, 50, 2), torch.full((1, 50, 2), torch.nan)
    assert (phase_strata(still) == -1).all()
    assert (phase_strata(missing) == -1).all()


def test_levels_lie_between_the_same_values_in_both():
    source, target = torch.linspace(0, 1, 100), torch.linspace(0.5, 1.5, 100)
    s, t = level_strata(source, target)
    edges = torch.cat([source, target]).quantile(torch.tensor([0.25, 0.5, 0.75]))
    assert torch.equal(torch.cat([s, t]).bincount(), torch.tensor([50, 50, 50, 50]))
    assert torch.equal(t == 0, target <= edges[0])
    assert not (s == 3).any() or source[s == 3].min() > edges[2]
