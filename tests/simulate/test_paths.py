from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift.simulate.model import Paths
from myoshift.simulate.paths import geometry, lengthening
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


def random_paths(seed, muscles=7):
    """Muscles of sparse random polynomials: some share their coordinates, one is constant."""
    random = np.random.default_rng(seed)
    exponents = np.unique(random.integers(0, 4, (12, 5)) * (random.random((12, 5)) < 0.4), axis=0)
    exponents = np.concatenate([np.zeros((1, 5), int), exponents[exponents.any(axis=1)]])
    coefficients = random.normal(size=(len(exponents), muscles)) * (random.random((len(exponents), muscles)) < 0.4)
    coefficients[0] = 0.3
    coefficients[1:, 2] = 0.0
    return Paths(exponents=exponents, coefficients=coefficients)


def by_hand(paths, q):
    terms = np.prod(q[:, None, :] ** paths.exponents, axis=2)
    slopes = []
    for joint in range(5):
        less = paths.exponents.copy()
        less[:, joint] = np.maximum(less[:, joint] - 1, 0)
        slopes.append(np.prod(q[:, None, :] ** less, axis=2) * paths.exponents[:, joint] @ paths.coefficients)
    return terms @ paths.coefficients, np.stack(slopes, axis=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_muscle_keeps_its_place(seed):
    paths, q = random_paths(seed), np.random.default_rng(seed).uniform(-1, 1, (9, 5))
    for found, known in zip(geometry(paths, torch.from_numpy(q)), by_hand(paths, q), strict=True):
        np.testing.assert_allclose(found.numpy(), known, atol=1e-12)


def test_the_embedded_legs_are_their_polynomials():
    paths, q = load().legs["l"].paths, np.random.default_rng(0).uniform(-0.6, 1.2, (20, 5))
    for found, known in zip(geometry(paths, torch.from_numpy(q)), by_hand(paths, q), strict=True):
        np.testing.assert_allclose(found.numpy(), known, atol=1e-12)


def test_a_muscle_alone_is_the_muscle_among_others():
    paths, q = random_paths(3), torch.rand(5, 5, dtype=torch.float64)
    alone = Paths(exponents=paths.exponents, coefficients=paths.coefficients[:, 4:5])
    torch.testing.assert_close(geometry(alone, q)[0][:, 0], geometry(paths, q)[0][:, 4])
    torch.testing.assert_close(geometry(alone, q)[1][:, :, 0], geometry(paths, q)[1][:, :, 4])


def test_no_frames_are_no_frames():
    length, slope = geometry(random_paths(1), torch.zeros(0, 5))
    assert (length.shape, slope.shape) == ((0, 7), (0, 5, 7))
    assert lengthening(slope, torch.zeros(0, 5)).shape == (0, 7)


def test_muscles_lengthen_as_their_lengths_change():
    paths = load().legs["r"].paths
    q, speed = torch.rand(30, 5, dtype=torch.float64), torch.randn(30, 5, dtype=torch.float64)
    found = lengthening(geometry(paths, q)[1], speed)
    change = geometry(paths, q + 1e-6 * speed)[0] - geometry(paths, q - 1e-6 * speed)[0]
    torch.testing.assert_close(found, change / 2e-6, atol=1e-7, rtol=0)


def test_frames_lie_last_in_memory():
    length, slope = geometry(load().legs["r"].paths, torch.rand(16, 5))
    for tensor in (length, slope, lengthening(slope, torch.rand(16, 5))):
        assert tensor.stride(0) == 1


def test_the_gradient_reaches_the_posture_through_the_arms_and_the_speed():
    paths, speed = random_paths(5), torch.rand(3, 5, dtype=torch.float64)
    q = torch.rand(3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda q, speed: lengthening(geometry(paths, q)[1], speed), (q, speed))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_graphics_processor_finds_the_same():
    paths, q = load().legs["r"].paths, torch.rand(64, 5, dtype=torch.float64)
    for there, here in zip(geometry(paths, q.cuda()), geometry(paths, q), strict=True):
        torch.testing.assert_close(there.cpu(), here)
