"""Inverses and subspaces of second moments that change smoothly with the sample.

No gradient goes through eigenvectors: their derivative is infinite where two eigenvalues are equal. That of a smooth
function of the matrix is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

ENERGY = 0.9
"""Share of the sum of the eigenvalues that the directions kept have together."""
RIDGE = 1e-4
"""Added to a second moment, in its mean eigenvalue."""
SMALLEST = 1e-6
"""Least threshold, and what a norm is never below."""
ANGLE_TO_SCALE = 0.02
"""Weight of the spectra beside the inverses: 0.001 / 0.05, as published."""


def second_moment(rows: Tensor) -> Tensor:
    """Z'Z / n (d, d) of rows (n, d), with a ridge of 1e-4 of its mean eigenvalue."""
    moment = rows.T @ rows / len(rows)
    return moment + RIDGE * moment.diagonal().mean() * torch.eye(len(moment)).to(moment)


def threshold(values: Tensor) -> Tensor:
    """The eigenvalue at which the largest ones reach 90 % of the sum of ascending `values` (d,), detached.

    It lies between two eigenvalues, by interpolation: a whole number of directions would jump.
    """
    falling = values.flip(0).clamp(min=0)
    reached = functional.pad(falling.cumsum(0) / falling.sum().clamp(min=SMALLEST), (1, 0))
    falling = torch.cat([falling[:1], falling])
    last = int((reached < ENERGY).sum().clamp(1, len(falling) - 1))
    part = (ENERGY - reached[last - 1]) / (reached[last] - reached[last - 1]).clamp(min=SMALLEST)
    return torch.lerp(falling[last - 1], falling[last], part.clamp(max=1)).clamp(min=SMALLEST).detach()


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A symmetric matrix (d, d) with its ascending eigenvalues and its eigenvectors, both detached."""

    matrix: Tensor
    fixed: Tensor
    vectors: Tensor

    @classmethod
    def of(cls, matrix: Tensor) -> Spectrum:
        """One decomposition, of which the gradient takes no part."""
        with torch.no_grad():
            return cls(matrix, *torch.linalg.eigh(matrix))

    @property
    def values(self) -> Tensor:
        """Eigenvalues (d,), attached: their gradient needs the vectors alone."""
        return ((self.matrix @ self.vectors) * self.vectors).sum(dim=0)

    def inverse(self, level: Tensor) -> Tensor:
        """M (M^2 + e^2 I)^-1: eigenvalues x far above the level e become 1/x, far below it 0; (d, d)."""
        x, below = self.fixed, self.fixed.square() + level.square()
        return self._function(x / below, (level.square() - torch.outer(x, x)) / torch.outer(below, below))

    def projector(self, level: Tensor) -> Tensor:
        """M^2 (M^2 + e^2 I)^-1: the directions with eigenvalues far above the level e; (d, d)."""
        x, below = self.fixed, self.fixed.square() + level.square()
        return self._function(x * x / below, level.square() * (x[:, None] + x) / torch.outer(below, below))

    def _function(self, values: Tensor, slopes: Tensor) -> Tensor:
        result = _MatrixFunction.apply(self.matrix, self.vectors, values, slopes)  # type: ignore[no-untyped-call]
        return cast(Tensor, result)


class _MatrixFunction(torch.autograd.Function):
    """The function of a symmetric matrix that has these values (d,) at its eigenvalues.

    Its derivative is that of Daleckii and Krein (1965): `slopes` (d, d) are the divided differences
    (f(x_i) - f(x_j)) / (x_i - x_j), given in closed form, so that equal eigenvalues divide nothing by 0.
    """

    @staticmethod
    def forward(ctx: Any, matrix: Tensor, vectors: Tensor, values: Tensor, slopes: Tensor) -> Tensor:
        ctx.save_for_backward(vectors, slopes)
        return (vectors * values) @ vectors.T

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None, None, None]:
        vectors, slopes = ctx.saved_tensors
        return vectors @ (slopes * (vectors.T @ gradients[0] @ vectors)) @ vectors.T, None, None, None


def dare_gram(source: Tensor, target: Tensor) -> Tensor:
    """Angles and scale of the inverse Gram matrices (DARE-GRAM: Nejjar et al. 2023, arXiv 2303.13325).

    What least squares does with features is their inverse Gram matrix. With A = [1 Z] and M = A'A / n, this is the
    mean over the columns of 1 - cos(column of M_s^+, column of M_t^+), weighted by their lengths,
    and 0.02 times the squared difference of the spectra as a share of their squared lengths.

    Deviations from the paper: the pseudo-inverse is smooth at the 90 % level (`Spectrum.inverse`) instead of cut to a
    rank, whose derivative is not that of its value; columns count by their length, as short ones are noise; all
    eigenvalues count instead of the k largest, relative to their size.

    Parameters
    ----------
    source, target : (n, d) and (m, d)

    Returns
    -------
    A scalar in [0, 2.02].
    """
    s, t = (Spectrum.of(second_moment(functional.pad(each, (1, 0), value=1.0))) for each in (source, target))
    level = (threshold(s.fixed) * threshold(t.fixed)).sqrt()
    a, b = s.inverse(level), t.inverse(level)
    lengths = a.norm(dim=0) @ b.norm(dim=0)
    angle = (lengths - (a * b).sum()) / lengths
    scale = (s.values - t.values).square().sum() / (s.values.square().sum() + t.values.square().sum())
    distance: Tensor = angle + ANGLE_TO_SCALE * scale
    return distance


def rsd(source: Tensor, target: Tensor) -> Tensor:
    """Chordal distance of the representation subspaces (RSD: Chen et al. 2021, ICML, PMLR 139:1749).

    The paper sums the sines of the principal angles between the spaces of the rows, which is not finite once a batch
    has as many rows as features: both then fill the space. Here the rows are projected on their main directions
    first, softly, by P = M^2 (M^2 + e^2 I)^-1 with M = Z'Z / n and e its mean eigenvalue (detached), so that any
    number of rows will do. The distance is the sum of the squared sines, |P_s - P_t|^2 / 2, as a share of the
    mean of |P_s|^2 and |P_t|^2. No singular vectors are needed. The paper's penalty on the order of the bases is
    left out.

    Parameters
    ----------
    source, target : (n, d) and (m, d)

    Returns
    -------
    A scalar in [0, 1], 0 for equal subspaces; blind to scale.
    """
    s, t = (_subspace(each) for each in (source, target))
    return (s - t).square().sum() / (s.square().sum() + t.square().sum()).clamp(min=SMALLEST)


def _subspace(rows: Tensor) -> Tensor:
    spectrum = Spectrum.of(second_moment(rows))
    return spectrum.projector(spectrum.fixed.mean().clamp(min=SMALLEST).detach())
