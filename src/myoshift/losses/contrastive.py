"""Two views of the same window nearer to each other than to those of other windows."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

TEMPERATURE = 0.1


def info_nce(one: Tensor, other: Tensor, there: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """Symmetric InfoNCE (van den Oord et al. 2018, arXiv 1807.03748), both ways as in arXiv 2103.00020.

    Parameters
    ----------
    one, other : (B, D) embeddings of B windows in two views, of any length
    there : (B,) which windows have both views
    temperature : of the softmax over the windows

    Returns
    -------
    A scalar; 0, attached to the graph, for fewer than two windows.
    """
    if int(there.sum()) < 2:
        return 0.0 * (one.sum() + other.sum())
    a, b = (functional.normalize(view[there], dim=1) for view in (one, other))
    logits, right = a @ b.T / temperature, torch.arange(len(a))
    return (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2
