"""Every registered method keeps the contract, and methods that break it are caught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from myoshift import registry
from myoshift.losses import masked_mse
from myoshift.testing import ContractError, check_method
from myoshift.training import Range, Supervised, features


@pytest.mark.parametrize("name", registry.names("methods"))
def test_every_method_keeps_the_contract(name):
    check_method(name)


@dataclass
class Tried(Supervised):
    """A method that keeps every promise; what follows breaks one each."""

    name: ClassVar[str] = "tried"

    def loss(self, model, batch, progress):
        terms = self.supervised(model, features(model, batch.source), batch.source)
        return terms | self.more(model, batch)

    def more(self, model, batch):
        return {}


@dataclass
class Reversed(Tried):
    """A discriminator of institutions behind a reversed gradient."""

    turn: ClassVar[float] = -0.5

    def modules(self, model, source):
        self.discriminator = nn.Linear(model.head.in_features, 3)
        return (*super().modules(model, source), self.discriminator)

    def more(self, model, batch):
        class Turn(torch.autograd.Function):
            reverses = True

            @staticmethod
            def forward(ctx, values):
                return values.clone()

            @staticmethod
            def backward(ctx, gradient):
                return self.turn * gradient

        found = self.discriminator(Turn.apply(features(model, batch.source)).mean(dim=1))
        return {"adversary": functional.cross_entropy(found, batch.source.institution)}


@dataclass
class Detached(Tried):
    """What is held constant on purpose is no wrong gradient."""

    def more(self, model, batch):
        each = features(model, batch.source)
        return {"scaled": (each / each.detach().std()).square().mean()}


@dataclass
class Lucky(Tried):
    """Random, by the seed."""

    def more(self, model, batch):
        each = features(model, batch.source)
        return {"random": (each * torch.rand(each.shape, dtype=each.dtype)).mean()}


@dataclass
class Twice(Reversed):
    """Pulls the model the way that a reversal should push it from."""

    turn: ClassVar[float] = 2.0


@dataclass
class Hooked(Tried):
    """A gradient that a hook makes larger."""

    def more(self, model, batch):
        each = features(model, batch.source)
        if each.requires_grad:
            each.register_hook(lambda gradient: 2 * gradient)
        return {"hooked": each.square().mean()}


@dataclass
class Vector(Tried):
    def more(self, model, batch):
        return {"vector": features(model, batch.source).mean(dim=(0, 1))}


@dataclass
class Fragile(Tried):
    """Divides by the spread of the motion."""

    def more(self, model, batch):
        return {"fragile": features(model, batch.source).square().mean() / batch.source.motion.std(dim=1).mean()}


@dataclass
class Peeking(Tried):
    """Learns from activations of the target, where there are any."""

    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})

    def more(self, model, batch):
        return {"peek": masked_mse(model.decode(features(model, batch.unlabelled)), batch.unlabelled.activation)}


@dataclass
class Outside(Tried):
    weight: Annotated[float, Range(0.0, 1.0)] = 2.0


@dataclass
class Misnamed(Tried):
    name: ClassVar[str] = "other"


@dataclass
class Greedy(Tried):
    needs: ClassVar[frozenset[str]] = frozenset({"source", "test"})


@dataclass
class Careless(Tried):
    """Draws from a generator that nobody seeds."""

    def more(self, model, batch):
        draw = float(np.random.default_rng().random())
        return {"careless": draw * features(model, batch.source).square().mean()}


@pytest.fixture
def registered(monkeypatch):
    """Register a class as the method `tried`."""
    load = registry.load

    def register(kind):
        monkeypatch.setattr(registry, "load", lambda what, name: kind if name == "tried" else load(what, name))

    return register


@pytest.mark.parametrize("kind", [Tried, Reversed, Detached, Lucky])
def test_a_method_that_keeps_it_passes(registered, kind):
    registered(kind)
    check_method("tried")


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (Twice, "trained against adversary"),
        (Hooked, "is the derivative"),
        (Vector, "vector is a finite scalar"),
        (Fragile, "finite on (constant motion|motion with gaps)"),
        (Peeking, "not looked at"),
        (Outside, "default of weight"),
        (Misnamed, "entry point"),
        (Greedy, "needs are of"),
        (Careless, "same bytes|is the derivative"),
    ],
)
def test_a_method_that_breaks_it_is_caught(registered, kind, promise):
    registered(kind)
    with pytest.raises(ContractError, match=promise):
        check_method("tried")
