"""Muscles are switched on fast and off slowly; the inverse undoes it, and runs ahead by a known time."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt

from myoshift import metrics
from myoshift.physiology import activate, excite


def envelopes(rate, seconds=20.0, muscles=8, band=3.0, seed=0):
    """Random activations (1, T, M) between .02 and .92 with the band of an envelope."""
    noise = np.random.default_rng(seed).standard_normal((int(seconds * rate), muscles))
    slow = sosfiltfilt(butter(2, band, fs=rate, output="sos"), noise, axis=0)
    unit = (slow - slow.min(axis=0)) / np.ptp(slow, axis=0)
    return torch.tensor(0.02 + 0.9 * unit**2)[None]


@pytest.mark.parametrize("sharpness", [10.0, math.inf])
@pytest.mark.parametrize("rate", [50.0, 100.0, 200.0])
def test_forward_of_the_inverse_is_the_activation(rate, sharpness):
    wanted = envelopes(rate)
    excitation = excite(wanted, rate, sharpness=sharpness)
    error = activate(excitation, rate, sharpness=sharpness) - wanted
    reachable = (excitation > 0).double().mean()
    assert reachable > 0.9
    assert error[:, int(0.3 * rate) :].square().mean().sqrt() < 0.008  # the start is taken for a steady state


def test_where_no_excitation_is_clipped_the_round_trip_is_exact_to_a_hundredth():
    wanted = 0.2 + 0.5 * envelopes(100.0, band=1.5)
    excitation = excite(wanted, 100.0)
    assert 0 < excitation.min() <= excitation.max() < 1
    error = (activate(excitation, 100.0) - wanted)[:, 20:-20]
    assert error.abs().max() < 0.01


def test_the_inverse_runs_ahead_by_about_25_ms():
    later, earlier = envelopes(100.0).numpy()[0], excite(envelopes(100.0), 100.0).numpy()[0]
    leads = metrics.lag(later, earlier, 100.0)
    assert np.mean(leads) == pytest.approx(0.028, abs=0.004)
    assert 0.010 <= np.min(leads) <= np.max(leads) <= 0.035


def test_rise_and_fall_have_their_time_constants():
    """A step from .3: after `rise (.5 + 1.5 a)` seconds more of the way up is gone than of the way down."""
    step = torch.full((1, 400, 2), 0.3, dtype=torch.float64)
    step[:, 1:] = torch.tensor([0.5, 0.1], dtype=torch.float64)
    gone = (activate(step, 1000.0, sharpness=math.inf) - 0.3) / (step[:, -1:] - 0.3)
    reached = (gone[0] > 1 - math.exp(-1)).double().argmax(dim=0)
    assert 1000 * 0.015 * (0.5 + 1.5 * 0.3) < reached[0] < 1000 * 0.015 * (0.5 + 1.5 * 0.5) + 2
    assert 1000 * 0.060 / (0.5 + 1.5 * 0.3) < reached[1] < 1000 * 0.060 / (0.5 + 1.5 * 0.1) + 2


@settings(deadline=None, max_examples=20)
@given(st.floats(10.0, 200.0), st.integers(0, 99), st.sampled_from([0.1, 10.0, math.inf]))
def test_activation_stays_within_the_bounds_of_the_excitation_at_any_rate(rate, seed, sharpness):
    excitation = torch.rand(1, 40, 3, generator=torch.Generator().manual_seed(seed))
    activation = activate(excitation, rate, sharpness=sharpness)
    assert (activation >= excitation.amin(dim=1, keepdim=True) - 1e-6).all()
    assert (activation <= excitation.amax(dim=1, keepdim=True) + 1e-6).all()


def test_the_rate_hardly_changes_the_activation():
    fine = envelopes(200.0)
    coarse = activate(fine[:, ::4], 50.0)
    assert (activate(fine, 200.0)[:, ::4] - coarse).abs().max() < 0.02


def test_a_constant_stays_what_it_is():
    still = torch.full((2, 20, 3), 0.4, dtype=torch.float64)
    assert torch.allclose(activate(still, 100.0), still)
    assert torch.allclose(excite(still, 100.0), still)


@pytest.mark.parametrize("function", [activate, excite])
def test_gradients_equal_finite_differences(function):
    values = (0.3 + 0.1 * torch.rand(2, 12, 2, dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradcheck(lambda v: function(v, 100.0), (values,), eps=1e-7, atol=1e-5)


def test_what_no_muscle_can_do_is_clipped():
    cliff = torch.cat([torch.full((1, 20, 1), 0.9), torch.full((1, 20, 1), 0.05)], dim=1)
    excitation = excite(cliff, 100.0)
    assert excitation.min() == 0.0
    assert excitation.max() <= 1.0
