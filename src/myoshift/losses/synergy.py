"""Activations that few synergies can explain."""

from __future__ import annotations

import torch
from torch import Tensor

from myoshift.errors import DataRefused

LARGEST_RANK = 8
"""Of the 2^K sets of active synergies all are looked at."""
SMOOTHING = 1e-2
ROUNDING = 1e-9


def synergy_residual(predicted: Tensor, weights: Tensor) -> Tensor:
    """Mean square of what no non-negative activation of the synergies explains: |a - W h*|^2 / M, h* = NNLS(W, a).

    h* is exact, and held: at its optimum the derivative of the residual is that for fixed h* (envelope theorem:
    Danskin 1966, doi 10.1137/0114053), 2 (a - W h*) / M. The gradient reaches `predicted`, not `weights`.

    Parameters
    ----------
    predicted : (B, T, M)
    weights : (M, K), >= 0, K <= 8

    Raises
    ------
    DataRefused
        When there are more synergies than that, or other muscles.
    """
    if weights.shape[0] != predicted.shape[-1] or not 1 <= weights.shape[1] <= LARGEST_RANK:
        raise DataRefused(
            "these weights do not fit the prediction",
            why=f"weights (M, K) are {tuple(weights.shape)}, the prediction {tuple(predicted.shape)}",
            mend=f"give the weights of its muscles, {LARGEST_RANK} synergies at most",
        )
    rows = predicted.reshape(-1, predicted.shape[-1])
    held = weights.detach().to(rows)
    with torch.no_grad():
        explained = activations(rows, held) @ held.T
    return (rows - explained).square().mean()


def activations(rows: Tensor, weights: Tensor) -> Tensor:
    """Activations (N, K), >= 0, of synergies (M, K) with the least squared error for rows (N, M): exact NNLS.

    Least squares of every set of active synergies at once; of those that come out non-negative, the best is it
    (Lawson and Hanson 1974, Solving Least Squares Problems, ch. 23).
    """
    towards, inverses = rows @ weights, _inverses(weights)
    found = (towards @ inverses.flatten(0, 1).T).view(len(rows), *inverses.shape[:2])  # (N, S, K), inverses symmetric
    explained = (found * towards.unsqueeze(1)).sum(dim=2)  # of a least-squares solution, |W h|^2
    slack = ROUNDING * towards.abs().amax(dim=1, keepdim=True)
    explained = explained.masked_fill(found.amin(dim=2) < -slack, -1.0)
    best = explained.argmax(dim=1)
    active: Tensor = found[torch.arange(len(rows), device=rows.device), best]
    return active.clamp(min=0.0)


def _inverses(weights: Tensor) -> Tensor:
    """(S, K, K) pseudo-inverses of W^T W over every set of active synergies, zeros for the others."""
    rank = weights.shape[1]
    number = torch.arange(2**rank, device=weights.device).unsqueeze(1)
    active = (number >> torch.arange(rank, device=weights.device)) & 1
    exact = weights.double()
    gram = (exact.T @ exact) * active.unsqueeze(1) * active.unsqueeze(2)
    inverses: Tensor = torch.linalg.pinv(gram, hermitian=True)
    return inverses.to(weights)


def low_rank(predicted: Tensor) -> Tensor:
    """Effective number of patterns in each window over the number of muscles, 1 / M to 1, without a given W.

    The nuclear norm over the Frobenius norm, squared: (sum_i s_i)^2 / (M sum_i s_i^2), smoothed by
    s_i = sqrt(lambda_i + 1e-4) with the eigenvalues of the window's Gram matrix (M, M) over their sum. It does not
    change with the amplitude (a ratio of norms, as in Hoyer 2004, JMLR 5:1457).

    Parameters
    ----------
    predicted : (B, T, M)
    """
    gram = predicted.transpose(1, 2) @ predicted
    power = gram.diagonal(dim1=1, dim2=2).sum(dim=1).clamp(min=torch.finfo(predicted.dtype).tiny ** 0.5)
    muscles = predicted.shape[2]
    eye = torch.eye(muscles, dtype=predicted.dtype, device=predicted.device)
    relative = gram / power[:, None, None] + SMOOTHING**2 * eye
    values: Tensor = torch.linalg.eigvalsh(relative).clamp(min=SMOOTHING**2)
    return (values.sqrt().sum(dim=1).square() / (muscles * values.sum(dim=1))).mean()
