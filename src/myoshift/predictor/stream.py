"""Models on motion as it comes, and which of them can."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from myoshift.errors import ConfigError
from myoshift.models.instant import Instant
from myoshift.predictor.model import Model
from myoshift.types import Array, Array32


class ModelStream(Protocol):
    """A model that follows the motion of B legs: an instant in, some frames later what the model says of it."""

    @property
    def lag(self) -> int:
        """Frames by which it is late."""
        ...

    @property
    def left(self) -> Array | float:
        """Seconds, (M,) or of all, by which outputs are known to come late as the stream may not look ahead."""
        ...

    def step(self, motion: Array32) -> Instant | None:
        """Of the motion (B, C) of `lag` frames ago; None before there was one."""
        ...

    def finish(self) -> list[Instant]:
        """Of the frames that are still waiting when the motion has ended."""
        ...


@runtime_checkable
class StreamedModel(Protocol):
    """A model that can follow a stream."""

    def stream(self, legs: int = 1, *, look_ahead: bool = True) -> ModelStream:
        """A stream of so many legs. With `look_ahead` it ends as the model on whole recordings, if late.

        Raises
        ------
        ConfigError
            When a part of the model cannot.
        """
        ...


def stream(model: Model, legs: int = 1, *, look_ahead: bool = True) -> ModelStream:
    """The model on the motion of so many legs as it comes.

    Raises
    ------
    ConfigError
        When the model, or one that it is made of, looks at a recording as a whole or at frames to come.
    """
    if isinstance(model, StreamedModel):
        return model.stream(legs, look_ahead=look_ahead)
    raise ConfigError(
        "this model cannot follow a stream",
        where=model.kind,
        why="it looks at a recording as a whole",
        mend="train a causal network: `training: {causal: true}` in the benchmark, and `train --method source_only`",
    )


def streams(models: Iterable[Model], legs: int = 1, *, look_ahead: bool = True) -> list[ModelStream]:
    """The members of a model that averages others, each as a stream.

    Raises
    ------
    ConfigError
        When one of them cannot; it says which.
    """
    members = []
    for number, model in enumerate(models):
        try:
            members.append(stream(model, legs, look_ahead=look_ahead))
        except ConfigError as error:
            place = f"member {number}, {error.where}"
            raise ConfigError(error.what, where=place, why=error.why, mend=error.mend) from error
    return members
