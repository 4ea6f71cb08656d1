"""What every distance between samples of features promises."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from myoshift import losses
from myoshift.losses.tokens import conditioned
from myoshift.testing.promise import require

Distance = Callable[[Tensor, Tensor], Tensor]

SHAPES = ((12, 9, 5), (24, 24, 8), (6, 5, 16), (30, 20, 3))
"""Rows of the source, rows of the target, features: more and fewer rows than features, equal and unequal numbers."""
STEP = 1e-6
"""Short: where the order of two projections changes, a derivative does."""
RELATIVE = 1e-5
"""Largest difference of the gradient and central differences."""
SHIFT, GAIN = 1.0, 1.0
"""Between the means of the samples, and of what all features have in common."""
FEATURES = 8
MANY, PARTS, DRAWS = 512, 4, 12
"""Rows, in how many parts of 128 they are compared too, and how often."""
SPREAD = 0.05
"""Largest change of that mean with the number of rows."""
NULLS = 60
ROUNDING = 1e-5
DESCENT = 40
CLOSER = 0.8
"""Share of the distance that is left, at most, after so many steps down its gradient."""
DEVICES = 1e-4


def check_distance(name: str) -> None:
    """Gradient, null, order, batch size, descent, degenerate samples and devices of a distance of `losses.DISTANCES`.

    A gradient must equal central differences. Scalars that a distance takes off the graph, such as a bandwidth, are
    held meanwhile: they are declared constants. Larger tensors are not: a gradient that misses a part is found.
    """
    distance = losses.DISTANCES[name]
    _check_gradient(name, distance)
    _check_null(name, distance, unbiased=name in losses.UNBIASED)
    _check_order(name, distance)
    _check_size(name, distance)
    _check_descent(name, distance)
    _check_degenerate(name, distance)
    if torch.cuda.is_available():
        _check_devices(name, distance)


def _check_gradient(name: str, distance: Distance) -> None:
    for shape in SHAPES:
        pair = tuple(each.double().requires_grad_() for each in shifted(*shape, seed=1))
        with _Held() as held, _seed(0):
            gradient = torch.autograd.grad(distance(*pair), pair)
        where = f"{name} {shape}"
        require(all(bool(each.isfinite().all()) for each in gradient), f"{where}: the gradient is finite")
        require(all(bool(each.abs().max() > 0) for each in gradient), f"{where}: the gradient is not zero")
        for seed in range(3):
            along = tuple(each.double() for each in shifted(*shape, seed=2 + seed))
            slope = sum(float((g * v).sum()) for g, v in zip(gradient, along, strict=True))
            measured = _slope(distance, pair, along, held)
            agree = abs(slope - measured) <= RELATIVE * max(abs(slope), _typical(gradient, along))
            require(agree, f"{where}: the gradient ({slope:.8g}) equals central differences ({measured:.8g})")


def _slope(distance: Distance, pair: tuple[Tensor, ...], along: tuple[Tensor, ...], held: _Held) -> float:
    """The central difference of a distance along a direction, with the same draws and constants."""
    ends = []
    for step in (STEP, -STEP):
        with torch.no_grad(), held.again(), _seed(0):
            moved = (each + step * v for each, v in zip(pair, along, strict=True))
            ends.append(float(distance(*moved)))
    return (ends[0] - ends[1]) / (2 * STEP)


def _typical(gradient: tuple[Tensor, ...], along: tuple[Tensor, ...]) -> float:
    """What the product of the two would be if they had nothing to do with each other."""
    g, v = (torch.cat([each.flatten() for each in side]) for side in (gradient, along))
    return float(g.norm() * v.norm()) / math.sqrt(len(g))


def _check_null(name: str, distance: Distance, *, unbiased: bool) -> None:
    if not unbiased:
        for rows in (6, 40):
            sample, _ = shifted(rows, rows, FEATURES, seed=rows)
            with _seed(0):
                value = float(distance(sample, sample.clone()))
            require(abs(value) <= ROUNDING, f"{name}: equal samples are 0 apart, not {value:.3g}")
        return
    with _seed(0):
        values = torch.stack([distance(*torch.randn(2, 48, FEATURES)) for _ in range(NULLS)])
    error = float(values.std()) / NULLS**0.5
    require(abs(float(values.mean())) <= 3 * error, f"{name}: 0 in expectation for equal distributions")


def _check_order(name: str, distance: Distance) -> None:
    source, target = shifted(40, 30, FEATURES, seed=3)
    with _seed(0):
        shuffled = source[torch.randperm(40)], target[torch.randperm(30)]
    with _seed(1):
        value = float(distance(source, target))
    with _seed(1):
        again = float(distance(*shuffled))
    require(value > 0, f"{name}: shifted samples are more than 0 apart, not {value:.3g}")
    require(abs(again - value) <= 1e-4 * value, f"{name}: the order of the rows does not matter")


def _check_size(name: str, distance: Distance) -> None:
    few = many = 0.0
    for seed in range(DRAWS):
        source, target = conditioned(*shifted(MANY, MANY, FEATURES, seed=seed))
        many += _value(distance, (source, target), seed)
        parts = zip(source.chunk(PARTS), target.chunk(PARTS), strict=True)
        few += sum(_value(distance, part, seed) for part in parts) / PARTS
    change = abs(few - many) / abs(many)
    require(change <= SPREAD, f"{name}: the same for {MANY} rows and a quarter of them, not {change:.1%} off")


def _check_descent(name: str, distance: Distance) -> None:
    source, target = shifted(40, 30, FEATURES, seed=4)
    source.requires_grad_()
    begin = _value(distance, (source, target), 0)
    optimiser = torch.optim.Adam([source], lr=0.05)
    with _seed(0):
        for _ in range(DESCENT):
            optimiser.zero_grad()
            torch.autograd.backward(distance(source, target))
            optimiser.step()
    end = _value(distance, (source, target), 0)
    require(end <= CLOSER * begin, f"{name}: its own descent makes it smaller, not {end:.3g} of {begin:.3g}")


def _check_degenerate(name: str, distance: Distance) -> None:
    for what, source, target in _degenerate():
        pair = (source.clone().requires_grad_(), target.clone().requires_grad_())
        with _seed(0):
            value = distance(*pair)
        finite = [bool(each.isfinite().all()) for each in (value, *torch.autograd.grad(value, pair))]
        require(all(finite), f"{name}: value and gradient are finite for {what}")


def _degenerate() -> Iterator[tuple[str, Tensor, Tensor]]:
    """Samples that formulas with a division, a logarithm or a root stumble over."""
    source, target = shifted(40, 30, FEATURES, seed=5)
    yield "constant features", torch.ones_like(source), torch.ones_like(target)
    yield "features that are all 0", torch.zeros_like(source), torch.zeros_like(target)
    yield "one constant domain", torch.ones_like(source), target
    yield "duplicated rows", source[:1].repeat(40, 1), target[:2].repeat(15, 1)
    yield "equal samples", source, source.clone()
    yield "rank-deficient features", source[:, :2].repeat(1, 4), target[:, :2].repeat(1, 4)
    yield "duplicated features", source[:, :1].repeat(1, FEATURES), target[:, :1].repeat(1, FEATURES)
    yield "two rows", source[:2], target[:2]
    yield "two rows and many", source[:2], target
    yield "more rows than features", *shifted(200, 150, 3, seed=6)
    yield "one feature", source[:, :1], target[:, :1]
    yield "large features", 1e3 * source, 1e3 * target


def _check_devices(name: str, distance: Distance) -> None:
    pair = shifted(40, 30, FEATURES, seed=7)
    here, there = _value(distance, pair, 0), _value(distance, tuple(each.cuda() for each in pair), 0)
    require(abs(here - there) <= DEVICES * abs(here), f"{name}: the same on both devices ({here:.6g}, {there:.6g})")


def shifted(rows: int, others: int, features: int, seed: int) -> tuple[Tensor, Tensor]:
    """Two samples (rows, features), (others, features) that differ in mean, scale and the sign of correlations."""
    random = torch.Generator().manual_seed(seed)
    source = torch.randn(rows, features, generator=random) + GAIN * torch.randn(rows, 1, generator=random)
    target, common = (torch.randn(others, count, generator=random) for count in (features, 1))
    scale = torch.linspace(0.7, 1.4, features)
    sign = 1 - 2 * (torch.arange(features) % 2)
    return source / scale, scale * (target + GAIN * sign * common) + SHIFT


def _value(distance: Distance, pair: tuple[Tensor, ...], seed: int) -> float:
    with torch.no_grad(), _seed(seed):
        return float(distance(*pair))


@contextmanager
def _seed(seed: int) -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


class _Held(TorchFunctionMode):
    """Records the scalars that are taken off the graph; `again` gives them back in the same order."""

    def __init__(self, kept: list[Tensor] | None = None) -> None:
        super().__init__()
        self.kept: list[Tensor] = kept or []
        self._next = iter(self.kept) if kept else None

    def again(self) -> _Held:
        """The scalars recorded here, for one more call."""
        return _Held(self.kept)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        value = func(*args, **(kwargs or {}))
        if func is not torch.Tensor.detach or value.numel() > 1:
            return value
        if self._next is not None:
            return next(self._next)
        self.kept.append(value)
        return value
