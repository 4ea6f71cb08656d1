"""What a model must offer to be predicted with, saved and loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy, registry
from myoshift.types import Array32, Recording, Side

Arrays = Mapping[str, NDArray[Any]]


class Model(Protocol):
    """Motion of one leg in, outputs of that leg out; its state is a JSON dict and named arrays, never code."""

    kind: ClassVar[str]
    """Entry-point name in the group `myoshift.models`, by which a saved model finds its class again."""

    def __call__(self, motion: Array32) -> Array32:
        """Outputs (T, M) for the motion (T, C) of one whole recording; missing coordinates are NaN."""
        ...

    def config(self) -> dict[str, Any]:
        """All of the model that is not an array, as JSON values."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of the model by name."""
        ...

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Arrays) -> Self:
        """The model that gave this config and these arrays."""
        ...


@runtime_checkable
class MuscleModel(Protocol):
    """A model that knows more than its outputs: each ipsilateral muscle."""

    def muscles(self, motion: Array32) -> Array32:
        """Activation (T, K) of `anatomy.strands(outputs)` for the motion (T, C) of one whole recording."""
        ...


@runtime_checkable
class FeatureModel(Protocol):
    """A model whose outputs are a simple function of what it has learned to see in the motion."""

    def features(self, motion: Array32) -> Array32:
        """Features (T, D) under the head for the motion (T, C) of one whole recording."""
        ...


@runtime_checkable
class CompositeModel(Protocol):
    """A model that averages others, whose disagreement says how sure it is."""

    @property
    def members(self) -> tuple[Model, ...]:
        """The models that it is made of, each of which may be made of others."""
        ...


@runtime_checkable
class RecordingModel(Protocol):
    """A model that looks at a recording as a whole: every coordinate, both legs, mass, height, posture.

    It is a `Model` too, which for the motion of one leg alone assumes the rest.
    """

    def recording(self, recording: Recording, names: Sequence[str]) -> Mapping[Side, Array32]:
        """The named sites or muscles (T, K) of every leg of a recording whose activations are hidden."""
        ...


def single(model: Model) -> tuple[Model, ...]:
    """The models that a model is made of in the end; of one that is not made of others, itself."""
    if not isinstance(model, CompositeModel):
        return (model,)
    return tuple(each for member in model.members for each in single(member))


def restore(kind: str, config: dict[str, Any], arrays: Arrays) -> Model:
    """The model of a kind from its config and arrays."""
    return cast(Model, registry.load("models", kind).restore(config, arrays))


def muscle_values(model: Model, motion: Array32, outputs: tuple[str, ...]) -> Array32:
    """Activation (T, K) of the muscles, from the muscle head or spread from the outputs."""
    if isinstance(model, MuscleModel):
        return model.muscles(motion)
    return spread(model(motion), outputs)


def feature_values(model: Model, motion: Array32) -> Array32:
    """Features (T, D) under the head; of a model without one its outputs, 0 where it gives none."""
    return model.features(motion) if isinstance(model, FeatureModel) else np.nan_to_num(model(motion))


def spread(values: Array32, outputs: tuple[str, ...]) -> Array32:
    """Muscles (T, K) from outputs (T, M): each is the weighted mean of the sites that see it, else NaN.

    The weights are those of the montage. Sites without a value (NaN) have no say.
    """
    weights = anatomy.output_weights(outputs)
    share = np.isfinite(values) @ weights
    total = np.nan_to_num(values) @ weights
    return np.where(share > 0, total / np.where(share > 0, share, 1.0), np.nan).astype(np.float32)
