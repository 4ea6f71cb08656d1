"""Losses: pure functions on tensors. NaN in a target means not measured, and has no say."""

from collections.abc import Callable, Mapping

from torch import Tensor

from myoshift.losses.coral import coral
from myoshift.losses.regression import correlation_loss, masked_mse

DISTANCES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {"coral": coral}
"""Distances between two samples of features (n, d) and (m, d); the contract tests are made from this table."""

__all__ = ["DISTANCES", "coral", "correlation_loss", "masked_mse"]
