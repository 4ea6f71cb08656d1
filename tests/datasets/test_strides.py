"""Strides one by one."""

from __future__ import annotations

import numpy as np
import pytest

from badinputs.trials import delayed
from datasets.walkers import STRIDE, walker
from myoshift.datasets.seen import Seen
from myoshift.datasets.strides import stride_lags, stride_seconds


def test_a_stride_takes_its_time():
    assert stride_seconds(Seen(walker())) == pytest.approx(STRIDE, abs=0.01)
    assert stride_seconds(Seen(walker(motion=None, events=()))) == pytest.approx(1.1)


@pytest.mark.parametrize("ppm", [0.0, 3000.0])
def test_lags_grow_with_the_drift(ppm):
    time, lag = stride_lags(Seen(delayed(0.0, ppm=ppm, length=60.0)))
    assert len(time) >= 50
    slope = np.polyfit(time, lag, 1)[0]
    assert slope == pytest.approx(1e-6 * ppm, abs=3e-4)


def test_without_emg_there_are_none():
    time, lag = stride_lags(Seen(walker(emg=None, sites={})))
    assert len(time) == len(lag) == 0
