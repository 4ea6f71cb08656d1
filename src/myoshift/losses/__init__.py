"""Losses: pure functions on tensors. NaN in a target means not measured, and has no say."""

from myoshift.losses.regression import correlation_loss, masked_mse

__all__ = ["correlation_loss", "masked_mse"]
