"""How far predicted activations are from measured ones, where there are measured ones."""

from __future__ import annotations

from torch import Tensor

SILENT = 1e-3
"""A standard deviation (of activations in 0..1) below which a signal has no shape to correlate with."""


def masked_mse(predicted: Tensor, measured: Tensor) -> Tensor:
    """Mean squared error over the measured samples of each output, then over the outputs.

    Parameters
    ----------
    predicted, measured : (B, T, M), `measured` NaN where not measured

    Returns
    -------
    A scalar. Outputs without any sample have no say; without any at all it is 0, attached to the graph.
    """
    here = measured.isfinite()
    square = (predicted - measured.nan_to_num(0.0)).square() * here
    count = here.sum(dim=(0, 1))
    per_output = square.sum(dim=(0, 1)) / count.clamp(min=1)
    return per_output.sum() / (count > 0).sum().clamp(min=1)


def correlation_loss(predicted: Tensor, measured: Tensor) -> Tensor:
    """One minus Pearson's r of each window and output, averaged over the windows and then over the outputs.

    Parameters
    ----------
    predicted, measured : (B, T, M), `measured` NaN where not measured

    Returns
    -------
    A scalar in [0, 2]. Windows in which the measured signal is silent (SD below 0.001) have no say; a constant
    prediction of an active signal counts as r = 0.
    """
    here = measured.isfinite()
    count = here.sum(dim=1, keepdim=True).clamp(min=1)

    def centred(values: Tensor) -> Tensor:
        return (values - (values * here).sum(dim=1, keepdim=True) / count) * here

    p, y = centred(predicted), centred(measured.nan_to_num(0.0))
    count = count.squeeze(1)
    covariance = (p * y).sum(dim=1) / count
    variance_p, variance_y = p.square().sum(dim=1) / count, y.square().sum(dim=1) / count
    r = covariance / ((variance_p + SILENT**2) * variance_y.clamp(min=SILENT**2)).sqrt()
    active = variance_y > SILENT**2
    windows = active.sum(dim=0)
    per_output = ((1 - r) * active).sum(dim=0) / windows.clamp(min=1)
    return per_output.sum() / (windows > 0).sum().clamp(min=1)
