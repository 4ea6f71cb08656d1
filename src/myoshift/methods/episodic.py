"""Features trained for calibration: every window is a new person, of whom the first second is known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor, nn

from myoshift.losses import correlation_loss, masked_mse
from myoshift.losses.closed_form import kernel_residual, ridge_residual
from myoshift.methods.source_delays import SourceDelays
from myoshift.models.network import Network
from myoshift.training import Batch, LogRange, Pool, Range, features
from myoshift.training.episodes import Head, episode


@dataclass
class Episodes(SourceDelays):
    """Supervised training, and a closed form that calibrates the network in every window.

    It learns the activation of the support (`shortest` to `longest` seconds) from the features there, and predicts
    from the features what comes after, which is compared with the measurement.

    Parameters
    ----------
    weight : of what comes after the support
    shortest, longest : seconds of support; a window gives at most 60 % of what it measured
    """

    weight: Annotated[float, LogRange(1e-1, 1e1)] = 1.0
    shortest: Annotated[float, Range(0.3, 1.0)] = 0.5
    longest: Annotated[float, Range(1.0, 2.2)] = 1.2

    @abstractmethod
    def head(self) -> Head:
        """The closed form."""

    def modules(self, model: Network, source: Pool) -> Sequence[nn.Module]:
        """The clocks, and the closed form with its number."""
        self.calibrated = self.head()
        return (*super().modules(model, source), self.calibrated)

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and those of what comes after the support."""
        seen, split = features(model, batch.source), episode(model, batch.source, self.shortest, self.longest)
        after = self.calibrated(model, split.support, seen)
        shape = self.correlation * correlation_loss(after, split.query)
        own = {"episode": self.weight * (masked_mse(after, split.query) + shape)}
        return {**self.supervised(model, seen, batch.source), **own}


@dataclass
class Episodic(Episodes):
    """R2-D2 (Bertinetto et al. 2019): a ridge regression on the features is part of the network while it is trained.

    So the encoder learns features of which a stride of a person's EMG is enough, and the regression its penalty.

    Deviations from the paper: regression instead of classes, beside the plain loss; an episode is one person's
    window, and the support is normalised by itself, as a calibration recording is. To calibrate is another step: the
    features are for any ridge regression on them, of the activation or of what the network misses.
    """

    name: ClassVar[str] = "episodic"

    def head(self) -> Head:
        """Ridge regression with a learned penalty."""
        return Head(ridge_residual, 0.01)


@dataclass
class InContext(Episodes):
    """Attention of what is predicted to the support, whose activation it takes over (Vinyals et al. 2016).

    In place of the weights of a query and a key the features themselves are compared, and the temperature is learned:
    the estimate of Nadaraya and Watson.
    """

    name: ClassVar[str] = "in_context"

    def head(self) -> Head:
        """Attention to the support, with a learned temperature."""
        return Head(kernel_residual, 0.1)
