from __future__ import annotations

import numpy as np
import pytest

from myoshift import signal
from myoshift.errors import DataRefused


def test_two_passes_move_the_cut_off_as_the_formula_says():
    twice = signal.Design(rate=2000.0)
    assert (twice.effective_order, twice.delay) == (4, 0.0)
    assert twice.effective_cutoff == pytest.approx(6 * (np.sqrt(2) - 1) ** 0.25, rel=1e-3)
    low, high = twice.effective_band
    assert 20 < low < 26
    assert 310 < high < 400


def test_one_pass_is_at_3_decibel_where_it_was_designed():
    once = signal.Design(rate=2000.0, passes=1)
    assert once.effective_order == 2
    assert once.effective_cutoff == pytest.approx(6, rel=1e-3)
    assert once.effective_band == pytest.approx((20, 400), rel=1e-3)


def test_the_delay_is_that_of_the_low_pass_and_a_little():
    """A Butterworth of order 2 delays what is slow by sqrt(2) / (2 pi cut-off)."""
    low = np.sqrt(2) / (2 * np.pi * 6)
    assert low < signal.Design(rate=2000.0, passes=1).delay < low + 0.008


def test_in_words():
    said = str(signal.Design(rate=1000.0, passes=1))
    for token in ("N = 2 run once", "effective order 2", "causal, 4", "20-400 Hz by design", "6 Hz by design"):
        assert token in said
    assert "effective order 4, zero-phase" in str(signal.Design(rate=1000.0))
    assert "4.81 Hz at -3 dB" in str(signal.Design(rate=1000.0))


def test_bad_37():
    with pytest.raises(DataRefused, match="20, 18 Hz"):
        signal.Design(rate=40.0)
