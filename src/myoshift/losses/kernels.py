"""Maximum mean discrepancy (Gretton et al. 2012, JMLR 13:723), many kernels (Long et al. 2015, arXiv 1502.02791)."""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from torch import Tensor

KERNELS = 3
"""Gaussian kernels, of 0.5, 1 and 2 times the mean squared distance."""
FREQUENCIES = 256
"""Random directions, each with a cosine and a sine: R = 512 random features."""
SMALLEST = 1e-12
"""Least squared distance that counts as a scale: below it, all rows are one."""


def mmd(source: Tensor, target: Tensor) -> Tensor:
    """Unbiased squared MMD under the sum of three Gaussian kernels.

    With D the squared distance of two rows, s its mean over all pairs (detached) and q = exp(-D / 4s), the kernel is
    q + q^2 + q^4: bandwidths 2 a s with a in {2, 1, 0.5}, of one Gram matrix and one exponential.

    Parameters
    ----------
    source, target : (n, d) and (m, d), of two rows or more

    Returns
    -------
    A scalar, 0 in expectation for equal distributions, so that it may be a little below 0; at most 6.
    """
    n, m = len(source), len(target)
    rows = torch.cat([source, target])
    rows = (rows - rows.mean(dim=0)) * (4 * spread(rows)).rsqrt()
    length = rows.square().sum(dim=1)
    kernel = cast(Tensor, _Kernels.apply(torch.addmm(-(length[:, None] + length), rows, rows.T, alpha=2)))  # type: ignore[no-untyped-call]
    domain = torch.zeros(n + m, 2).to(rows)
    domain[:n, 0] = domain[n:, 1] = 1
    (own, both), (_, other) = domain.T @ (kernel @ domain)
    alike = (own - KERNELS * n) / (n * (n - 1)) + (other - KERNELS * m) / (m * (m - 1))
    distance: Tensor = alike - 2 * both / (n * m)
    return distance


class _Kernels(torch.autograd.Function):
    """q + q^2 + q^4 of q = exp(x), with its derivative in one go: half the time of the chain rule's five."""

    @staticmethod
    def forward(ctx: Any, exponent: Tensor) -> Tensor:
        q = exponent.exp()
        square = q * q
        ctx.save_for_backward(q, square)
        return torch.addcmul(q + square, square, square)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Tensor:
        q, square = ctx.saved_tensors
        slope: Tensor = torch.add(q, square, alpha=2).addcmul_(square, square, value=4)
        return slope.mul_(gradients[0])


def random_feature_mmd(source: Tensor, target: Tensor) -> Tensor:
    """`mmd` by random Fourier features (Rahimi and Recht 2007): its cost grows with n instead of n^2.

    phi(z) holds cos(w z) and sin(w z) for 256 random w, drawn anew from the global generator at each call; the
    kernels share them out. As |phi| = 1, the terms of a row with itself are known and taken off.

    Parameters
    ----------
    source, target : (n, d) and (m, d), of two rows or more

    Returns
    -------
    A scalar whose expectation over samples and draws is that of `mmd`.
    """
    rows = torch.cat([source, target])
    width = torch.tensor([2.0, 1.0, 0.5]).repeat(math.ceil(FREQUENCIES / KERNELS))[:FREQUENCIES].to(rows)
    waves = torch.randn(rows.shape[1], FREQUENCIES).to(rows) * (width * spread(rows)).rsqrt()
    # The angles are taken from the common mean: a shift changes no difference of two rows, but costs precision.
    centre = rows.mean(dim=0)
    angles = ((each - centre) @ waves for each in (source, target))
    s, t = (torch.cat([angle.cos(), angle.sin()], dim=1).mean(dim=0) / FREQUENCIES**0.5 for angle in angles)
    n, m = len(source), len(target)
    own, other = (n * s.square().sum() - 1) / (n - 1), (m * t.square().sum() - 1) / (m - 1)
    distance: Tensor = KERNELS * (own + other - 2 * (s @ t))
    return distance


def spread(rows: Tensor) -> Tensor:
    """Mean squared distance of two different rows of (n, d), detached."""
    return (2 * rows.var(dim=0).sum()).clamp(min=SMALLEST).detach()
