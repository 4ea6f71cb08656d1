"""First and second moments of two samples: Deep CORAL, and the pair that DomainBed compares."""

from __future__ import annotations

from torch import Tensor


def coral(source: Tensor, target: Tensor) -> Tensor:
    """Squared distance of the covariances, ||C_s - C_t||_F^2 / (4 d^2), C with 1 / (n - 1).

    Deep CORAL (Sun and Saenko 2016, arXiv 1607.01719).

    Parameters
    ----------
    source, target : (n, d) and (m, d), of two rows or more

    Returns
    -------
    A scalar, 0 for equal covariances; blind to the means.
    """
    return (source.T.cov() - target.T.cov()).square().sum() / (4 * source.shape[1] ** 2)


def mean_covariance(source: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of the means and of the covariances, C with 1 / (n - 1).

    What DomainBed calls CORAL (Gulrajani and Lopez-Paz 2021, arXiv 2007.01434): 4 times `coral`, and the means.

    Parameters
    ----------
    source, target : (n, d) and (m, d), of two rows or more

    Returns
    -------
    A scalar, 0 for equal means and covariances.
    """
    means = (source.mean(dim=0) - target.mean(dim=0)).square().mean()
    return means + 4 * coral(source, target)
