"""Lost samples and drifting clocks."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.datasets import clocks
from myoshift.datasets.thresholds import DEFAULT, Thresholds

TIME = np.arange(300) / 100


def test_gaps_say_number_longest_total_and_limit():
    (flag,) = clocks.gaps(np.delete(TIME, np.r_[50:100, 200:220]), "EMG")
    assert (flag.code, flag.where) == ("gaps", "EMG")
    assert flag.message == "2 gaps, longest 0.51 s, 0.7 s in total; not interpolated: the limit is 50 ms"


def test_even_slow_and_short_clocks_have_none():
    assert not list(clocks.gaps(TIME, "EMG"))
    assert not list(clocks.gaps(np.arange(10.0), "EMG"))
    assert not list(clocks.gaps(TIME[:1], "EMG"))
    assert not list(clocks.gaps(np.delete(TIME, [50, 51]), "EMG"))
    assert list(clocks.gaps(np.delete(TIME, [50, 51]), "EMG", Thresholds(gap=0.02)))


@pytest.mark.parametrize("ppm", [0.0, 500.0, -2000.0])
def test_the_interval_holds_the_truth(ppm):
    random = np.random.default_rng(0)
    time, inside = np.arange(0, 120, 1.1), 0
    for _ in range(100):
        found = clocks.drift(time, 1e-6 * ppm * time + random.normal(0, 0.02, len(time)))
        inside += abs(found.ppm - ppm) <= found.half_width
    assert 88 <= inside <= 100


def test_both_limits_must_be_exceeded():
    assert clocks.Drift(ppm=1000.0, half_width=100.0, apart=0.1).exceeds(DEFAULT)
    assert not clocks.Drift(ppm=1000.0, half_width=900.0, apart=0.1).exceeds(DEFAULT)
    assert not clocks.Drift(ppm=1000.0, half_width=100.0, apart=0.01).exceeds(DEFAULT)
    assert str(clocks.Drift(ppm=1000.0, half_width=100.0, apart=0.1)) == (
        "1000 ppm (95 % interval 900 to 1100), +0.100 s at the end"
    )
