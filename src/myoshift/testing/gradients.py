"""Whether the gradient of a method is the derivative of its loss.

What a method holds constant on purpose (`detach`, `no_grad`, a number taken out of a tensor) must be held constant
in the differences too: it is recorded at the point and played back beside it. Behind a reversed gradient, only what
lies above the reversal (the discriminator) has the derivative of the loss; below, it must point the other way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from myoshift.models.tcn import TCN
from myoshift.testing import toys
from myoshift.testing.promise import require
from myoshift.training import Batch, Method, Pool, Windows
from myoshift.types import Split

STEP = 1e-6
TOLERANCE = 1e-5
"""Between the gradient and the differences along a direction, relative to the larger of the two and to `SMALL`."""
SMALL = 1e-5
LATE = 0.6
"""Progress at which ramps and warm-ups are over."""
CONSTANTS = frozenset({Tensor.detach, Tensor.item, Tensor.__float__, Tensor.tolist, Tensor.numpy, Tensor.__bool__})


@dataclass
class Point:
    """A method, its model and modules, and a batch, all in double precision."""

    method: Method
    model: TCN
    own: nn.ModuleList
    batch: Batch

    def terms(self, mode: Constants) -> dict[str, Tensor]:
        """The loss, with the same random numbers each time."""
        torch.manual_seed(0)
        with _double_precision(), _own_functions(mode), mode:
            return self.method.loss(self.model, self.batch, LATE)

    @property
    def weights(self) -> list[nn.Parameter]:
        """Of the model, then of the method's own modules."""
        return [*self.model.parameters(), *self.own.parameters()]


class Constants(TorchFunctionMode):
    """Records what was taken out of the graph, or plays back what another one recorded."""

    def __init__(self, recorded: Sequence[Any] | None = None) -> None:
        super().__init__()
        self.kept: list[Any] = []
        self.idle = False
        self._replayed = None if recorded is None else iter(recorded)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Do what was asked; where the result is a constant of the graph, keep it or give the kept one."""
        value = func(*args, **(kwargs or {}))
        if self.idle or not self._constant(func, value):
            return value
        if self._replayed is not None:
            return next(self._replayed, value)
        self.kept.append(value.clone() if isinstance(value, Tensor) else value)
        return value

    @staticmethod
    def _constant(func: Callable[..., Any], value: Any) -> bool:
        """In-place functions are done, not played back."""
        if func in CONSTANTS:
            return True
        name = getattr(func, "__name__", "")
        changes = name.endswith("_") or name.startswith("__set")
        return not torch.is_grad_enabled() and isinstance(value, Tensor) and not changes and value.is_floating_point()


@contextmanager
def _double_precision() -> Iterator[None]:
    """New tensors are in double precision, those that a method makes for itself too."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(usual)


@contextmanager
def _own_functions(mode: Constants) -> Iterator[None]:
    """The mode is idle inside functions with a backward pass of their own: torch computes them without a graph."""
    apply = vars(torch.autograd.Function)["apply"]

    def idly(cls: type[torch.autograd.Function], *args: Any) -> Any:
        mode.idle = True
        try:
            return apply.__func__(cls, *args)
        finally:
            mode.idle = False

    setattr(torch.autograd.Function, "apply", classmethod(idly))  # noqa: B010 - mypy lets no method be assigned
    try:
        yield
    finally:
        setattr(torch.autograd.Function, "apply", apply)  # noqa: B010


