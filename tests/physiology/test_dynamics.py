"""Rise and fall beside a shift."""

from __future__ import annotations

import numpy as np
import torch

from knowntruth.delays import RATE, draw
from myoshift import signal
from myoshift.physiology import activate, dynamics_or_shift


def excitation(seed=0):
    each = draw(np.random.default_rng(seed), muscles=3, strides=6, decibel=60.0)
    return np.clip(each.predicted / each.predicted.max(axis=0), 0.0, 1.0)


def test_dynamics_explain_what_dynamics_made():
    wanted = excitation()
    late = activate(torch.from_numpy(wanted)[None], RATE, rise=0.04, fall=0.16)[0].numpy()
    found = dynamics_or_shift([late], [signal.lowpass(wanted, RATE, 6.0)], RATE)
    assert found.better == ("dynamics",) * 3
    assert np.allclose(found.rise, 0.04)
    assert np.allclose(found.fall, 0.16)
    assert (found.r_dynamics > 0.995).all()
    assert (found.delay > 0.02).all()


def test_a_shift_explains_a_shift():
    wanted = excitation(1)
    found = dynamics_or_shift([wanted[:-9]], [signal.lowpass(wanted[9:], RATE, 6.0)], RATE)
    assert np.allclose(found.delay, 0.09, atol=2e-3)
    assert found.better == ("shift",) * 3


def test_nothing_to_compare():
    wanted = excitation(2)
    found = dynamics_or_shift([wanted], [np.full_like(wanted, np.nan)], RATE)
    assert found.better == ("",) * 3
    assert np.isnan(found.rise).all()
