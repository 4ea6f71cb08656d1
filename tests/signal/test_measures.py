from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import welch

from myoshift.signal import measures


@pytest.mark.parametrize(("samples", "rate"), [(10_000, 1000.0), (4321, 999.0), (300, 1000.0), (301, 1000.0)])
def test_density_is_the_one_of_scipy(samples, rate):
    values = np.random.default_rng(0).normal(3, 1, samples)
    frequency, power = measures.density(values, rate)
    expected = welch(values - values.mean(), rate, nperseg=min(samples, round(rate)))
    np.testing.assert_allclose(frequency, expected[0], rtol=1e-12)
    np.testing.assert_allclose(power, expected[1], rtol=1e-9, atol=1e-12 * expected[1].max())


def test_likeness_is_the_correlation_over_the_samples_both_have():
    values = np.random.default_rng(0).normal(size=(500, 5))
    values[:, 1] += values[:, 0]
    values[100:150, 2] = np.nan
    values[:, 3] = 7.0
    values[:498, 4] = np.nan
    found = measures.likeness(values)
    there = np.isfinite(values[:, 2])
    assert found[0, 1] == pytest.approx(np.corrcoef(values[:, 0], values[:, 1])[0, 1])
    assert found[2, 1] == pytest.approx(np.corrcoef(values[there, 1], values[there, 2])[0, 1])
    np.testing.assert_array_equal(found, found.T)
    assert not found[3].any(), "a constant is like nothing"
    assert not found[4].any(), "two samples say nothing"
    assert not np.diag(found).any()
