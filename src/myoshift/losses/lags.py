"""Losses that forgive a little of being early or late."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from myoshift.losses.regression import SILENT

LARGEST = 0.1
"""Seconds; the largest lag that is forgiven."""
USUAL = 0.035
"""Seconds; SD of the lag between a model trained on EMG and another laboratory's EMG."""
TEMPERATURE = 0.05
"""In units of r."""


def lag_tolerant_loss(
    predicted: Tensor, measured: Tensor, rate: float, usual: float = USUAL, temperature: float = TEMPERATURE
) -> Tensor:
    """One minus r of each window and output at its best lags, averaged over the windows and then over the outputs.

    The soft minimum -T log sum_k p(k) exp(-(1 - r_k) / T) over lags k of whole frames within 100 ms, under the prior
    p ~ N(0, `usual`): a shift is not free, and where the prior allows none, this is the loss at lag 0.

    Parameters
    ----------
    predicted, measured : (B, T, M), `measured` NaN where not measured
    rate : Hz
    usual : s
    temperature : of the soft minimum

    Returns
    -------
    A scalar. Windows in which the measured signal is silent have no say.
    """
    reach = min(math.floor(LARGEST * rate), predicted.shape[1] // 2)
    lags = torch.arange(-reach, reach + 1)
    prior = (-0.5 * (lags / (rate * usual)).square()).log_softmax(0).to(predicted)
    r, active = zip(*(_correlation(predicted, measured, int(lag)) for lag in lags), strict=True)
    score = prior.view(-1, 1, 1) - (1 - torch.stack(r)) / temperature
    soft = -temperature * score.logsumexp(dim=0)
    there = active[reach]
    windows = there.sum(dim=0)
    per_output = (soft * there).sum(dim=0) / windows.clamp(min=1)
    mean: Tensor = per_output.sum() / (windows > 0).sum().clamp(min=1)
    return mean


def _correlation(predicted: Tensor, measured: Tensor, lag: int) -> tuple[Tensor, Tensor]:
    """R (B, M) of the prediction `lag` frames later with the measurement, and where that is not silent."""
    length = predicted.shape[1] - abs(lag)
    p = predicted[:, max(lag, 0) : max(lag, 0) + length]
    y = measured[:, max(-lag, 0) : max(-lag, 0) + length]
    here = y.isfinite()
    count = here.sum(dim=1, keepdim=True).clamp(min=1)
    y = y.nan_to_num(0.0)
    p, y = ((v - (v * here).sum(dim=1, keepdim=True) / count) * here for v in (p, y))
    count = count.squeeze(1)
    square_p, square_y = p.square().sum(dim=1) / count, y.square().sum(dim=1) / count
    r = (p * y).sum(dim=1) / count / ((square_p + SILENT**2) * square_y.clamp(min=SILENT**2)).sqrt()
    return r, square_y > SILENT**2
