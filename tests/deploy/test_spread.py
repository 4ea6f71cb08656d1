"""Quantiles in constant memory."""

import numpy as np
import pytest

from myoshift.deploy.spread import Spread


def test_quantiles_are_right_to_two_percent():
    times = np.random.default_rng(0).lognormal(-7, 1, 5000)
    spread = Spread()
    for time in times:
        spread.add(time)
    for share in (0.5, 0.99, 1.0):
        assert spread.quantile(share) == pytest.approx(1000 * np.quantile(times, share), rel=0.025)


def test_nothing_counted_and_what_lies_outside():
    spread = Spread()
    assert spread.quantile(0.5) is None
    spread.add(-1.0)
    spread.add(1e9)
    assert spread.quantile(0.5) == pytest.approx(1e-3, rel=0.03)
    assert spread.quantile(1.0) == pytest.approx(1e7, rel=0.03)
