from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import signal
from myoshift.errors import DataRefused


def test_reference_is_one_percentile_over_all_recordings():
    random = np.random.default_rng(0)
    blocks = [random.random((n, 3)) for n in (40, 7, 90)]
    expected = np.percentile(np.concatenate(blocks), 95, axis=0)
    np.testing.assert_allclose(signal.percentile_reference(blocks), expected)
    np.testing.assert_allclose(signal.percentile_reference(blocks[::-1]), expected)


def test_missing_samples_do_not_count():
    block = np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan]])
    reference = signal.percentile_reference([block], percentile=100)
    assert reference[0] == 2
    assert np.isnan(reference[1])


def test_bad_35_a_silent_channel_has_no_reference():
    assert np.isnan(signal.percentile_reference([np.zeros((10, 1))])[0])


def test_no_recording_no_reference():
    with pytest.raises(DataRefused, match="no recording"):
        signal.percentile_reference([])


@given(gain=st.floats(1e-3, 1e3), seed=st.integers(0, 99))
@settings(deadline=None)
def test_coefficient_of_variation_does_not_depend_on_the_unit(gain, seed):
    values = np.random.default_rng(seed).random((50, 2))
    values[3, 0] = np.nan
    expected = np.nanstd(values, axis=0) / np.nanmean(values, axis=0)
    np.testing.assert_allclose(signal.coefficient_of_variation(gain * values), expected)


def test_coefficient_of_variation_of_nothing():
    values = np.array([[np.nan, 0.0, 2.0], [np.nan, 0.0, 2.0]])
    np.testing.assert_array_equal(signal.coefficient_of_variation(values), [np.nan, np.nan, 0.0])
