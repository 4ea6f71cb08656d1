"""Delays of known truth are found, their intervals hold it, and what cannot be told is not told."""

from __future__ import annotations

import numpy as np
import pytest

from knowntruth.delays import PRIOR, RATE, draw, measure
from myoshift.errors import DataRefused
from myoshift.physiology import LEARNED, SIMULATED, DelayPrior, estimate_delays


def test_known_delays_are_found_and_the_intervals_hold_them():
    """1,000 draws and more: `python -m knowntruth`. Of 200, 95 % are held within four standard errors."""
    count, error, _, held, width = measure(25, seed=1)
    assert count == 200
    assert error < 3.0
    assert width < 12.0
    assert abs(held - 0.95) < 4 * np.sqrt(0.95 * 0.05 / count)


def test_noise_in_the_band_of_envelopes_widens_the_intervals():
    _, error, _, held, width = measure(25, seed=2, where="in the band of envelopes")
    assert error < 6.0
    assert 10.0 < width < 30.0
    assert held > 0.86


def known(seed=0, **settings):
    each = draw(np.random.default_rng(seed), **settings)
    return each.predicted, each.measured, each.delay


def test_a_common_delay_and_a_verdict():
    predicted, measured, delay = known(2)
    found = estimate_delays([predicted], [measured], RATE, SIMULATED)
    assert set(found.verdict) == {"identifiable"}
    assert found.common_low < found.common < found.common_high
    assert abs(found.common - delay.mean()) < 0.02
    assert found.common_verdict == "identifiable"


def test_a_delay_of_nothing_is_identifiable_too():
    """The gain of r over no delay is nothing there."""
    predicted, _, _ = known(3)
    noisy = predicted + 0.02 * np.random.default_rng(0).standard_normal(predicted.shape)
    found = estimate_delays([predicted], [noisy], RATE, LEARNED)
    assert set(found.verdict) == {"identifiable"}
    assert np.abs(found.delay).max() < 0.004
    assert (found.r_best - found.r0 < 0.02).all()


def test_what_does_not_fit_has_no_say():
    predicted, measured, delay = known(4)
    wrong = measured.copy()
    wrong[:, 0] = np.random.default_rng(1).standard_normal(len(wrong)) ** 2
    found = estimate_delays([predicted], [wrong], RATE, SIMULATED)
    without = estimate_delays([predicted[:, 1:]], [wrong[:, 1:]], RATE, SIMULATED)
    assert found.verdict[0] == "not identifiable"
    assert found.common == pytest.approx(without.common, abs=1e-9)
    assert np.allclose(found.delay[1:], without.delay, atol=1e-9)
    assert np.abs(found.delay[1:] - delay[1:]).max() < 0.02


def test_a_muscle_that_was_not_measured_gets_the_delay_of_the_others():
    predicted, measured, _ = known(5)
    measured[:, 3] = np.nan
    found = estimate_delays([predicted], [measured], RATE, SIMULATED)
    assert found.verdict[3] == "not measured"
    assert found.delay[3] == pytest.approx(found.common, abs=0.005)
    assert found.high[3] - found.low[3] > 0.06


def test_a_delay_beyond_the_bound_is_flagged():
    predicted, _, _ = known(6)
    late = np.roll(predicted, -20, axis=0)[:-20]  # 200 ms
    found = estimate_delays([predicted[:-20]], [late], RATE, SIMULATED)
    assert found.verdict.count("at its bound") >= 5
    assert all(w for v, w in zip(found.verdict, found.why, strict=True) if v == "at its bound")


def test_a_hum_is_not_identifiable():
    """One frequency leaves nothing to judge the noise by."""
    time = np.arange(400) / RATE
    hum = np.stack([np.sin(2 * np.pi * f * time) for f in (0.2, 0.3)], axis=1)
    noise = 0.5 * np.random.default_rng(2).standard_normal(hum.shape)
    found = estimate_delays([hum], [hum + noise], RATE, SIMULATED)
    assert set(found.verdict) == {"not identifiable"}


def test_frames_too_far_apart_tell_no_delay():
    predicted, measured, _ = known(7, strides=20)
    found = estimate_delays([predicted[::10]], [measured[::10]], RATE / 10, SIMULATED)
    assert set(found.verdict) == {"not identifiable"}
    assert "100 ms apart" in found.why[0]
    assert found.common_verdict == "not identifiable"


def test_without_data_the_prior_is_left():
    predicted, measured, _ = known(8)
    found = estimate_delays([predicted], [np.full_like(measured, np.nan)], RATE, LEARNED)
    assert found.common == pytest.approx(0.0, abs=1e-6)
    assert (found.common_low, found.common_high) == pytest.approx((-0.0686, 0.0686), abs=1e-3)
    assert np.allclose(found.high, 1.96 * np.hypot(0.035, 0.015), atol=2e-3)


def test_the_posterior_is_that_of_normal_distributions_where_everything_is_normal():
    """Sharp likelihoods at known delays: mean and interval of the common delay in closed form."""
    predicted, measured, delay = known(9, decibel=60.0)
    prior = DelayPrior(mean=0.02, sd=0.03, muscle_sd=0.02, bound=0.15)
    found = estimate_delays([predicted], [measured], RATE, prior)
    precision = 1 / prior.sd**2 + 8 / prior.muscle_sd**2
    mean = (prior.mean / prior.sd**2 + found.delay.sum() / prior.muscle_sd**2) / precision
    assert found.common == pytest.approx(mean, abs=2e-3)
    assert found.common_high - found.common_low == pytest.approx(3.92 / np.sqrt(precision), rel=0.05)
    assert np.allclose(found.delay, delay, atol=2e-3)


@pytest.mark.parametrize(
    ("predicted", "measured"),
    [
        ([np.zeros((50, 2))], [np.zeros((50, 3))]),
        ([np.zeros((50, 2))], []),
        ([np.zeros((50, 2)), np.zeros((50, 3))], [np.zeros((50, 2)), np.zeros((50, 3))]),
        ([np.zeros(50)], [np.zeros(50)]),
        ([], []),
    ],
)
def test_pieces_that_do_not_belong_together_are_refused(predicted, measured):
    with pytest.raises(DataRefused, match="do not belong together"):
        estimate_delays(predicted, measured, RATE, PRIOR)


def test_a_prior_that_makes_no_sense_is_refused():
    for wrong in ({"sd": 0.0}, {"mean": 0.2}, {"muscle_sd": -1.0}):
        with pytest.raises(DataRefused, match="no delay has this prior"):
            DelayPrior(**{"mean": 0.0, "sd": 0.03, "muscle_sd": 0.02, **wrong})
