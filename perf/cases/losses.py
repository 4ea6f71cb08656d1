"""Distances between features: each of `losses.DISTANCES`, with its gradient, beside pytorch-adapt, skada and POT.

Up to the budget of frames that a method compares, all see the same rows. Sequences have more: peers take all frames,
ours the budget, which is drawn within its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from myoshift.losses import DISTANCES
from myoshift.losses.kernels import spread
from myoshift.losses.tokens import BUDGET, chosen, tokens
from myoshift.losses.transport import DIRECTIONS, REGULARISATION
from perf.contest import OURS, Case, Contest, Entrant, installed

Distance = Callable[[Tensor, Tensor], Tensor]

FEATURES, FRAMES = 128, 50
"""Features of a frame, and frames of a sequence."""


@contextmanager
def enter(name: str, folder: Path, frames: int) -> Iterator[Contest]:
    """Source and target of so many frames each; the target is shifted and wider."""
    torch.manual_seed(0)
    source, target = torch.randn(frames, FEATURES), 0.3 + 1.2 * torch.randn(frames, FEATURES)
    few = frames <= BUDGET
    ours = DISTANCES[name] if few else partial(within_budget, DISTANCES[name])
    entrants = {OURS: Entrant(partial(both_ways, ours, source, target))}
    for peer, (package, distance, same) in PEERS.get(name, {}).items():
        if installed(package):
            entrants[peer] = Entrant(partial(both_ways, distance, source, target), same=same and few)
    yield Contest(entrants, tolerance=2e-3)


def both_ways(distance: Distance, source: Tensor, target: Tensor) -> list[Tensor]:
    """The distance and its gradients; whatever is drawn is drawn from the same seed."""
    torch.manual_seed(0)
    source, target = source.clone().requires_grad_(), target.clone().requires_grad_()
    value = distance(source, target)
    torch.autograd.backward(value)
    assert source.grad is not None
    assert target.grad is not None
    return [value.detach(), source.grad, target.grad]


def within_budget(distance: Distance, source: Tensor, target: Tensor) -> Tensor:
    """The distance as methods take it: of as many frames of the sequences as the budget allows."""
    sequences = (each.unflatten(0, (-1, FRAMES)) for each in (source, target))
    return distance(*(tokens(each, chosen(torch.ones(each.shape[:2], dtype=torch.bool))) for each in sequences))


def _adapt_coral(source: Tensor, target: Tensor) -> Tensor:
    from pytorch_adapt.layers import CORALLoss

    loss: Tensor = CORALLoss()(source, target)
    return loss


def _skada_coral(source: Tensor, target: Tensor) -> Tensor:
    from skada.deep.losses import deepcoral_loss

    loss: Tensor = deepcoral_loss(source, target)
    return loss


def _adapt_mmd(kind: str, source: Tensor, target: Tensor) -> Tensor:
    """Our three kernels in its terms, which are a mean where ours are a sum."""
    from pytorch_adapt.layers import MMDLoss

    scales = torch.tensor([0.25, 0.5, 1.0])
    width = float(spread(torch.cat([source, target])))
    loss: Tensor = len(scales) * MMDLoss(scales, mmd_type=kind, bandwidth=width)(source, target)
    return loss


def _skada_mmd(source: Tensor, target: Tensor) -> Tensor:
    """With its own kernels: 33, of the plain distance, and with the diagonal, so that it is another number."""
    from skada.deep.losses import dan_loss

    loss: Tensor = dan_loss(source, target)
    return loss


def _adapt_sliced(source: Tensor, target: Tensor) -> Tensor:
    from pytorch_adapt.layers import SlicedWasserstein

    loss: Tensor = SlicedWasserstein(DIRECTIONS)(source, target)
    return loss


def _pot_sliced(source: Tensor, target: Tensor) -> Tensor:
    """Along our directions, so that the answers can be compared; it takes the root."""
    import ot

    directions = torch.nn.functional.normalize(torch.randn(source.shape[1], DIRECTIONS), dim=0)
    loss: Tensor = ot.sliced_wasserstein_distance(source, target, projections=directions) ** 2
    return loss


def _pot_sinkhorn(source: Tensor, target: Tensor) -> Tensor:
    """The same divergence: entropic values at our cost and regularisation, with the gradient of the plan."""
    import ot

    pairs = ((source, target), (source, source), (target, target))
    costs = [ot.dist(one, other) / source.shape[1] for one, other in pairs]
    level = float(REGULARISATION * costs[0].detach().median())
    between, own, others = (ot.solve(cost, reg=level, grad="envelope", tol=1e-6).value for cost in costs)
    loss: Tensor = between - (own + others) / 2
    return loss


PEERS: dict[str, dict[str, tuple[str, Distance, bool]]] = {
    "coral": {
        "pytorch-adapt": ("pytorch_adapt", _adapt_coral, True),
        "skada": ("skada", _skada_coral, True),
    },
    "mmd": {
        "pytorch-adapt": ("pytorch_adapt", partial(_adapt_mmd, "quadratic"), True),
        "skada": ("skada", _skada_mmd, False),
    },
    "random_feature_mmd": {
        "pytorch-adapt linear": ("pytorch_adapt", partial(_adapt_mmd, "linear"), False),
    },
    "sliced_wasserstein": {
        "pytorch-adapt": ("pytorch_adapt", _adapt_sliced, True),
        "POT": ("ot", _pot_sliced, True),
    },
    "sinkhorn": {"POT": ("ot", _pot_sinkhorn, True)},
}
"""By distance and peer: the package, its loss, and whether it is the same quantity as ours."""

CASES = tuple(
    Case(
        name=f"loss {name}",
        job=f"`losses.{name}` of {FEATURES} features with its gradient; ours draws {BUDGET} of more frames",
        unit="frames a domain",
        sizes=(BUDGET, 32 * FRAMES),
        quick=(BUDGET,),
        tiny=24,
        enter=partial(enter, name),
        marked=BUDGET,
        marks=dict.fromkeys(PEERS.get(name, ()), 1.0),
    )
    for name in DISTANCES
)
