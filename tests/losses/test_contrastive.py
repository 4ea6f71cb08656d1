from __future__ import annotations

import math

import pytest
import torch

from myoshift.losses.contrastive import info_nce

ALL = torch.ones(4, dtype=torch.bool)


def test_the_same_view_is_near_0_and_mixed_up_ones_are_far():
    views = torch.eye(4)
    assert float(info_nce(views, views, ALL)) < 1e-3
    assert float(info_nce(views, views.roll(1, 0), ALL)) > 5


def test_views_that_tell_nothing_cost_the_logarithm_of_the_number():
    assert float(info_nce(torch.ones(4, 3), torch.ones(4, 3), ALL)) == pytest.approx(math.log(4), rel=1e-5)


def test_windows_without_a_view_are_left_out():
    views = torch.eye(4)
    there = torch.tensor([True, True, True, False])
    assert float(info_nce(views, views, there)) == pytest.approx(float(info_nce(views[:3], views[:3], ALL[:3])))
    assert float(info_nce(views, views, ~there)) == 0


def test_gradient():
    torch.manual_seed(0)
    one, other = (torch.randn(4, 3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(lambda a, b: info_nce(a, b, ALL), (one, other))
