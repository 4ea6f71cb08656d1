"""Joint transport of features and labels (DeepJDOT: Damodaran et al. 2018, arXiv 1803.10081), for regression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from myoshift.errors import ConfigError
from myoshift.losses.transport import costs, potentials, regularisation

Plan = Literal["sinkhorn", "exact"]
SHARP = 0.1
"""Regularisation of a plan, in the median cost."""
NEAR = 1e-3
"""Mean error of the marginals of a plan."""


def joint_transport(
    source: Tensor,
    target: Tensor,
    measured: Tensor,
    predicted: Tensor,
    features: float = 0.1,
    plan: Plan = "sinkhorn",
) -> Tensor:
    """Cost of the best plan that brings source frames to target frames of like features and like activation.

    The cost of a pair is `features` times the squared difference of the features (mean over them) plus the squared
    difference of measured and predicted activation (mean over the outputs measured there). The plan is detached: it
    pairs each target frame with source frames, whose measured activation then is what it should be predicted.

    Parameters
    ----------
    source, target : features (n, d) and (m, d)
    measured : activation (n, M) of the source, NaN where not measured
    predicted : activation (m, M) of the target, as predicted
    plan : entropic, or the exact one, for which POT is needed

    Raises
    ------
    ConfigError
        When the exact plan is asked for and POT is not installed.
    """
    cost = features * costs(source, target) + label_costs(measured, predicted)
    return (PLANS[plan](cost) * cost).sum()


def label_costs(measured: Tensor, predicted: Tensor) -> Tensor:
    """Squared difference (n, m), mean over the outputs measured in each row of (n, M), from each row of (m, M).

    A row without any measured output costs 0.
    """
    here = measured.isfinite()
    share = here / here.sum(dim=1, keepdim=True).clamp(min=1)
    known = measured.nan_to_num(0.0)
    return (
        (share * known.square()).sum(dim=1)[:, None]
        - 2 * (share * known) @ predicted.T
        + share @ predicted.square().T
    )


@torch.no_grad()
def entropic_plan(cost: Tensor) -> Tensor:
    """The plan (n, m) of uniform weights, regularised by a tenth of the median cost: near the exact one."""
    level = regularisation(cost, SHARP)
    f, g = potentials(cost, level, NEAR)
    return ((f[:, None] + g - cost) / level).exp() / cost.numel()


@torch.no_grad()
def exact_plan(cost: Tensor) -> Tensor:
    """The plan (n, m) of uniform weights with the least cost."""
    try:
        from ot import emd
    except ImportError as error:
        raise ConfigError(
            "the exact plan needs POT",
            why="it is not installed",
            mend="pip install 'myoshift[ot]', or set plan = sinkhorn",
        ) from error
    return torch.from_numpy(emd([], [], cost.double().cpu().numpy())).to(cost)


PLANS: dict[Plan, Callable[[Tensor], Tensor]] = {"sinkhorn": entropic_plan, "exact": exact_plan}
