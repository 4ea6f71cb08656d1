"""A gate: simulated recordings are learned from if that helps with measured laboratories that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from myoshift import anatomy, metrics
from myoshift.predictor import Predictor, Problem, require
from myoshift.training import Trained, TrainingConfig
from myoshift.types import Array, Recording, Split


@dataclass(frozen=True)
class Gated:
    """Chooses the share of simulated windows by leaving measured institutions out, groups of them in turn.

    A share is taken only when its gain over the measured recordings alone, averaged over institutions, is larger than
    its standard error; otherwise the gate stays shut and the predictor is the one of the measured recordings, bit for
    bit: simulated labels have delays and errors of their own, and mixing them in unasked does harm.

    Parameters
    ----------
    method : entry point of the method that trains
    shares : of simulated windows, to choose from
    folds : groups of institutions that are left out one after the other
    without : outputs whose simulated labels nobody learns from
    """

    name: ClassVar[str] = "gated"
    needs: ClassVar[frozenset[str]] = frozenset({"source"})

    problem: Problem
    seed: int = 0
    config: TrainingConfig | None = None
    method: str = "source_only"
    shares: Sequence[float] = (0.2, 0.5)
    folds: int = 3
    without: Sequence[str] = ()

    def fit(self, split: Split) -> Predictor:
        """Choose a share, then train on everything with it."""
        require(split, self.needs, by=self.name)
        measured = split.of_kind("emg_envelope")
        if not measured.source:
            return self._train(split, None)
        simulated = tuple(self._masked(r) for r in split.of_kind("simulated").source)
        gains = self._gains(measured.source, simulated) if simulated else {}
        share = _best(gains)
        both = replace(split, source=(*measured.source, *simulated))
        made = self._train(both, share) if share else self._train(measured, None)
        said = {f"{each:g}": [round(float(value), 4) for value in gain] for each, gain in gains.items()}
        gate: dict[str, Any] = {"share": share, "gains": said, "without": list(self.without)}
        return replace(made, card={**made.card, "estimator": self.name, "gate": gate})

    def _gains(self, measured: Sequence[Recording], simulated: Sequence[Recording]) -> Mapping[float, Array]:
        """For each share what it adds to r on every institution that was left out, (I,)."""
        places = sorted({recording.institution for recording in measured})
        gains: dict[float, list[float]] = {share: [] for share in self.shares}
        for group in (places[k :: self.folds] for k in range(min(self.folds, len(places)))):
            left_out = [r for r in measured if r.institution in group]
            kept = tuple(r for r in measured if r.institution not in group)
            people = {recording.person for recording in left_out}
            own = tuple(r for r in simulated if r.person not in people)
            if not kept or not own:
                continue
            alone = self._scores(Split(name="measured alone", source=kept), None, left_out)
            for share in self.shares:
                mixed = self._scores(Split(name=f"share {share:g}", source=(*kept, *own)), share, left_out)
                gains[share] += [mixed[place] - alone[place] for place in sorted(alone)]
        return {share: np.array(each) for share, each in gains.items() if each}

    def _scores(self, split: Split, share: float | None, left_out: Sequence[Recording]) -> dict[str, float]:
        """Mean r of each institution that was left out: over legs and outputs, then over people."""
        predictor = self._train(split, share)
        people: dict[tuple[str, str], list[float]] = {}
        for recording in left_out:
            predicted = predictor.legs(recording.hidden())
            for leg in anatomy.legs(recording, self.problem.inputs, self.problem.outputs, self.problem.optional):
                values, wanted = predicted[leg.side].astype(float), leg.activation.astype(float)
                known = metrics.r(np.nan_to_num(values), wanted)
                people.setdefault((recording.institution, recording.person), []).extend(known[np.isfinite(known)])
        each = {key: float(np.mean(found)) for key, found in people.items() if found}
        places = sorted({place for place, _ in each})
        return {place: float(np.mean([value for (at, _), value in each.items() if at == place])) for place in places}

    def _train(self, split: Split, share: float | None) -> Predictor:
        config = (self.config or TrainingConfig()).model_copy(update={"simulated": share})
        return Trained(self.method, self.problem, config, self.seed).fit(split)

    def _masked(self, recording: Recording) -> Recording:
        if not self.without:
            return recording
        names = recording.activation_names
        hidden = np.array([anatomy.split_side(name)[0] in self.without for name in names], np.bool_)
        return replace(recording, activation=np.where(hidden, np.float32(np.nan), recording.activation))


def _best(gains: Mapping[float, Array]) -> float | None:
    """The share with the largest mean gain, if that is more than its standard error; None otherwise."""
    means = {share: float(gain.mean()) for share, gain in gains.items()}
    share = max(means, key=means.__getitem__, default=None)
    if share is None or len(gains[share]) < 2:
        return None
    error = float(gains[share].std(ddof=1)) / np.sqrt(len(gains[share]))
    return share if means[share] > error else None
