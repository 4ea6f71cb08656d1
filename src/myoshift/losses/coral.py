"""Second moments of two samples: Deep CORAL (Sun and Saenko 2016, arXiv 1607.01719)."""

from __future__ import annotations

from torch import Tensor


def coral(source: Tensor, target: Tensor) -> Tensor:
    """Squared distance of the covariances, ||C_s - C_t||_F^2 / (4 d^2), C with 1 / (n - 1).

    Parameters
    ----------
    source, target : (n, d) and (m, d), of two rows or more

    Returns
    -------
    A scalar, 0 for equal covariances; blind to the means.
    """
    return (source.T.cov() - target.T.cov()).square().sum() / (4 * source.shape[1] ** 2)
