"""What all methods that make features of source and target alike have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from torch import Tensor

from myoshift.losses import within
from myoshift.losses.tokens import BUDGET, chosen, conditioned, tokens
from myoshift.losses.within import level_strata, phase_strata
from myoshift.models.network import Network
from myoshift.training import Batch, Choice, LogRange, Supervised, Windows, features

RAMP = 0.2
"""Share of the training over which the weight of an alignment rises from 0."""

Strata = Literal["none", "phase", "activation"]


@dataclass(frozen=True, eq=False)
class Sample:
    """Windows of one domain, their features (B, T, D), and which of their B T frames are compared (n,)."""

    windows: Windows
    features: Tensor
    index: Tensor

    @classmethod
    def of(cls, model: Network, windows: Windows, budget: int) -> Sample:
        """At most `budget` of the frames that have motion."""
        return cls(windows, features(model, windows), chosen(windows.present, budget))

    def rows(self, values: Tensor) -> Tensor:
        """The rows (n, K) of values (B, T, K) at the frames that are compared."""
        return tokens(values, self.index)


@dataclass
class Aligned(Supervised):
    """Supervised training and a distance between features of the source and of unlabelled target motion.

    Features are standardised together first, so that their scale cannot make the distance small, and `budget` frames
    of each domain are compared.

    Parameters
    ----------
    weight : of the distance
    budget : frames of each domain
    strata : what must be alike for frames to be compared: nothing, the phase of the movement, or the activation that
        the network predicts (see `losses.within`)
    """

    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})
    weight: Annotated[float, LogRange(1e-2, 1e2)] = 1.0
    budget: int = BUDGET
    strata: Annotated[Strata, Choice(("none", "phase", "activation"))] = field(default="none", kw_only=True)

    @abstractmethod
    def distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Scalar distance between samples of features (n, D) and (m, D)."""

    def loss(self, model: Network, batch: Batch, progress: float) -> dict[str, Tensor]:
        """Terms of the labels, and the distance under a weight that rises from 0."""
        assert batch.unlabelled
        source, target = (Sample.of(model, windows, self.budget) for windows in (batch.source, batch.unlabelled))
        distance = self.between(model, source, target)
        terms = self.supervised(model, source.features, batch.source)
        return {**terms, self.name: self.weight * min(progress / RAMP, 1.0) * distance}

    def compared(self, model: Network, source: Sample, target: Sample) -> tuple[Tensor, Tensor]:
        """What `distance` is given: the features, standardised together."""
        return conditioned(source.rows(source.features), target.rows(target.features))

    def between(self, model: Network, source: Sample, target: Sample) -> Tensor:
        """The distance of two samples, within strata if asked.

        It is 0 where a domain has less than two frames. Where features are not finite, neither is it: the loop counts
        such steps and stops.
        """
        idle = 0.0 * (source.rows(source.features).sum() + target.rows(target.features).sum())
        if min(len(source.index), len(target.index)) < 2 or not idle.isfinite():
            return idle
        rows = self.compared(model, source, target)
        if self.strata == "none":
            return self.distance(*rows)
        return within(self.distance, *rows, *self._strata(model, source, target))

    def _strata(self, model: Network, source: Sample, target: Sample) -> tuple[Tensor, Tensor]:
        if self.strata == "phase":
            s, t = (each.rows(phase_strata(each.windows.motion).unsqueeze(-1)) for each in (source, target))
            return s.squeeze(1), t.squeeze(1)
        s, t = (model.decode(each.rows(each.features).detach()).mean(dim=1) for each in (source, target))
        return level_strata(s, t)
