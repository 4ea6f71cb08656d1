"""A predictor on the motion of a person as it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.errors import ConfigError, DataRefused
from myoshift.models.instant import Instant
from myoshift.predictor import Predictor
from myoshift.predictor.stream import stream
from myoshift.types import Array32, Mask, Recording

FARTHEST = 100.0
"""rad; no angle is beyond it."""


class Live:
    """A predictor on the motion of a person as it comes: one frame in, one row of muscles out.

    Time and memory of a step are constant. The rows, but for the first L = `latency` x `rate`, and those of `finish`
    after them are what `Predictor.muscles` gives for the whole recording, to 1e-5.

    Parameters
    ----------
    coordinates : the C coordinates of a frame, with side (`knee_angle_r`); those that the model does not know are not
        looked at. Both legs are predicted where both have the coordinates that the model needs.
    look_ahead : whether calibrations may wait for what they look ahead to. Without, every row describes the frame
        that was just given, as if the motion ended with it: advances by a delay and the low-pass of the calibrated
        sensors are left out

    Attributes
    ----------
    names : K muscles with side, those that `Predictor.muscles` gives
    rate : Hz, at which frames come
    latency : seconds by which a row describes an earlier frame than the one just given
    delays : seconds by which each output is known to come after the EMG, as it was not allowed to look ahead; empty
        with look-ahead

    Raises
    ------
    ConfigError
        When the model, or a part of it, cannot follow a stream.
    DataRefused
        When no leg has the coordinates, or one is named twice.
    """

    def __init__(self, predictor: Predictor, coordinates: Sequence[str], *, look_ahead: bool = True) -> None:
        problem = predictor.problem
        _refuse_derived(problem.inputs)
        _refuse_twice(coordinates)
        stream(predictor.model)  # refused here, before anything is predicted
        probe = _one_by_one(coordinates, problem.rate)
        self.names = predictor.muscles(probe)[1]
        self.rate = problem.rate
        sides = tuple(dict.fromkeys(anatomy.split_side(name)[1] for name in self.names))
        self._count, self._legs = len(coordinates), _Legs.of(probe, problem.inputs, sides)
        self._stream = stream(predictor.model, len(sides), look_ahead=look_ahead)
        strands, own = anatomy.strands(problem.outputs), self.names[: len(self.names) // len(sides)]
        self._columns = [strands.index(anatomy.split_side(name)[0]) for name in own]
        self._absent: deque[Mask] = deque()
        self.latency = self._stream.lag / self.rate
        left = np.broadcast_to(self._stream.left, len(problem.outputs)).tolist()
        self.delays: Mapping[str, float] = {} if look_ahead else dict(zip(problem.outputs, left, strict=True))

    def step(self, frame: Array32) -> Array32:
        """The muscles (K,) of the frame `latency` ago, NaN before there was one, and where a leg had no coordinate.

        Parameters
        ----------
        frame : (C,) coordinates in rad, NaN where missing. What is infinite or beyond `FARTHEST` counts as missing:
            one such sample would spoil the running normalisation for good.

        Raises
        ------
        DataRefused
            When the frame has another number of coordinates.
        """
        if np.shape(frame) != (self._count,):
            raise DataRefused(
                "not a frame of these coordinates",
                why=f"its shape is {np.shape(frame)}, expected ({self._count},)",
                mend="give one number for each coordinate, in their order, NaN where missing",
            )
        motion = self._legs.motion(np.asarray(frame))
        self._absent.append(np.asarray(np.isnan(motion).all(axis=1), np.bool_))
        instant = self._stream.step(motion)
        return np.full(len(self.names), np.nan, np.float32) if instant is None else self._row(instant)

    def finish(self) -> Array32:
        """The rows (L, K) that were still waiting when the motion ended; for another motion, make another `Live`."""
        rows = [self._row(each) for each in self._stream.finish()]
        return np.array(rows, np.float32).reshape(len(rows), len(self.names))

    def _row(self, instant: Instant) -> Array32:
        muscles = instant.muscles[:, self._columns]
        muscles[self._absent.popleft()] = np.nan
        return muscles.ravel()


@dataclass(frozen=True, eq=False)
class _Legs:
    """Where in a frame the inputs of each leg are, and what they are multiplied with: both (B, C)."""

    places: NDArray[np.intp]
    signs: Array32

    @classmethod
    def of(cls, probe: Recording, inputs: Sequence[str], sides: Sequence[str | None]) -> Self:
        """As `anatomy.legs` takes them from a recording whose frame i has a 1 in coordinate i, and else 0."""
        legs = [leg for leg in anatomy.legs(probe, inputs, (), inputs) if leg.side in sides]
        found = np.stack([leg.motion for leg in legs])  # (B, frames, C)
        places = np.abs(np.nan_to_num(found)).argmax(axis=1)
        return cls(places, np.take_along_axis(found, places[:, None], axis=1)[:, 0])

    def motion(self, frame: Array32) -> Array32:
        """Motion (B, C) of the legs, NaN where missing."""
        with np.errstate(over="ignore", invalid="ignore"):
            known: Array32 = np.where(np.abs(frame) <= FARTHEST, frame, np.nan).astype(np.float32)
        return known[self.places] * self.signs


def _one_by_one(coordinates: Sequence[str], rate: float) -> Recording:
    """A recording with a frame for each coordinate, which alone is 1 there."""
    return Recording(
        motion=np.eye(len(coordinates), dtype=np.float32),
        motion_names=tuple(coordinates),
        activation=np.empty((len(coordinates), 0), np.float32),
        activation_names=(),
        rate=rate,
        dataset="live",
        domain="live",
        institution="live",
        subject="live",
        task="live",
        trial="stream",
    )


def _refuse_derived(inputs: Sequence[str]) -> None:
    derived = [name for name in inputs if anatomy.derived(name) is not None]
    if derived:
        raise ConfigError(
            "this model cannot follow a stream",
            where=", ".join(derived),
            why="these inputs follow from a simulation of the whole recording",
            mend="train a causal model on coordinates alone",
        )


def _refuse_twice(coordinates: Sequence[str]) -> None:
    for name in coordinates:
        if coordinates.count(name) > 1:
            raise DataRefused("a coordinate is there twice", where=name, mend="name each column of the motion once")