def check_gradients(name: str, kind: type[Method], split: Split) -> None:
    """Loss terms are finite scalars with a gradient into the model that is the derivative of their sum."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        point = _point(kind(), split)
        terms = deepcopy(point).terms(Constants())
        for term, value in terms.items():
            require(value.ndim == 0 and bool(torch.isfinite(value)), f"{name}: {term} is a finite scalar")
        _check_derivative(name, point)


def _check_derivative(name: str, point: Point) -> None:
    constants, there = Constants(), deepcopy(point)
    total = torch.stack(list(there.terms(constants).values())).sum()
    found = torch.autograd.grad(total, there.weights, allow_unused=True)
    gradient = [torch.zeros_like(w) if g is None else g for w, g in zip(there.weights, found, strict=True)]
    of_model = len(list(there.model.parameters()))
    require(any(bool(g.any()) for g in gradient[:of_model]), f"{name}: the loss has a gradient into the model")
    require(all(bool(torch.isfinite(g).all()) for g in gradient), f"{name}: the gradient is finite")
    reverses = reversing(total)
    random = torch.Generator().manual_seed(1)
    for _ in range(2):
        direction = [torch.randn(g.shape, generator=random, dtype=g.dtype) for g in gradient]
        if reverses:
            direction[:of_model] = [torch.zeros_like(d) for d in direction[:of_model]]
        direction = _of_length_one(direction)
        slope = sum(float((g * d).sum()) for g, d in zip(gradient, direction, strict=True))
        difference = _difference(point, direction, constants.kept)
        error = abs(slope - difference) / max(abs(slope), abs(difference), SMALL)
        require(error < TOLERANCE, f"{name}: the gradient, {slope:.6g}, is the derivative, {difference:.6g}")
    if reverses:
        _check_reversal(name, point)


def _check_reversal(name: str, point: Point) -> None:
    """Along its own gradient in the model, a term behind a reversal falls where any other would rise."""
    constants, there = Constants(), deepcopy(point)
    terms = there.terms(constants)
    of_model = list(there.model.parameters())
    for term in (term for term, value in terms.items() if reversing(value)):
        found = torch.autograd.grad(terms[term], of_model, allow_unused=True, retain_graph=True)
        gradient = [torch.zeros_like(w) if g is None else g for w, g in zip(of_model, found, strict=True)]
        length = torch.stack([g.square().sum() for g in gradient]).sum().sqrt()
        if not length:  # the method holds its adversary back here
            continue
        direction = [g / length for g in gradient] + [torch.zeros_like(w) for w in _own(there)]
        slope = _difference(point, direction, constants.kept, only=term)
        require(slope < 0, f"{name}: the model is trained against {term}, whose slope is {slope:.3g}")


def _of_length_one(direction: Sequence[Tensor]) -> list[Tensor]:
    """A short step crosses next to no kink of a rectifier, of which a batch has a hundred thousand."""
    length = torch.stack([part.square().sum() for part in direction]).sum().sqrt()
    return [part / length for part in direction]


def _own(point: Point) -> Iterator[nn.Parameter]:
    return point.own.parameters()


def _difference(point: Point, direction: Sequence[Tensor], kept: Sequence[Any], only: str = "") -> float:
    """Central difference of the loss, or of one term, along a direction of all weights."""
    values = []
    for sign in (1, -1):
        moved = deepcopy(point)
        with torch.no_grad():
            for weight, step in zip(moved.weights, direction, strict=True):
                weight.add_(sign * STEP * step)
        terms = moved.terms(Constants(kept))
        values.append(float((terms[only] if only else torch.stack(list(terms.values())).sum()).detach()))
    return (values[0] - values[1]) / (2 * STEP)


def reversing(value: Tensor) -> bool:
    """Whether a function that says that it `reverses` stands in the graph of a value."""
    seen, stack = set(), [value.grad_fn]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        if getattr(getattr(node, "_forward_cls", None), "reverses", False):
            return True
        seen.add(node)
        stack += [following for following, _ in node.next_functions]
    return False


def _point(method: Method, split: Split) -> Point:
    """A network with random weights, also in the head, that does not drop out."""
    parts = {
        part: toys.PROBLEM.legs(getattr(split, part)) for part in sorted((method.needs - {"domains"}) | {"source"})
    }
    parts["source"] = tuple(method.translate(parts["source"], parts.get("unlabelled", ())))
    pools = {part: _doubled(Pool(legs)) for part, legs in parts.items()}
    model = TCN(toys.PROBLEM.inputs, toys.PROBLEM.outputs, toys.PROBLEM.rate)
    nn.init.normal_(model.head.weight, std=0.3)
    model.norm.learn(pools["source"].span.float(), torch.tensor(pools["source"].weight, dtype=torch.float32))
    model = model.double().eval()
    with _double_precision():
        own = nn.ModuleList(method.modules(model, pools["source"])).double().eval()
    random = np.random.default_rng(0)
    batch = Batch(**{part: _double(pool.draw(random, 6, 40)) for part, pool in pools.items()})
    return Point(method, model, own, batch)


def _doubled(pool: Pool) -> Pool:
    for name, value in vars(pool).items():
        if isinstance(value, Tensor) and value.is_floating_point():
            setattr(pool, name, value.double())
    return pool


def _double(windows: Windows) -> Windows:
    values = {field.name: getattr(windows, field.name) for field in fields(windows)}
    return replace(windows, **{key: value.double() for key, value in values.items() if value.is_floating_point()})
