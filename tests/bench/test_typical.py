"""Statistics of a source, everybody counting the same."""

from __future__ import annotations

import numpy as np
import pytest

from bench.toys import benchmark, cohort
from myoshift.bench.typical import evenly, mean, residual, typical, variance


def test_frames_are_spread_from_the_first_to_the_last():
    assert evenly(10, 4).tolist() == [0, 3, 6, 9]
    assert evenly(3, 10).tolist() == [0, 1, 2]
    assert evenly(0, 10).tolist() == []


def test_means_leave_out_what_is_missing():
    values = np.array([[1.0, np.nan], [3.0, np.nan]])
    assert mean(values, axis=0)[0] == 2
    assert np.isnan(mean(values, axis=0)[1])
    assert variance(values)[0] == 1


def test_a_source_is_described_in_its_own_unit():
    found = typical(cohort().labelled(), benchmark())
    assert ((found.peak > 0.8) & (found.peak < 3)).all()
    assert (found.variance > 0).all()
    assert (found.change > 0).all()
    assert found.synergies.shape == (3, 2)
    assert 0 <= found.residual[0] < 0.5


def test_an_output_that_nobody_measured_is_nan():
    spec = benchmark(outputs=["tibialis_anterior", "gastrocnemius", "soleus", "rectus_femoris"])
    found = typical(cohort().labelled(), spec)
    assert np.isnan([found.peak[3], found.variance[3], *found.synergies[3]]).all()


def test_what_synergies_leave():
    weights = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    assert residual(np.array([[1.0, 2.0, 0.0]]), weights) == pytest.approx(0)
    assert residual(np.array([[1.0, 0.0, 1.0]]), weights) == pytest.approx(0.5)
    assert np.isnan(residual(np.zeros((2, 3)), weights))
