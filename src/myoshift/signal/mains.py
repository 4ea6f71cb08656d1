"""Mains interference taken out, when asked: a notch at the line frequency and at each of its harmonics.

EMG has power where the mains have it, and loses it with them: this is never done unasked. A notch is 2 Hz wide unless
told otherwise, measured at -3 dB of what the filter does in all its passes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import iirnotch, sosfilt, sosfilt_zi, sosfiltfilt, tf2sos

from myoshift.errors import DataRefused
from myoshift.signal.blocks import blocks
from myoshift.signal.filters import refuse_gaps
from myoshift.signal.measures import MAINS
from myoshift.signal.quality import Limits, Verdict
from myoshift.types import Array

NOTCH_WIDTH = 2.0  # Hz
HIGHEST = 500.0  # Hz, the upper end of surface EMG (ISEK): harmonics above it are left alone
PADDING = 3.0  # widths in seconds, 3 / (2 Hz): the ends are extended by what a notch remembers
TWICE = float(np.sqrt(1 / (np.sqrt(2) - 1)))  # how much wider a notch is at -3 dB when it is run twice


def refuse_line(line: float) -> None:
    """Refuse a line frequency that is not 50 or 60 Hz."""
    if line not in MAINS:
        named = " or ".join(f"{each:g}" for each in MAINS)
        raise DataRefused(
            f"mains of {line:g} Hz",
            why=f"the line frequency is {named} Hz everywhere",
            mend=f"set the mains to {named} Hz, or leave them alone",
        )


def lines(rate: float, line: float) -> tuple[float, ...]:
    """The line frequency and its harmonics up to 500 Hz, as far as they are below the Nyquist frequency.

    Raises
    ------
    DataRefused
        When the line frequency is not 50 or 60 Hz, or not below the Nyquist frequency.
    """
    refuse_line(line)
    found = tuple(float(each) for each in np.arange(line, min(HIGHEST + 1, rate / 2 - NOTCH_WIDTH), line))
    if not found:
        raise DataRefused(
            f"mains of {line:g} Hz do not fit the sampling rate",
            why=f"the line must be {NOTCH_WIDTH:g} Hz below the Nyquist frequency, {rate / 2:g} Hz at {rate:g} Hz",
            mend="give the true rate, or leave the mains alone",
        )
    return found


def remove_mains(values: Array, rate: float, line: float, *, width: float = NOTCH_WIDTH) -> Array:
    """Raw EMG (T, C) without the mains, zero-phase. A channel that is NaN throughout stays so.

    Parameters
    ----------
    line : 50 or 60, Hz
    width : Hz, of each notch at -3 dB, both passes together

    Raises
    ------
    DataRefused
        When the line or the width does not fit, there are too few samples, or a channel has gaps.
    """
    sections = _notches(rate, line, width / TWICE)
    padding = min(len(values) - 1, round(PADDING / width * rate))
    if padding < 3 * len(sections):
        raise DataRefused(
            "signal too short to remove the mains from",
            why=f"{len(values)} samples available, more than {3 * len(sections)} needed",
            mend="leave the mains in, or the piece out",
        )
    values = np.asarray(values, float)
    out = np.full(values.shape[::-1], np.nan)
    for channel in np.flatnonzero(~np.isnan(values).all(axis=0)):
        raw = np.ascontiguousarray(values[:, channel])
        refuse_gaps(raw, rate, int(channel))
        out[channel] = sosfiltfilt(sections, raw, padlen=padding)
    return out.T


class MainsFilter:
    """The causal form, for a live stream: chunk in (n, C), chunk out, any chunk sizes give the same numbers.

    A sample that is NaN or infinite stays NaN; its channel starts anew after it. What is left of the mains in the
    first 1 / `width` seconds is not yet small. `width` counts for one pass.

    Raises
    ------
    DataRefused
        When the line or the width does not fit.
    """

    def __init__(self, rate: float, channels: int, line: float, *, width: float = NOTCH_WIDTH) -> None:
        self.sections = _notches(rate, line, width)
        self._rest = sosfilt_zi(self.sections)
        self._state = np.zeros((len(self.sections), channels, 2))
        self._fresh = np.ones(channels, bool)

    def __call__(self, chunk: Array) -> Array:
        """The next samples (n, C) without the mains."""
        if chunk.ndim != 2 or chunk.shape[1] != len(self._fresh):
            raise DataRefused(
                "a chunk of another stream",
                why=f"shape {chunk.shape}, (samples, {len(self._fresh)}) expected",
                mend="send all channels in every chunk, or begin a new stream",
            )
        out = np.full(chunk.shape[::-1], np.nan)
        for channel in range(chunk.shape[1]):
            for start, stop in blocks(np.isfinite(chunk[:, channel])):
                if start or self._fresh[channel]:
                    self._state[:, channel] = self._rest * chunk[start, channel]
                out[channel, start:stop], self._state[:, channel] = sosfilt(
                    self.sections, chunk[start:stop, channel], zi=self._state[:, channel]
                )
            if len(chunk):
                self._fresh[channel] = not np.isfinite(chunk[-1, channel])
        return out.T


def wrong_mains(verdicts: Sequence[Verdict], line: float, limits: Limits | None = None) -> dict[str, str]:
    """Channels in which the other line frequency stands out and the one that was set does not, and what was found.

    The numbers are those of the verdicts on the raw signal.
    """
    limit, found = (limits or Limits()).mains, {}
    for verdict in verdicts:
        over = {each: verdict.numbers.get(f"mains_{each:g}_decibel", 0.0) for each in MAINS}
        other = max((each for each in MAINS if each != line), key=lambda each: over[each])
        if over[other] > limit >= over.get(line, 0.0):
            found[verdict.channel] = (
                f"mains set to {line:g} Hz ({over.get(line, 0.0):.0f} dB above its neighbours), "
                f"but {other:g} Hz stands {over[other]:.0f} dB above"
            )
    return found


def _notches(rate: float, line: float, width: float) -> Array:
    found = lines(rate, line)
    if not 0 < width < line:
        raise DataRefused(
            f"notches {width:g} Hz wide", why=f"they lie {line:g} Hz apart", mend="give a width of a few Hz"
        )
    return np.concatenate([tf2sos(*iirnotch(each, each / width, fs=rate)) for each in found])
