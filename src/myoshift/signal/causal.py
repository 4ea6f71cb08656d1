"""The envelope as a live stream knows it: causal, in chunks, in constant memory.

The chain of `envelope` with every filter run once: band-pass, rectify, low-pass, clip at 0. No mean is removed: the
band-pass starts from the steady state of the first sample and lets no offset through. The low-pass starts at 0, and
what it says before it has settled is NaN.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import sosfilt, sosfilt_zi

from myoshift.errors import DataRefused
from myoshift.signal.blocks import blocks
from myoshift.signal.design import Design
from myoshift.signal.filters import refuse_rectified
from myoshift.types import Array

FOLDED = 30.0  # dB by which what decimation folds onto the pass-band must be below it
SETTLED = 0.05  # share of a step within which the low-pass counts as settled


class CausalEnvelope:
    """Linear envelope of raw EMG, chunk in, chunk out; any chunk sizes give the same numbers.

    A sample that is NaN or infinite is a gap: its channel is NaN there, its filters start anew after it, and it is
    NaN again until they have settled. `gaps` and `missing` count them. Whether the channels are raw EMG is the
    word of whoever sends them: no chunk is long enough to tell.

    Parameters
    ----------
    rate : Hz
    channels : C
    low, high, cutoff : Hz, as in `envelope`
    output_rate : Hz, `rate` divided by a whole number; samples 0, k, 2k, ... of the stream are given out

    Attributes
    ----------
    design : the filters, with their effective orders, cut-offs and delay
    settle : s from the beginning, and from every gap on, in which a channel is NaN
    gaps, missing : (C,) gaps, and missing samples, so far

    Raises
    ------
    DataRefused
        When a cut-off does not fit the rate, or the output rate is no whole fraction of it or would alias.
    """

    def __init__(
        self,
        rate: float,
        channels: int,
        *,
        low: float = 20.0,
        high: float | None = None,
        cutoff: float = 6.0,
        output_rate: float | None = None,
    ) -> None:
        self.design = Design(rate=rate, low=low, high=high, cutoff=cutoff, passes=1)
        self.step = _step(rate, output_rate, cutoff)
        self._sections = self.design.bandpass, self.design.lowpass
        self._rest = sosfilt_zi(self._sections[0])
        self._settle = _settling(self._sections[1], rate)
        self.settle = self._settle / rate
        self.channels = channels
        self.reset()

    @property
    def delay(self) -> float:
        """Seconds by which slow changes of the envelope come late."""
        return self.design.delay

    def reset(self) -> None:
        """Forget everything, as if no sample had come."""
        self._band = np.zeros((len(self._sections[0]), self.channels, 2))
        self._low = np.zeros((len(self._sections[1]), self.channels, 2))
        self._age = np.zeros(self.channels, int)  # samples since the beginning or the last gap; 0 within a gap
        self._seen = 0
        self.gaps, self.missing = np.zeros(self.channels, int), np.zeros(self.channels, int)
        self._open = np.zeros(self.channels, bool)

    def __call__(self, chunk: Array) -> Array:
        """Envelopes of the next samples (n, C) -> (m, C), m = n without decimation; n may be 0.

        Raises
        ------
        DataRefused
            When the chunk has another number of channels.
        """
        if chunk.ndim != 2 or chunk.shape[1] != self.channels:
            raise DataRefused(
                "a chunk of another stream",
                why=f"shape {chunk.shape}, (samples, {self.channels}) expected",
                mend="send all channels in every chunk, or begin a new stream",
            )
        raw = np.array(chunk.T, dtype=float, order="C")
        out = self._whole(raw) if np.isfinite(raw).all() and self._age.all() else self._by_channel(raw)
        first = -self._seen % self.step
        self._seen += len(chunk)
        return np.asarray(out.T[first :: self.step])

    def _whole(self, raw: Array) -> Array:
        """(C, n) without gaps, all channels running."""
        return self._filtered(raw, slice(None))

    def _by_channel(self, raw: Array) -> Array:
        out = np.full(raw.shape, np.nan)
        for channel, values in enumerate(raw):
            there, one = np.isfinite(values), slice(channel, channel + 1)
            self._count(channel, there)
            for start, stop in blocks(there):
                if start > 0 or not self._age[channel]:
                    self._begin(channel, values[start])
                out[one, start:stop] = self._filtered(raw[one, start:stop], one)
            if len(values) and not there[-1]:
                self._age[channel] = 0
        return out

    def _begin(self, channel: int, level: float) -> None:
        self._band[:, channel], self._low[:, channel], self._age[channel] = self._rest * level, 0.0, 0

    def _count(self, channel: int, there: Array) -> None:
        missing = np.concatenate([[self._open[channel]], ~there.astype(bool)])
        self.gaps[channel] += np.count_nonzero(missing[1:] & ~missing[:-1])
        self.missing[channel] += np.count_nonzero(missing[1:])
        self._open[channel] = missing[-1]

    def _filtered(self, raw: Array, which: slice) -> Array:
        """(c, n) of the channels `which`, NaN where they have not settled."""
        if not raw.shape[1]:
            return raw
        band, self._band[:, which] = sosfilt(self._sections[0], raw, zi=self._band[:, which])
        out, self._low[:, which] = sosfilt(self._sections[1], np.abs(band, out=band), zi=self._low[:, which])
        np.maximum(out, 0.0, out=out)
        for row, age in zip(out, self._age[which], strict=True):
            row[: max(self._settle - age, 0)] = np.nan
        self._age[which] += raw.shape[1]
        return np.asarray(out)


def causal_envelope(
    values: Array,
    rate: float,
    *,
    low: float = 20.0,
    high: float | None = None,
    cutoff: float = 6.0,
    output_rate: float | None = None,
) -> Array:
    """What `CausalEnvelope` would have said to (T, C) raw EMG, all at once.

    Raises
    ------
    DataRefused
        As `CausalEnvelope` does, and when a channel is rectified already.
    """
    values = np.asarray(values, float)
    stream = CausalEnvelope(rate, values.shape[1], low=low, high=high, cutoff=cutoff, output_rate=output_rate)
    there = np.isfinite(values)
    for channel in np.flatnonzero(there.any(axis=0)):
        refuse_rectified(values[there[:, channel], channel], int(channel))
    return stream(values)


def _step(rate: float, output_rate: float | None, cutoff: float) -> int:
    """Every how many samples one is given out."""
    if output_rate is None or output_rate == rate:
        return 1
    step = round(rate / output_rate) if output_rate > 0 else 0
    if step < 1 or abs(step * output_rate - rate) > 1e-6 * rate:
        raise DataRefused(
            f"output rate of {output_rate:g} Hz does not divide the sampling rate",
            why=f"{rate:g} / {output_rate:g} is no whole number" if output_rate > 0 else "a rate is above 0",
            mend="take a whole fraction of the rate, or resample afterwards",
        )
    folded = 40 * np.log10(max(output_rate - cutoff, 1e-9) / cutoff)  # Butterworth of order 2: 12 dB an octave
    if folded < FOLDED:
        raise DataRefused(
            f"output rate of {output_rate:g} Hz aliases",
            why=f"what folds onto the {cutoff:g} Hz of the envelope is only {folded:.0f} dB lower, {FOLDED:g} needed",
            mend="take a higher output rate or a lower cut-off",
        )
    return step


def _settling(lowpass: Array, rate: float) -> int:
    """Samples until a step stays within 5 % of its height."""
    answer = sosfilt(lowpass, np.ones(round(4 * rate)))
    return int(np.flatnonzero(np.abs(answer - 1) > SETTLED)[-1]) + 1
