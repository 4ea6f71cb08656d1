"""Fractional delays move envelopes, and gradients find them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from myoshift.physiology import advance, advance_exactly

RATE = 50.0


def envelope(time, offset=0.0):
    """Two tones of an envelope, 1.2 and 4.8 Hz, at `time` + `offset` s."""
    t = time + offset
    return 0.5 + 0.3 * np.sin(2 * np.pi * 1.2 * t) + 0.1 * np.cos(2 * np.pi * 4.8 * t)


def signal(offset=0.0, frames=200):
    return torch.tensor(envelope(np.arange(frames) / RATE, offset)[None, :, None])


@given(st.floats(-0.15, 0.15))
def test_an_envelope_is_read_later_by_any_fraction_of_a_frame(seconds):
    moved = advance(signal(), torch.tensor([[seconds]], dtype=torch.float64), RATE)
    assert torch.allclose(moved[:, 15:-15], signal(seconds)[:, 15:-15], atol=2e-3)


def test_a_positive_delay_looks_ahead():
    ramp = torch.arange(40.0)[None, :, None]
    later = advance(ramp, torch.tensor([[3 / RATE]]), RATE)
    assert later[0, 10, 0] == pytest.approx(13.0)


def test_whole_frames_are_exact():
    values = torch.rand(2, 30, 3)
    moved = advance(values, torch.full((2, 3), 2 / RATE), RATE)
    assert torch.allclose(moved[:, :-2], values[:, 2:], atol=1e-5)


def test_each_window_and_muscle_has_its_own_delay():
    values = torch.rand(2, 30, 2)
    seconds = torch.tensor([[0.0, 1 / RATE], [2 / RATE, 0.0]])
    moved = advance(values, seconds, RATE)
    assert torch.allclose(moved[0, :, 0], values[0, :, 0], atol=1e-5)
    assert torch.allclose(moved[0, :-1, 1], values[0, 1:, 1], atol=1e-5)
    assert torch.allclose(moved[1, :-2, 0], values[1, 2:, 0], atol=1e-5)


def test_gradients_equal_finite_differences():
    values = torch.rand(2, 25, 2, dtype=torch.float64, requires_grad=True)
    seconds = torch.tensor([[0.013, -0.027], [0.041, 0.004]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda v, s: advance(v, s, RATE), (values, seconds), eps=1e-7, atol=1e-5)


def test_descent_finds_the_delay():
    wanted, found = signal(0.06), torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([found], lr=5e-3)
    for _ in range(150):
        loss = (advance(signal(), found, RATE) - wanted)[:, 15:-15].square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert found.item() == pytest.approx(0.06, abs=2e-3)


@pytest.mark.parametrize("frequency", [1.0, 3.0, 6.25])
def test_tones_below_a_quarter_of_nyquist_keep_99_percent_of_their_amplitude(frequency):
    time = torch.arange(400, dtype=torch.float64) / RATE
    for seconds in np.linspace(0, 1 / RATE, 11):
        later = 2 * np.pi * frequency * (time + seconds)
        tone = torch.sin(2 * np.pi * frequency * time)[None, :, None]
        moved = advance(tone, torch.tensor([[seconds]]), RATE)[0, 20:-20, 0]
        basis = torch.stack([later.sin(), later.cos()], dim=1)[20:-20]
        amplitude = torch.linalg.lstsq(basis, moved[:, None]).solution.norm().item()
        assert amplitude == pytest.approx(1.0, abs=0.01)


@given(st.floats(-0.15, 0.15))
def test_the_exact_shift_is_exact_on_tones_that_the_ends_do_not_cut(seconds):
    """Tones that repeat oddly about both ends; cut elsewhere they are exact but for a few frames at the ends."""
    time = torch.arange(201, dtype=torch.float64) / RATE
    for cycles in (3, 40, 90):  # of 4 s: up to 22.5 Hz at 50 Hz
        tone = torch.sin(2 * torch.pi * cycles / 4 * time)
        later = torch.sin(2 * torch.pi * cycles / 4 * (time + seconds))
        moved = advance_exactly(tone[None, :, None], torch.tensor([[seconds]], dtype=torch.float64), RATE)
        assert torch.allclose(moved[0, :, 0], later, atol=1e-9)


@given(st.floats(-0.15, 0.15))
def test_the_exact_shift_of_an_envelope(seconds):
    moved = advance_exactly(signal(), torch.tensor([[seconds]], dtype=torch.float64), RATE)
    assert torch.allclose(moved[:, 25:-25], signal(seconds)[:, 25:-25], atol=2e-4)


def test_the_exact_shift_keeps_lines_and_there_and_back_is_nothing():
    values = torch.arange(40.0, dtype=torch.float64)[None, :, None] * torch.tensor([1.0, -2.0])
    seconds = torch.tensor([[0.013, 0.11]], dtype=torch.float64)
    moved = advance_exactly(values, seconds, RATE)
    assert torch.allclose(moved, values + seconds * RATE * torch.tensor([1.0, -2.0], dtype=torch.float64))
    wave = signal(frames=60)
    assert torch.allclose(advance_exactly(wave, torch.zeros(1, 1, dtype=torch.float64), RATE), wave, atol=1e-12)


def test_gradients_of_the_exact_shift_equal_finite_differences():
    values = torch.rand(2, 25, 2, dtype=torch.float64, requires_grad=True)
    seconds = torch.tensor([[0.013, -0.027], [0.041, 0.004]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda v, s: advance_exactly(v, s, RATE), (values, seconds), eps=1e-7, atol=1e-5)
