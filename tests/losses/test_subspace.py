from __future__ import annotations

import pytest
import torch

from myoshift.losses.subspace import Subspace

torch.manual_seed(0)
ROWS = torch.randn(500, 6, dtype=torch.float64) * torch.tensor([3.0, 2.0, 1.0, 0.1, 0.1, 0.1], dtype=torch.float64)
EFFECT = torch.eye(6, dtype=torch.float64)[:2]
SUBSPACE = Subspace.of(ROWS, EFFECT, 3)


def test_the_source_itself_is_at_no_distance():
    assert float(SUBSPACE.distance(ROWS)) == pytest.approx(0, abs=1e-9)


def test_the_largest_directions_are_kept_and_those_that_move_the_output_count_more():
    assert SUBSPACE.basis[3:].abs().max() < 0.1
    assert SUBSPACE.weight[-1] > SUBSPACE.weight[0]
    assert float(SUBSPACE.weight.mean()) == pytest.approx(1)


def test_a_shift_outside_the_subspace_is_not_seen_and_one_inside_is_the_known_divergence():
    aside = torch.zeros(6, dtype=torch.float64)
    aside[4] = 0.5
    inside = torch.zeros(6, dtype=torch.float64)
    inside[0] = 3.0
    assert float(SUBSPACE.distance(ROWS + aside)) < 0.01
    along = (inside @ SUBSPACE.basis).square() / SUBSPACE.variance
    assert float(SUBSPACE.distance(ROWS + inside)) == pytest.approx(float((SUBSPACE.weight * along).mean()), rel=1e-6)


def test_gradient():
    rows = (ROWS[:20] * 1.3 + 0.2).clone().requires_grad_()
    assert torch.autograd.gradcheck(SUBSPACE.distance, (rows,), eps=1e-6, atol=1e-6)


def test_constant_features_are_finite():
    assert torch.isfinite(SUBSPACE.distance(torch.ones(10, 6, dtype=torch.float64)))
