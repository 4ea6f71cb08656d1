"""The residual beside synergies is that of NNLS, and so is its gradient."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import nnls

from myoshift.errors import DataRefused
from myoshift.losses import low_rank, synergy_residual
from myoshift.losses.synergy import activations

RANDOM = torch.Generator().manual_seed(0)
WEIGHTS = torch.rand(8, 4, generator=RANDOM, dtype=torch.float64)
ROWS = torch.randn(2, 15, 8, generator=RANDOM, dtype=torch.float64)


@pytest.mark.parametrize("rank", [1, 4, 6])
def test_activations_are_those_of_nnls(rank):
    weights = torch.rand(8, rank, generator=RANDOM, dtype=torch.float64)
    found = activations(ROWS.reshape(-1, 8), weights).numpy()
    expected = [nnls(weights.numpy(), row)[0] for row in ROWS.reshape(-1, 8).numpy()]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_the_gradient_is_the_derivative():
    rows = ROWS.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda each: synergy_residual(each, WEIGHTS), rows)
    assert torch.autograd.gradcheck(low_rank, rows)


def test_what_the_synergies_explain_costs_nothing_and_the_rest_its_square():
    inside = torch.rand(3, 5, 4, dtype=torch.float64, generator=RANDOM) @ WEIGHTS.T
    assert float(synergy_residual(inside, WEIGHTS)) < 1e-20
    assert float(synergy_residual(-inside, WEIGHTS)) == pytest.approx(float(inside.square().mean()))


def test_copies_of_a_synergy_and_zeros_do_no_harm():
    twice = torch.cat([WEIGHTS[:, :2], WEIGHTS[:, :1]], dim=1)
    torch.testing.assert_close(synergy_residual(ROWS, twice), synergy_residual(ROWS, WEIGHTS[:, :2]))
    assert float(synergy_residual(torch.zeros(1, 4, 8), WEIGHTS)) == 0
    for loss in (lambda each: synergy_residual(each, WEIGHTS), low_rank):
        rows = torch.zeros(1, 4, 8, requires_grad=True)
        assert torch.autograd.grad(loss(rows), rows)[0].isfinite().all()


def test_it_does_not_hang_on_the_size_of_the_batch():
    for loss in (lambda each: synergy_residual(each, WEIGHTS), low_rank):
        torch.testing.assert_close(loss(ROWS.repeat(4, 1, 1)), loss(ROWS))


def test_single_precision_is_close():
    torch.testing.assert_close(synergy_residual(ROWS.float(), WEIGHTS).double(), synergy_residual(ROWS, WEIGHTS))


def test_descent_brings_a_window_to_fewer_patterns():
    rows = torch.rand(2, 30, 8, generator=RANDOM).requires_grad_()
    begin, optimiser = float(low_rank(rows.detach())), torch.optim.Adam([rows], lr=0.02)
    for _ in range(60):
        optimiser.zero_grad()
        low_rank(rows).backward()
        optimiser.step()
    assert float(low_rank(rows.detach())) < 0.8 * begin
    torch.testing.assert_close(low_rank(1000 * rows), low_rank(rows), rtol=1e-4, atol=0)
    one = torch.rand(1, 20, 1) @ torch.rand(1, 8)
    assert float(low_rank(one)) < 0.2


def test_other_muscles_and_too_many_synergies_are_refused():
    for weights in (WEIGHTS[1:], torch.rand(8, 9)):
        with pytest.raises(DataRefused, match="do not fit"):
            synergy_residual(ROWS, weights)
