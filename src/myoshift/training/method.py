"""What a transfer method is: a loss, and a few things it may do besides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn

from myoshift.anatomy import Leg
from myoshift.models.network import Network
from myoshift.training.batch import Batch
from myoshift.training.pool import Pool


class Method(ABC):
    """One way to train a network for a laboratory that it has not seen. Only `loss` must be written.

    `name` is its entry point. `needs` names what it uses of a split: the parts `source`, `unlabelled` and
    `calibration`, of which a batch holds windows, and `domains`, a source of two institutions or more.
    """

    name: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset({"source"})

    @abstractmethod
    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Named scalars, summed for the gradient; `progress` goes from 0 to 1 over the training."""

    def translate(self, source: Sequence[Leg], unlabelled: Sequence[Leg]) -> Sequence[Leg]:
        """The source's legs to train on, for example as the target's laboratory would have measured their motion."""
        return source

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """Modules of the method's own that are trained along with the model, made anew for every training."""
        return ()

    def after_step(self, model: Network, progress: float) -> None:  # noqa: B027 - optional
        """Called after every optimiser step."""

    def finish(self, model: Network, source: Pool) -> Network:
        """The model to keep, given the trained one and the source."""
        return model

    def adapt(self, model: Network, target: Sequence[Tensor]) -> Network:
        """The model for a target of which motion alone is known, (T, C) of each of its legs: source-free.

        Called last, where the method needs `unlabelled`.
        """
        return model
