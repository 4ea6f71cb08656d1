from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift.simulate.model import Paths
from myoshift.simulate.paths import geometry
from myoshift.simulate.table import load

PATHS = load().legs["r"].paths


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_slopes_are_central_differences_of_the_lengths(seed):
    q = torch.from_numpy(np.random.default_rng(seed).uniform(-0.7, 1.2, (3, 5)))
    _, slope = geometry(PATHS, q)
    for joint in range(5):
        step = torch.zeros(5, dtype=torch.float64)
        step[joint] = 1e-5
        difference = (geometry(PATHS, q + step)[0] - geometry(PATHS, q - step)[0]) / 2e-5
        torch.testing.assert_close(slope[:, joint], difference, atol=1e-6, rtol=0)


def test_a_polynomial_by_hand():
    paths = Paths(exponents=np.array([[0, 0, 0, 0, 0], [2, 0, 0, 1, 0]]), coefficients=np.array([[0.3], [0.01]]))
    length, slope = geometry(paths, torch.tensor([[2.0, 9.0, 9.0, 3.0, 9.0]]))
    assert length.tolist() == [[pytest.approx(0.42)]]
    assert slope[0, :, 0].tolist() == pytest.approx([0.12, 0.0, 0.0, 0.04, 0.0])


def test_single_precision_is_close_and_frames_do_not_depend_on_each_other():
    q = torch.from_numpy(np.random.default_rng(0).uniform(-0.5, 1.0, (50, 5)))
    length, slope = geometry(PATHS, q)
    short_length, short_slope = geometry(PATHS, q.float())
    torch.testing.assert_close(short_length.double(), length, atol=2e-6, rtol=0)
    torch.testing.assert_close(short_slope.double(), slope, atol=1e-5, rtol=0)
    torch.testing.assert_close(geometry(PATHS, q[7:8])[0], length[7:8], atol=1e-14, rtol=0)


def test_the_gradient_of_a_length_is_its_slope():
    q = torch.zeros(1, 5, dtype=torch.float64, requires_grad=True)
    length, slope = geometry(PATHS, q)
    (gradient,) = torch.autograd.grad(length[0, 13], q)
    torch.testing.assert_close(gradient[0], slope[0, :, 13].detach())
