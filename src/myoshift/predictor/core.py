"""What a fitted estimator is: a model, the names of what goes in and comes out, and a card."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from myoshift import anatomy
from myoshift.errors import DataRefused, IntegrityError
from myoshift.predictor import shipped
from myoshift.predictor.card import markdown, model_card
from myoshift.predictor.familiarity import Familiarity
from myoshift.predictor.folder import Contents, read_folder, write_folder
from myoshift.predictor.model import Model, RecordingModel, muscle_values, restore
from myoshift.predictor.problem import Problem, missing, unfamiliar
from myoshift.types import Array32, Flag, Mask, Recording, Side, Split


@dataclass(frozen=True, eq=False)
class Predictor:
    """A fitted model with its names.

    Parameters
    ----------
    problem : inputs, outputs and rate
    model : motion (T, C) to outputs (T, M)
    card : JSON values that say how it was fitted, and on whom
    trained : the outputs that the source had measurements of; None for all. The others are predicted as NaN,
        because a model that never saw a site would invent it
    familiarity : what its source looked like, so that it can be told what is unlike it; None where nobody kept it
    scores : JSON values of how well it does on people that it never saw, by who measured it
    """

    problem: Problem
    model: Model
    card: dict[str, Any] = field(default_factory=dict)
    trained: tuple[str, ...] | None = None
    familiarity: Familiarity | None = None
    scores: dict[str, Any] | None = None

    def predict(self, motion: Array32) -> Array32:
        """Outputs (T, M) for the motion (T, C) of one leg over one whole recording.

        Frames without any coordinate, and outputs never trained, are NaN.
        """
        motion = self._checked(motion)
        return self._told(np.array(self.model(motion), dtype=np.float32), motion)

    def _told(self, values: Array32, motion: Array32) -> Array32:
        """Outputs without those never trained, and without frames of no motion."""
        values[:, ~self._known()] = np.nan
        values[np.isnan(motion).all(axis=1)] = np.nan
        return values

    def legs(self, recording: Recording) -> dict[Side, Array32]:
        """Outputs (T, M) of every leg of a recording, by side.

        A leg that lacks some of its inputs is predicted without them, and `unfamiliar` says so; a model that looks at
        a recording as a whole needs them all.

        Raises
        ------
        DataRefused
            When no leg has an input of its own, or the recording's rate is not the problem's.
        """
        legs = self._legs(recording)
        if isinstance(self.model, RecordingModel):
            whole = self.model.recording(recording.hidden(), self.problem.outputs)
            return {leg.side: self._told(np.array(whole[leg.side], np.float32), leg.motion) for leg in legs}
        return {leg.side: self.predict(leg.motion) for leg in legs}

    def predict_recording(self, recording: Recording) -> tuple[Array32, tuple[str, ...]]:
        """Outputs of both legs with their names (`soleus_r`): (T, M x legs)."""
        return anatomy.join(self.legs(recording), self.problem.outputs)

    def muscles(self, recording: Recording) -> tuple[Array32, tuple[str, ...]]:
        """Muscles of both legs with their names: (T, K x legs), K muscles that a trained output sees.

        A network gives them by its muscle head; of any other model, a muscle is the weighted mean of the sites
        that see it.
        """
        seen = np.flatnonzero(self._known() @ anatomy.output_weights(self.problem.outputs))
        strands = anatomy.strands(self.problem.outputs)
        names, legs = tuple(strands[i] for i in seen), self._legs(recording)
        if isinstance(self.model, RecordingModel):
            whole = self.model.recording(recording.hidden(), names)
            return anatomy.join({leg.side: whole[leg.side] for leg in legs}, names)
        sides = {leg.side: self._muscles(leg.motion)[:, seen] for leg in legs}
        return anatomy.join(sides, names)

    def unfamiliar(self, recording: Recording) -> tuple[Flag, ...]:
        """All that makes a recording unlike those that this was learned from.

        Codes: `missing_coordinate`, `out_of_range`, `unfamiliar_motion` of each leg (`familiarity`),
        `unfamiliar_posture`, `unfamiliar_load` as the recording declares them.

        Raises
        ------
        DataRefused
            As `legs`.
        """
        flags = list(unfamiliar(recording, self.card))
        for leg in self._legs(recording):
            flags += missing(leg, self.problem)
            if self.familiarity:
                flags += self.familiarity.flags(leg.motion, self.problem.inputs, leg.side)
        return tuple(flags)

    def save(self, folder: Path) -> None:
        """Write the folder (`model.json`, arrays, README.md) in one step; an older model there is replaced."""
        contents = Contents(
            kind=self.model.kind,
            config=self.model.config(),
            arrays=self.model.arrays(),
            inputs=self.problem.inputs,
            outputs=self.problem.outputs,
            rate=self.problem.rate,
            optional=self.problem.optional,
            trained=self.trained,
            card=self.card,
            familiarity=self.familiarity.config() if self.familiarity else None,
            reference=self.familiarity.arrays() if self.familiarity else {},
            scores=self.scores,
        )
        folder = Path(folder).resolve()
        write_folder(folder, contents, markdown(model_card(contents, folder.name)))

    @classmethod
    def load(cls, folder: Path | None = None) -> Predictor:
        """The predictor that `save` wrote; without a folder, the one that comes with the package (`shipped`).

        Raises
        ------
        IntegrityError
            When a file is missing, altered, or of another format version.
        """
        folder = shipped.folder() if folder is None else Path(folder)
        contents = read_folder(folder)
        problem = Problem(contents.inputs, contents.outputs, contents.rate, contents.optional)
        try:
            model = restore(contents.kind, contents.config, contents.arrays)
            known = Familiarity.restore(contents.familiarity, contents.reference) if contents.familiarity else None
            predictor = cls(problem, model, contents.card, contents.trained, known, contents.scores)
            blank = np.zeros((round(problem.rate), len(problem.inputs)), np.float32)
            predictor.predict(blank[:1])  # arrays of another size fail here
            if known:
                known.refuse_other(problem.inputs)
        except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
            raise IntegrityError(
                "the config and the arrays of the model do not fit together",
                where=folder,
                why=f"{contents.kind}: {error}",
                mend="train the model again",
            ) from error
        return predictor

    def _known(self) -> Mask:
        trained = self.problem.outputs if self.trained is None else self.trained
        return np.array([name in trained for name in self.problem.outputs], dtype=np.bool_)

    def _muscles(self, motion: Array32) -> Array32:
        motion = self._checked(motion)
        values = np.array(muscle_values(self.model, motion, self.problem.outputs), dtype=np.float32)
        values[np.isnan(motion).all(axis=1)] = np.nan
        return values

    def _legs(self, recording: Recording) -> tuple[anatomy.Leg, ...]:
        whole = isinstance(self.model, RecordingModel)
        legs = (self.problem if whole else self.problem.masked()).legs([recording])
        if not legs:
            raise DataRefused(
                f"no leg with {'all' if whole else 'any'} of the coordinates that the model needs",
                where=recording.id,
                why=f"needs {', '.join(self.problem.inputs)}; has {', '.join(recording.motion_names)}",
                mend="add the missing coordinates, or train a model without them",
            )
        return legs

    def _checked(self, motion: Array32) -> Array32:
        if motion.ndim != 2 or motion.shape[1] != len(self.problem.inputs) or len(motion) == 0:
            raise DataRefused(
                "the motion has another shape than the model's inputs",
                why=f"{motion.shape}, expected (frames, {len(self.problem.inputs)})",
                mend=f"give the columns {', '.join(self.problem.inputs)}",
            )
        return np.asarray(motion, dtype=np.float32)


class Estimator(Protocol):
    """Anything that learns from a split: kNN, template, ridge, ensembles as well as networks."""

    def fit(self, split: Split) -> Predictor:
        """Learn from what the split grants."""
        ...
