"""Features that do not tell the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from myoshift.methods.adversarial import Adversarial
from myoshift.training import Batch, Pool


@dataclass
class SubjectAdversarial(Adversarial):
    """An adversary that guesses the person within an institution (Oezdenizci et al. 2020).

    Deviations from the paper: of one institution's people, those in the batch can be guessed, so that what tells
    laboratories apart is not removed; an institution with one person has no say; single frames, standardised, with
    smoothed labels and the schedule of `Dann`.
    """

    name: ClassVar[str] = "subject_adversarial"

    def classes(self, source: Pool) -> int:
        """The people of all institutions."""
        return source.people

    def labels(self, batch: Batch) -> Tensor:
        """The person of each window."""
        return batch.source.person

    def possible(self, batch: Batch) -> Tensor:
        """The people of the window's institution."""
        where, who = batch.source.institution, batch.source.person
        together = (where[:, None] == where[None]).float()
        return together @ functional.one_hot(who, self.count).float() > 0
