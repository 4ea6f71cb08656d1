"""Delays and low-pass as convolutions over time."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.deploy.onnx_filters import ShiftLink
from myoshift.physiology import advance


@pytest.mark.parametrize("frames", [1, 3, 60])
def test_a_shift_reads_later_and_holds_the_ends(frames):
    seconds = np.array([0.0, 0.055, -0.13, 0.02])
    values = torch.rand(2, frames, 4, dtype=torch.float64)
    wanted = advance(values, torch.from_numpy(seconds).expand(2, -1), 50.0)
    found = ShiftLink(seconds, 50.0)(values.float(), values)
    torch.testing.assert_close(found.double(), wanted, atol=1e-6, rtol=0)
