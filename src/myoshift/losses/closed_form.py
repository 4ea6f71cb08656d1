"""What a few labelled seconds say beyond a prediction, in closed form: a network can be trained through it."""

from __future__ import annotations

import torch
from torch import Tensor

LARGE = 1e9
"""In place of infinity, whose softmax has no gradient where nothing was measured."""
CONSTANT = 1e-6
"""Mean square of features below which nothing can be learned from them."""


def ridge_residual(
    features_support: Tensor, residual_support: Tensor, features_query: Tensor, penalty: Tensor
) -> Tensor:
    """Residuals of the query, by ridge regression on features, per window and output (Bertinetto et al. 2019, eq. 4).

    Features and residuals are centred over what was measured of each output, so that the bias is not penalised:
    w = (X'X + penalty n s I)^-1 X'r with n samples and s the mean squared length of a centred feature vector. A
    penalty relative to s is blind to the scale of the features. The smaller of the primal and the dual system is
    solved.

    Parameters
    ----------
    features_support : (B, S, D)
    residual_support : (B, S, M) measured minus predicted (or the measured itself), NaN where not measured
    features_query : (B, Q, D)
    penalty : positive, a scalar or (M,)

    Returns
    -------
    (B, Q, M); 0 for an output of which nothing was measured.
    """
    here = residual_support.isfinite().to(features_support).transpose(1, 2).unsqueeze(-1)
    count = here.sum(dim=2).clamp(min=1)
    mean = (here * features_support.unsqueeze(1)).sum(dim=2) / count
    rows = here * (features_support.unsqueeze(1) - mean.unsqueeze(2))
    residual = residual_support.nan_to_num(0.0).transpose(1, 2).unsqueeze(-1)
    level = residual.sum(dim=2) / count
    weights = _ridge(rows, here * (residual - level.unsqueeze(2)), penalty.expand(rows.shape[1]))
    answer = (features_query.unsqueeze(1) - mean.unsqueeze(2)) @ weights
    return (level.unsqueeze(2) + answer).squeeze(-1).transpose(1, 2)


def _ridge(rows: Tensor, target: Tensor, penalty: Tensor) -> Tensor:
    """Weights (B, M, D, 1) of centred rows (B, M, S, D) and targets (B, M, S, 1), with a penalty (M,)."""
    square = rows.square().sum(dim=(2, 3)) + CONSTANT
    strength = (penalty * square)[..., None, None]
    support, size = rows.shape[2:]
    across = rows.transpose(2, 3)
    if support < size:
        return across @ _solved(rows @ across + strength * _identity(support, rows), target)
    return _solved(across @ rows + strength * _identity(size, rows), across @ target)


def _solved(matrix: Tensor, right: Tensor) -> Tensor:
    """The system of a positive definite matrix, by Cholesky."""
    return torch.cholesky_solve(right, torch.linalg.cholesky(matrix))


def _identity(size: int, like: Tensor) -> Tensor:
    return torch.eye(size, dtype=like.dtype, device=like.device)


def kernel_residual(
    features_support: Tensor, residual_support: Tensor, features_query: Tensor, temperature: Tensor
) -> Tensor:
    """Residuals of the query, by attention to the support (Nadaraya 1964; Watson 1964), per window and output.

    The mean of the support's residuals, weighted by exp(-|q - s|^2 / (temperature v)), with v the variance of the
    support's features: a temperature relative to v is blind to their scale. Far from the support it goes to the
    nearest residual, at a high temperature to the mean.

    Parameters
    ----------
    features_support : (B, S, D)
    residual_support : (B, S, M) measured minus predicted (or the measured itself), NaN where not measured
    features_query : (B, Q, D)
    temperature : positive scalar

    Returns
    -------
    (B, Q, M); 0 for an output of which nothing was measured.
    """
    here = residual_support.isfinite().transpose(1, 2).unsqueeze(2)
    any_output = here.any(dim=1).transpose(1, 2).to(features_support)
    count = any_output.sum(dim=1, keepdim=True).clamp(min=1)
    mean = (any_output * features_support).sum(dim=1, keepdim=True) / count
    support, query = features_support - mean, features_query - mean
    variance = (any_output * support).square().sum(dim=(1, 2), keepdim=True) / count + CONSTANT
    nearness = 2 * query @ support.transpose(1, 2) - support.square().sum(dim=-1).unsqueeze(1)
    score = (nearness / (temperature * variance)).unsqueeze(1).masked_fill(~here, -LARGE)
    weight = score.softmax(dim=-1) * here
    return (weight @ residual_support.nan_to_num(0.0).transpose(1, 2).unsqueeze(-1)).squeeze(-1).transpose(1, 2)
