"""A lag is forgiven as far as the prior allows."""

from __future__ import annotations

import math

import pytest
import torch

from myoshift.losses import correlation_loss
from myoshift.losses.lags import lag_tolerant_loss

TIME = torch.arange(100, dtype=torch.float64) / 50
SIGNAL = torch.stack([torch.sin(6 * TIME), torch.cos(5 * TIME)], dim=1)[None] + 1.0


def late(frames):
    return torch.roll(SIGNAL, frames, dims=1)[:, 10:-10], SIGNAL[:, 10:-10]


def test_a_small_lag_is_forgiven_and_a_large_one_is_not():
    small, large, none = (float(lag_tolerant_loss(*late(frames), 50.0, 0.05, 1e-3)) for frames in (2, 9, 0))
    assert small < 0.3 * float(correlation_loss(*late(2)))
    assert none <= small < 0.1 * large


def test_where_the_prior_allows_no_lag_it_is_the_loss_at_lag_0():
    strict = lag_tolerant_loss(*late(2), 50.0, usual=1e-3)
    assert float(strict) == pytest.approx(float(correlation_loss(*late(2))), rel=1e-6)


def test_what_was_not_measured_has_no_say():
    predicted, measured = late(1)
    measured = measured.clone()
    measured[..., 1] = math.nan
    alone = lag_tolerant_loss(predicted[..., :1], measured[..., :1], 50.0)
    assert float(lag_tolerant_loss(predicted, measured, 50.0)) == pytest.approx(float(alone))
    measured[:] = math.nan
    assert float(lag_tolerant_loss(predicted, measured, 50.0)) == 0


def test_gradient():
    predicted, measured = late(2)
    predicted = predicted[:, :24].clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda p: lag_tolerant_loss(p, measured[:, :24], 50.0), (predicted,))
