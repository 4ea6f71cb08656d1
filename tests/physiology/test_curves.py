"""The curves of muscle fibre are those that OpenSim draws from the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.physiology import curves


def test_active_force_over_length_is_that_of_rajagopals_muscles():
    opensim = pytest.importorskip("opensim")
    curve = opensim.ActiveForceLengthCurve(0.25, 0.77, 1.9, 0.75, 0.0)
    length = np.linspace(0.2, 2.0, 181)
    theirs = [curve.calcValue(float(x)) for x in length]
    assert np.abs(curves.active_length()(torch.tensor(length)).numpy() - theirs).max() < 1e-5


def test_force_over_velocity_is_that_of_opensim():
    opensim = pytest.importorskip("opensim")
    curve = opensim.ForceVelocityCurve(0.0, 0.25, 5.0, 0.0, 0.15, 1.4, 0.6, 0.9)
    pace = np.linspace(-1.4, 1.4, 281)
    theirs = [curve.calcValue(float(x)) for x in pace]
    assert np.abs(curves.velocity()(torch.tensor(pace)).numpy() - theirs).max() < 2e-5
