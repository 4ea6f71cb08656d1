"""The likelihood of delays, muscle by muscle."""

from __future__ import annotations

import numpy as np
import pytest

from knowntruth.delays import draw
from myoshift.physiology.fits import scan

RATE, BOUND = 100.0, 0.15


def known(seed=0, **settings):
    return draw(np.random.default_rng(seed), **settings)


def test_lags_are_even_and_hold_0_and_the_bound():
    each = known()
    for rate in (50.0, 60.0, 100.0, 30.0):
        lags = scan([each.predicted], [each.measured], rate, BOUND).lags
        assert np.allclose(np.diff(lags), 0.0005)
        assert lags[len(lags) // 2] == 0.0
        assert lags[-1] == -lags[0] == pytest.approx(BOUND, abs=0.002)


def test_without_noise_the_best_lag_is_the_delay():
    each = known(decibel=80.0)
    found = scan([each.predicted], [each.measured], RATE, BOUND)
    assert np.allclose(found.lags[found.log_likelihood.argmax(axis=0)], each.delay, atol=1.5e-3)
    assert (found.r_best > 0.99).all()
    assert (found.log_likelihood.max(axis=0) == 0).all()


def test_gain_and_offset_do_not_matter():
    each = known(3)
    one = scan([each.predicted], [each.measured], RATE, BOUND)
    other = scan([7 * each.predicted + 3], [0.01 * each.measured - 5], RATE, BOUND)
    assert np.allclose(one.log_likelihood, other.log_likelihood, rtol=1e-5, atol=1e-6)


def test_correlations_are_those_of_the_shifted_signals():
    each = known(4)
    found = scan([each.predicted], [each.measured], RATE, BOUND)
    inner = slice(16, -16)
    for m in range(3):
        assert found.r0[m] == pytest.approx(
            np.corrcoef(each.predicted[inner, m], each.measured[inner, m])[0, 1], abs=1e-6
        )
    best = found.log_likelihood.argmax(axis=0)
    for m in range(3):
        whole = round(found.lags[best[m]] * RATE)
        later = each.predicted[16 + whole : len(each.predicted) - 16 + whole, m]
        assert found.r_best[m] == pytest.approx(np.corrcoef(later, each.measured[inner, m])[0, 1], abs=0.02)


def test_more_noise_is_worth_a_flatter_likelihood():
    quiet, loud = (scan([e.predicted], [e.measured], RATE, BOUND) for e in (known(5), known(5, decibel=-3.0)))
    assert np.median(quiet.log_likelihood[0]) < np.median(loud.log_likelihood[0])
    assert (quiet.independent > 5).all()
    assert (quiet.independent < 300).all()


def test_pieces_are_not_joined_and_gaps_are_no_data():
    each = known(6, strides=12)
    whole = scan([each.predicted], [each.measured], RATE, BOUND)
    cut = each.predicted.copy()
    cut[600:640] = np.nan
    pieces = scan(
        [each.predicted[:600], each.predicted[640:]], [each.measured[:600], each.measured[640:]], RATE, BOUND
    )
    gaps = scan([cut], [each.measured], RATE, BOUND)
    assert np.allclose(pieces.log_likelihood, gaps.log_likelihood)
    assert np.abs(whole.lags[whole.log_likelihood.argmax(0)] - gaps.lags[gaps.log_likelihood.argmax(0)]).max() < 0.006


def test_muscles_with_other_gaps_stay_themselves():
    each = known(7, strides=12)
    holed = each.predicted.copy()
    holed[300:330, 2] = np.nan
    whole, some = (scan([p], [each.measured], RATE, BOUND) for p in (each.predicted, holed))
    others = np.arange(8) != 2
    assert np.allclose(whole.log_likelihood[:, others], some.log_likelihood[:, others])


def test_nothing_to_compare_is_said():
    each = known(8, muscles=5)
    predicted, measured = each.predicted.copy(), each.measured.copy()
    measured[:, 0] = np.nan
    predicted[:, 1] = np.nan
    measured[:, 2] = 0.3
    predicted[20::25, 3] = np.nan
    found = scan([predicted], [measured], RATE, BOUND)
    assert found.status == ("not measured", "not predicted", "silent", "too short", "")
    assert np.isnan(found.r_best[:4]).all()
    assert (found.log_likelihood[:, :4] == 0).all()
