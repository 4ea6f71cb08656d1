"""Thresholds are in one place."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from myoshift.datasets.thresholds import DEFAULT, Thresholds
from myoshift.signal import Limits


def test_every_threshold_is_described_and_none_changes():
    for field in fields(Thresholds):
        assert field.name in str(Thresholds.__doc__)
    assert DEFAULT.emg == Limits()
    with pytest.raises(FrozenInstanceError):
        DEFAULT.lag = 1.0
