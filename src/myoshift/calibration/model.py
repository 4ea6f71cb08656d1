"""A model with a person's calibration on top: itself a model, predicted with, saved and loaded like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.calibration.base import Arrays, Outputs
from myoshift.calibration.chain import Chain
from myoshift.calibration.stream import CalibratedStream
from myoshift.predictor import Model, RecordingModel, feature_values, muscle_values, restore, spread
from myoshift.predictor.stream import stream
from myoshift.types import Array32, Recording, Side

BASE, OWN = "model/", "calibration/"


@dataclass(frozen=True, eq=False)
class CalibratedModel:
    """What a model predicts, corrected by a calibration.

    Parameters
    ----------
    outputs : M names, of which the model was `trained` on some; what it says of the others is not looked at
    rate : Hz
    """

    kind: ClassVar[str] = "calibrated"
    model: Model
    outputs: tuple[str, ...]
    trained: tuple[str, ...]
    rate: float
    chain: Chain

    def __call__(self, motion: Array32) -> Array32:
        """Corrected outputs (T, M)."""
        return self.corrected(self.model(motion), motion)

    def muscles(self, motion: Array32) -> Array32:
        """Muscles (T, K), each moved by what the sites that see it were moved by."""
        return self.moved(muscle_values(self.model, motion, self.outputs), self.model(motion), motion)

    def features(self, motion: Array32) -> Array32:
        """Those of the model (T, D): what is calibrated can be calibrated again."""
        return feature_values(self.model, motion)

    def corrected(self, plain: Array32, motion: Array32) -> Array32:
        """Outputs (T, M) from those of the model."""
        return self.chain.apply(self.seen(plain, motion), self.rate).astype(np.float32)

    def moved(self, muscles: Array32, plain: Array32, motion: Array32) -> Array32:
        """Muscles (T, K) of the model, moved as its outputs (T, M) are."""
        return self.carried(muscles, plain, self.corrected(plain, motion))

    def carried(self, muscles: Array32, plain: Array32, corrected: Array32) -> Array32:
        """Muscles (T, K), moved as outputs (T, M) are from the model's to the corrected ones."""
        return np.maximum(muscles + np.nan_to_num(spread(corrected - plain, self.outputs)), 0.0)

    def seen(self, plain: Array32, motion: Array32) -> Outputs:
        """What calibrations are handed of the model's outputs (T, M)."""
        if isinstance(self.model, RecordingModel):
            seen = self.handed(plain, plain, motion)
            return replace(seen, features=np.nan_to_num(seen.prediction))
        return self.handed(plain, self.features(motion), motion)

    def handed(self, plain: Array32, features: Array32, motion: Array32) -> Outputs:
        """What calibrations are handed of outputs (T, M) with these features (T, D)."""
        values = plain.astype(np.float64)
        values[:, [name not in self.trained for name in self.outputs]] = np.nan
        return Outputs(self.outputs, values, np.asarray(features, np.float64), motion)

    def stream(self, legs: int = 1, *, look_ahead: bool = True) -> CalibratedStream:
        """Its corrected outputs and muscles on motion as it comes.

        Without `look_ahead` the calibration is used as far as the past tells (`CalibratedStream.left` says what is
        missing).

        Raises
        ------
        ConfigError
            When the model cannot follow a stream.
        """
        return CalibratedStream(self, stream(self.model, legs, look_ahead=look_ahead), look_ahead=look_ahead)

    def config(self) -> dict[str, Any]:
        """Kind and config of the model, names, rate, and the calibration's config."""
        model = {"kind": self.model.kind, "config": self.model.config()}
        names = {"outputs": list(self.outputs), "trained": list(self.trained)}
        return {"model": model, **names, "rate": self.rate, "calibration": self.chain.config()}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of both."""
        parts = ((BASE, self.model.arrays()), (OWN, self.chain.arrays()))
        return {prefix + name: array for prefix, arrays in parts for name, array in arrays.items()}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Arrays) -> Self:
        """The model and its calibration."""
        model = restore(config["model"]["kind"], config["model"]["config"], _within(arrays, BASE))
        chain = Chain.restore(config["calibration"], _within(arrays, OWN))
        return cls(model, tuple(config["outputs"]), tuple(config["trained"]), config["rate"], chain)


class CalibratedRecordingModel(CalibratedModel):
    """The same of a model that looks at a recording as a whole."""

    kind: ClassVar[str] = "calibrated_recording"

    def recording(self, recording: Recording, names: Sequence[str]) -> Mapping[Side, Array32]:
        """Corrected sites (T, M) of every leg, or muscles (T, K) moved by what the sites that see them were."""
        whole = cast(RecordingModel, self.model)
        plain = whole.recording(recording, self.outputs)
        nothing = {side: np.empty((len(values), 0), np.float32) for side, values in plain.items()}
        if tuple(names) == self.outputs:
            return {side: self.corrected(values, nothing[side]) for side, values in plain.items()}
        strands = anatomy.strands(self.outputs)
        muscles, columns = whole.recording(recording, strands), [strands.index(name) for name in names]
        return {side: self.moved(muscles[side], plain[side], nothing[side])[:, columns] for side in plain}


def calibrated(
    model: Model, outputs: tuple[str, ...], trained: tuple[str, ...], rate: float, chain: Chain
) -> CalibratedModel:
    """A model with a calibration, of the kind that looks at what the model looks at."""
    kind = CalibratedRecordingModel if isinstance(model, RecordingModel) else CalibratedModel
    return kind(model, outputs, trained, rate, chain)


def _within(arrays: Arrays, prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
