"""`advance` and `smooth` on signals as they come: a frame in, and some frames later the same frame out.

A live filter is a step behind its input by `lag` frames, those ahead that the offline one looks at. The signal is
continued before its first frame and behind its last one as offline, so that in the end every frame is the same.
"""

from __future__ import annotations

from typing import Protocol, cast

import numpy as np
import torch
from torch import Tensor

from myoshift.physiology.delay import taps
from myoshift.physiology.observation import response, smooth
from myoshift.types import Array

REST = 1e-6
"""Of the low-pass's impulse response, the sum of what is cut off at both ends, whose whole is 1."""
LONG = 20.0
"""Seconds of impulse response that are worked out, of which no more than the part before `REST` is kept."""


class LiveFilter(Protocol):
    """Frames (B, M) in and, `lag` frames later, out."""

    lag: int

    def step(self, frame: Array) -> Array | None:
        """The frame (B, M) of `lag` frames ago; None where the signal had not begun."""
        ...

    def finish(self) -> list[Array]:
        """The frames that are still to come when the signal has ended."""
        ...


class LiveAdvance:
    """Reads signals later by `seconds` (M,), as `advance` does.

    Without `look_ahead` the present frame is taken for the last one: each frame out is what `advance` would give at
    the end of the signal so far. A signal that is to be read later by three frames or more is then left as it is.

    Attributes
    ----------
    left : (M,) seconds that slow signals are still to be read later by; 0 with look-ahead
    """

    def __init__(self, seconds: Array, rate: float, *, look_ahead: bool = True) -> None:
        step, weight = (each.numpy() for each in taps(torch.as_tensor(seconds, dtype=torch.float64) * rate))
        reached = step if look_ahead else np.minimum(step, 0)
        self.lag = max(int(reached.max(initial=0)), 0)
        self.left: Array = ((step - reached) * weight).sum(axis=-1) / rate
        back = min(int(reached.min(initial=0)), 0)
        self._places, self._weight = reached - back, weight
        self._columns = np.arange(len(step))[:, None]
        self._kept = np.empty((0, 0, 0))
        self._length, self._seen = self.lag - back + 1, 0

    def step(self, frame: Array) -> Array | None:
        """The frame (B, M) of `lag` frames ago, advanced."""
        if self._seen == 0:
            self._kept = np.repeat(frame[None], self._length, axis=0)
        self._kept[:-1] = self._kept[1:]
        self._kept[-1] = frame
        self._seen += 1
        if self._seen <= self.lag:
            return None
        return cast(Array, np.einsum("mkb,mk->bm", self._kept[self._places, :, self._columns], self._weight))

    def finish(self) -> list[Array]:
        """The frames that were waiting; the last value goes on behind the end."""
        if self._seen == 0:
            return []
        rows = [self.step(self._kept[-1].copy()) for _ in range(self.lag)]
        return [row for row in rows if row is not None]


class LiveSmooth:
    """The low-pass `smooth`, cut where the rest of its impulse response is below `REST`."""

    def __init__(self, cutoff: Tensor, rate: float) -> None:
        self._cutoff, self._rate = cutoff, rate
        self._kernel = impulse(cutoff, rate)
        self.lag = len(self._kernel) // 2
        self._kept = np.empty((0, 0, 0))
        self._seen = 0

    def step(self, frame: Array) -> Array | None:
        """The frame (B, M) of `lag` frames ago, smoothed."""
        if self._seen == 0:
            self._kept = np.zeros((len(self._kernel), *frame.shape))
        self._kept[:-1] = self._kept[1:]
        self._kept[-1] = frame
        self._seen += 1
        if self._seen <= self.lag:
            return None
        if self._seen == self.lag + 1:  # what comes before the first frame, turned about it
            self._kept[: self.lag] = 2 * self._kept[self.lag] - self._kept[: self.lag : -1]
        return np.asarray(np.tensordot(self._kernel, self._kept, axes=1))

    def finish(self) -> list[Array]:
        """The frames that were waiting: the end of what is remembered, smoothed as a whole."""
        waiting = min(self._seen, self.lag)
        if waiting == 0:
            return []
        there = torch.from_numpy(self._kept[-min(self._seen, len(self._kept)) :])
        whole = smooth(there.transpose(0, 1), self._rate, self._cutoff).transpose(0, 1).numpy()
        return list(whole[-waiting:])


def impulse(cutoff: Tensor, rate: float) -> Array:
    """(2 lag + 1,) impulse response of `smooth`, shorter by what sums up to less than `REST`."""
    count = 2 * round(LONG * rate / 2)
    whole = np.fft.irfft(response(count, rate, cutoff.detach().double()).numpy(), n=count)
    half = whole[: count // 2]
    rest = 2 * np.cumsum(np.abs(half[::-1]))[::-1]  # of this frame and all behind it, on both sides
    lag = max(int(np.argmax(rest < REST)) - 1, 0)
    return np.concatenate([half[lag:0:-1], half[: lag + 1]])
