"""What a transfer method is: a loss, and a few things it may do besides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn

from myoshift.models import Network
from myoshift.training.batch import Batch
from myoshift.types import Split


class Method(ABC):
    """One way to train a network for a laboratory that it has not seen. Only `loss` must be written.

    `name` is its entry point; `needs` names the parts of the split that it uses: a batch holds windows of these parts
    and of no other.
    """

    name: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset({"source"})

    @abstractmethod
    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Named scalars, summed for the gradient; `progress` goes from 0 to 1 over the training."""

    def modules(self, measured: Tensor) -> Sequence[nn.Module]:
        """Modules of the method's own that are trained along with the model, made anew for every training.

        `measured` (institutions, M) is True where an institution of the source measured an output.
        """
        return ()

    def after_step(self) -> None:  # noqa: B027 - optional
        """Called after every optimiser step."""

    def finish(self, model: Network, split: Split) -> Network:
        """The model to keep, given the trained one."""
        return model
