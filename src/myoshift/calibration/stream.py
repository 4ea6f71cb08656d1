"""A calibrated model on motion as it comes."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from myoshift.models.instant import Instant
from myoshift.predictor.stream import ModelStream
from myoshift.types import Array, Array32

if TYPE_CHECKING:
    from myoshift.calibration.model import CalibratedModel


class CalibratedStream:
    """What a model's stream says, corrected by the model's calibration; late by what both look ahead."""

    def __init__(self, model: CalibratedModel, inner: ModelStream, *, look_ahead: bool) -> None:
        self._model, self._inner = model, inner
        self._chain = model.chain.live(model.rate, look_ahead=look_ahead)
        self._motions: deque[Array32] = deque()
        self._instants: deque[Instant] = deque()

    @property
    def lag(self) -> int:
        """Frames, of the model and of the calibration."""
        return self._inner.lag + self._chain.lag

    @property
    def left(self) -> Array | float:
        """Seconds, of the model and of the calibration."""
        return self._inner.left + self._chain.left

    def step(self, motion: Array32) -> Instant | None:
        """Corrected outputs, and muscles moved as these are."""
        self._motions.append(motion)
        instant = self._inner.step(motion)
        return None if instant is None else self._corrected(instant)

    def finish(self) -> list[Instant]:
        """Those that wait in the model, then those that wait in the calibration."""
        late = [self._corrected(each) for each in self._inner.finish()]
        late += [self._moved(values) for values in self._chain.finish()]
        return [each for each in late if each is not None]

    def _corrected(self, instant: Instant) -> Instant | None:
        self._instants.append(instant)
        seen = self._model.handed(instant.outputs, instant.features, self._motions.popleft())
        values = self._chain.step(seen)
        return None if values is None else self._moved(values)

    def _moved(self, values: Array) -> Instant:
        plain, corrected = self._instants.popleft(), values.astype("float32")
        return Instant(corrected, self._model.carried(plain.muscles, plain.outputs, corrected), plain.features)
