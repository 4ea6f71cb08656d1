"""Losses: pure functions on tensors. NaN in a target means not measured, and has no say."""

from collections.abc import Callable, Mapping

from torch import Tensor

from myoshift.losses.coral import coral, mean_covariance
from myoshift.losses.joint import joint_transport
from myoshift.losses.kernels import mmd, random_feature_mmd
from myoshift.losses.regression import correlation_loss, masked_mse
from myoshift.losses.spectral import dare_gram, rsd
from myoshift.losses.synergy import low_rank, synergy_residual
from myoshift.losses.transport import sinkhorn, sliced_wasserstein
from myoshift.losses.within import within

DISTANCES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "coral": coral,
    "dare_gram": dare_gram,
    "mean_covariance": mean_covariance,
    "mmd": mmd,
    "random_feature_mmd": random_feature_mmd,
    "rsd": rsd,
    "sinkhorn": sinkhorn,
    "sliced_wasserstein": sliced_wasserstein,
}
"""Distances between two samples of features (n, d) and (m, d); the contract tests are made from this table."""
UNBIASED = frozenset({"mmd", "random_feature_mmd"})
"""Those that are 0 in expectation for samples of one distribution, and may be below; others: for equal samples."""

__all__ = [
    "DISTANCES",
    "UNBIASED",
    "coral",
    "correlation_loss",
    "dare_gram",
    "joint_transport",
    "low_rank",
    "masked_mse",
    "mean_covariance",
    "mmd",
    "random_feature_mmd",
    "rsd",
    "sinkhorn",
    "sliced_wasserstein",
    "synergy_residual",
    "within",
]
