"""Samples as a sender gives them -> frames on the regular grid of a model, causal, in constant memory.

A frame lies between two samples and is interpolated linearly between them, so that it is known as soon as the later
one has come. Where two samples are too far apart there is nothing to interpolate: those frames are NaN. A value is
never held, and whatever was wrong with the samples is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, isfinite, sqrt

import numpy as np
from scipy.signal import butter, group_delay, sosfilt_zi

from myoshift.errors import DataRefused
from myoshift.types import Array

Frame = tuple[float, Array]
"""Seconds on the clock of the sender, and (C,) values."""

GAP = 0.1
"""s; samples further apart than this, and than twice their usual step, are not interpolated between."""
FORGOTTEN = 10.0
"""s of NaN frames that follow a gap at most; after more than that a model remembers nothing."""
ABOVE = 1.1  # times the rate of the model, from which samples come clearly faster
ALIAS = 0.4  # of the rate of the model: cut-off of the low-pass against aliasing
ON = 1e-3  # of a step: a sample so near to a frame is that frame
SET_BACK = 20  # samples in a row behind the clock: not late ones, the clock was set back
OTHER = 10  # samples in a row with another number of channels: the sender has changed


@dataclass
class Counts:
    """What came in, and what was wrong with it.

    Parameters
    ----------
    received : samples
    bad : with NaN, with infinities, or with another number of channels
    duplicates, out_of_order : with the time of the sample before, or an earlier one; left out
    stray : with a time far ahead that the next sample did not bear out; left out
    dropped : that should have come by the rate of the sender, and did not
    frames : given out
    bridged : frames interpolated over dropped samples
    lost : frames that are NaN because the samples around them are too far apart
    interval_sd, interval_longest : ms, of the time between samples; the SD is that of intervals in which none was
        dropped
    """

    received: int = 0
    bad: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    stray: int = 0
    dropped: int = 0
    frames: int = 0
    bridged: int = 0
    lost: int = 0
    interval_sd: float = 0.0
    interval_longest: float = 0.0


class Clocked:
    """Samples in, frames out: frame k lies k / rate seconds after the first sample.

    Parameters
    ----------
    rate : Hz of the frames
    channels : C
    incoming : Hz at which samples should come
    cutoff : Hz of a causal low-pass (Butterworth, order 2) of the samples; None for none. See `against_aliasing`

    Attributes
    ----------
    counts : what came in so far
    delay : s by which slow changes come late through the low-pass; 0 without one

    Raises
    ------
    DataRefused
        When a rate is not positive, or the cut-off is above half the rate of the samples.
    """

    def __init__(self, rate: float, channels: int, incoming: float, cutoff: float | None = None) -> None:
        if not (rate > 0 and incoming > 0):
            raise DataRefused(
                "no sampling rate",
                why=f"samples at {incoming:g} Hz, frames at {rate:g} Hz",
                mend="state both rates in Hz",
            )
        self.counts = Counts()
        self.rate, self.channels, self.incoming = rate, channels, incoming
        self.gap = max(GAP, 2 / incoming) * (1 + 1e-6)  # intervals of exactly this length are rounded
        self._finer = 1 if cutoff is None else max(1, ceil(incoming / rate - (ABOVE - 1)))
        self._lowpass = None if cutoff is None else _Lowpass(self._finer * rate, cutoff, channels)
        self._step = 1 / (self._finer * rate)
        self._origin, self._next = 0.0, 0  # time of the first sample; number of the next point of the finer grid
        self._last: Frame | None = None
        self._held: Frame | None = None  # ahead of the last by more than a gap: the next sample bears it out, or not
        self._behind, self._unlike = 0, 0  # in a row
        self._doubtful = False  # whether the last interval was so long that samples were counted as dropped
        self._intervals, self._mean, self._squares = 0, 0.0, 0.0

    @property
    def delay(self) -> float:
        """Seconds by which slow changes come late through the low-pass."""
        return self._lowpass.delay if self._lowpass else 0.0

    def take(self, time: float, values: Array) -> Iterator[Frame]:
        """The frames that are known now that this sample (C,) has come; often one, or none.

        Raises
        ------
        DataRefused
            When the clock of the sender was set back, or its number of channels has changed for good.
        """
        self.counts.received += 1
        time, values = float(time), np.array(values, float)  # a sender may use its array again
        if not self._readable(time, values):
            return
        if self._last is None:
            self._origin, self._last = time, (time, values)
            yield from self._grid(time, values, time, values)
        elif time <= self._last[0]:
            self._late(time, self._last[0])
        elif self._held is not None and time == self._held[0]:
            self.counts.duplicates += 1
        elif self._held is not None and time > self._held[0]:
            held, self._held = self._held, None
            yield from self._accept(*held)
            yield from self._following(time, values)
        else:
            self._forget_held()
            yield from self._following(time, values)

    def _following(self, time: float, values: Array) -> Iterator[Frame]:
        assert self._last is not None
        self._behind = 0
        if time - self._last[0] > self.gap:
            self._held = time, values
        else:
            yield from self._accept(time, values)

    def _readable(self, time: float, values: Array) -> bool:
        """Whether a sample holds anything; coordinates that are infinite become NaN, that is missing."""
        if values.shape != (self.channels,):
            self.counts.bad += 1
            self._unlike += 1
            if self._unlike >= OTHER:
                raise DataRefused(
                    "the stream has another number of channels now",
                    where=f"sample {self.counts.received}",
                    why=f"{values.size} in each of the last {OTHER} samples, {self.channels} before",
                    mend="start again with the new stream",
                )
            return False
        self._unlike = 0
        finite = np.isfinite(values)
        if not finite.all() or not isfinite(time):
            self.counts.bad += 1
            values[~finite] = np.nan
        return bool(finite.any()) and isfinite(time)

    def _late(self, time: float, last: float) -> None:
        self._forget_held()
        if time == last:
            self.counts.duplicates += 1
            return
        self.counts.out_of_order += 1
        self._behind += 1
        if self._behind >= SET_BACK:
            raise DataRefused(
                "the clock of the stream was set back",
                where=f"sample {self.counts.received}",
                why=f"{SET_BACK} samples in a row are earlier than {last:.3f} s, the last of them at {time:.3f} s",
                mend="start again; senders should stamp with a clock that only runs forwards",
            )

    def _forget_held(self) -> None:
        self.counts.stray += self._held is not None
        self._held = None

    def _accept(self, time: float, values: Array) -> Iterator[Frame]:
        assert self._last is not None
        (before, first), self._last = self._last, (time, values)
        self._measure(time - before)
        yield from self._grid(before, first, time, values)

    def _measure(self, interval: float) -> None:
        counts, missing = self.counts, round(interval * self.incoming) - 1
        counts.interval_longest = max(counts.interval_longest, 1000 * interval)
        if missing > 0:
            counts.dropped, self._doubtful = counts.dropped + missing, True
            return
        if self._doubtful and missing < 0:  # so soon after: one was late, not dropped
            counts.dropped -= 1
        self._doubtful = False
        self._intervals += 1  # Welford 1962
        off = interval - self._mean
        self._mean += off / self._intervals
        self._squares += off * (interval - self._mean)
        counts.interval_sd = 1000 * sqrt(self._squares / self._intervals)

    def _grid(self, before: float, first: Array, time: float, values: Array) -> Iterator[Frame]:
        """Frames after one sample up to the next; the points of the finer grid between them pass the low-pass."""
        interval = time - before
        missing = round(interval * self.incoming) > 1
        self._skip(time)
        while (at := self._origin + self._next * self._step) <= time + ON * self._step:
            if at >= time - ON * self._step:
                point = values
            elif interval > self.gap:
                point = np.full(self.channels, np.nan)
            else:
                point = first + (at - before) / interval * (values - first)
            if self._lowpass:
                point = self._lowpass(point)
            if self._next % self._finer == 0:
                self.counts.frames += 1
                between = point is not values and at < time - ON * self._step
                self.counts.lost += bool(interval > self.gap and between)
                self.counts.bridged += bool(missing and interval <= self.gap and between)
                yield at, point
            self._next += 1

    def _skip(self, time: float) -> None:
        """Leave out what is lost beyond the first `FORGOTTEN` seconds of a gap."""
        first = ceil((time - self._origin - FORGOTTEN) * self.rate) * self._finer
        if first > self._next:
            self.counts.lost += (first - self._next) // self._finer
            self._next = first


def against_aliasing(rate: float, incoming: float) -> float | None:
    """Cut-off (Hz) of the low-pass that samples need which come clearly faster than frames; None for others."""
    return ALIAS * rate if incoming > ABOVE * rate else None


class _Lowpass:
    """Butterworth of order 2, value by value; a coordinate that was missing starts from rest at its first value."""

    def __init__(self, rate: float, cutoff: float, channels: int) -> None:
        if not 0 < cutoff < rate / 2:
            raise DataRefused(
                f"a low-pass of {cutoff:g} Hz", why=f"samples come at {rate:g} Hz", mend="give less than half of that"
            )
        sections = np.asarray(butter(2, cutoff, fs=rate, output="sos"))
        self._b, self._a = sections[0, :3], sections[0, 3:]
        self._rest = sosfilt_zi(sections)[0]
        self._state = np.full((2, channels), np.nan)
        slow = np.linspace(0.02, 0.5, 49) * cutoff  # as `signal.Design`
        self.delay = float(group_delay((self._b, self._a), slow, fs=rate)[1].mean() / rate)

    def __call__(self, values: Array) -> Array:
        first, second = np.where(np.isnan(self._state), self._rest[:, None] * values, self._state)
        out = self._b[0] * values + first
        self._state = np.stack(
            (self._b[1] * values - self._a[1] * out + second, self._b[2] * values - self._a[2] * out)
        )
        return np.asarray(out)
