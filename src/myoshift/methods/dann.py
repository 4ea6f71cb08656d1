"""Domain-adversarial training, between source and target and between the institutions of the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from myoshift.methods.adversarial import Adversarial
from myoshift.training import Batch, Pool


@dataclass
class Dann(Adversarial):
    """Features in which source and unlabelled target cannot be told apart (Ganin et al. 2016, arXiv 1505.07818).

    Deviations from the paper: single frames are told apart, standardised together, with smoothed labels; the
    adversary rests while the discriminator's accuracy is below 55 %; the largest coefficient is 0.1, not 1.
    """

    name: ClassVar[str] = "dann"
    needs: ClassVar[frozenset[str]] = frozenset({"source", "unlabelled"})

    def classes(self, source: Pool) -> int:
        """Source and target."""
        return 2

    def labels(self, batch: Batch) -> Tensor:
        """0 for the source, 1 for the target."""
        assert batch.unlabelled
        return torch.arange(2).repeat_interleave(torch.tensor([len(batch.source.leg), len(batch.unlabelled.leg)]))


@dataclass
class DomainAdversarial(Adversarial):
    """Features in which the institutions of the source cannot be told apart; no target (deviations as of `Dann`)."""

    name: ClassVar[str] = "domain_adversarial"
    needs: ClassVar[frozenset[str]] = frozenset({"source", "domains"})

    def classes(self, source: Pool) -> int:
        """The institutions."""
        return len(source.measured)

    def labels(self, batch: Batch) -> Tensor:
        """The institution of each window."""
        return batch.source.institution
