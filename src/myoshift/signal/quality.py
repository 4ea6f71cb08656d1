"""Quality verdicts: is this channel an EMG channel at all?

Each check gives a reason in words with its numbers. A `masked` channel is to be left out, a `flag` is to be reported.
The verdict comes from the signal alone; what only the lab can know (a trusted side) belongs to the data set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.signal import welch

from myoshift.errors import DataRefused
from myoshift.signal.amplitude import coefficient_of_variation
from myoshift.signal.blocks import blocks
from myoshift.signal.filters import PADDING, envelope, is_rectified
from myoshift.types import Array, EmgKind, Mask

Status = Literal["pass", "flag", "masked"]
Reasons = Iterator[tuple[Status, str]]

VOLTS = {"V": 1.0, "mV": 1e-3, "uV": 1e-6, "µV": 1e-6}
MAINS = (50.0, 60.0)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Thresholds of the verdicts; shares are of samples or of power, frequencies in Hz.

    Sources: CV limits, leave-one-lab-out study on four labs; clipping, mains, artefact and duplicates, the quality
    table of this project's physiology notes; `noise` lies between surface EMG (median 40-160 Hz) and the white noise
    of an amplifier without electrode (230-310 Hz in a band up to 400 Hz and above).
    """

    missing: float = 0.05
    silence: float = 1e-7
    clipped: float = 0.02
    mains_decibel: float = 10.0
    mains_share: float = 0.5
    artefact: float = 0.2
    artefact_only: float = 0.8
    noise: float = 200.0
    enveloped: float = 1e-3
    cv_low: float = 0.25
    cv_high: float = 2.2
    similar: float = 0.95
    copy: float = 0.999


@dataclass(frozen=True)
class Verdict:
    """What becomes of one channel, why, and the numbers behind it."""

    channel: str
    status: Status
    reasons: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)


def verdicts(
    values: Array,
    rate: float,
    names: Sequence[str],
    *,
    kind: EmgKind,
    unit: str = "",
    limits: Limits | None = None,
) -> tuple[Verdict, ...]:
    """One verdict for each channel of (T, C) EMG.

    Parameters
    ----------
    values : raw EMG or envelopes, NaN where missing
    rate : Hz
    names : C channel names
    kind : "raw" looks for clipping, mains, artefact, amplifier noise and envelopes declared as raw; "envelope" for
        negative values; both for missing samples, flat channels, copies, and too little or too much modulation
    unit : "V", "mV" or "uV"; with any other, a channel is only flat when it is constant

    Raises
    ------
    DataRefused
        When no rate is stated, or values and names disagree.
    """
    if values.ndim != 2 or values.shape[1] != len(names) or not rate > 0:
        raise DataRefused(
            "verdicts need a rate and one name per channel", why=f"{values.shape}, {len(names)}, {rate}"
        )
    limits = limits or Limits()
    alike = _alike(values)
    return tuple(
        _verdict(
            name, values[:, k], rate, kind, VOLTS.get(unit), limits, list(_copies(k, alike, names, kind, limits))
        )
        for k, name in enumerate(names)
    )


def _verdict(
    name: str,
    signal: Array,
    rate: float,
    kind: EmgKind,
    volts: float | None,
    limits: Limits,
    copies: list[tuple[Status, str]],
) -> Verdict:
    numbers: dict[str, float] = {}
    found = [*_presence(signal, rate, volts, limits, numbers), *copies]
    if not any(status == "masked" for status, _ in found):
        piece = _longest(signal)
        found += _raw(piece, rate, limits, numbers) if kind == "raw" else _envelope(signal, limits, numbers)
    statuses = {status for status, _ in found}
    worst: Status = "masked" if "masked" in statuses else "flag" if "flag" in statuses else "pass"
    return Verdict(name, worst, tuple(reason for _, reason in found), numbers)


def _presence(signal: Array, rate: float, volts: float | None, limits: Limits, numbers: dict[str, float]) -> Reasons:
    """Missing samples and flat channels."""
    there = np.isfinite(signal)
    missing = numbers["missing"] = 1.0 - float(there.mean())
    if not there.any():
        yield "masked", "never measured"
        return
    if missing > 0:
        spans = ", ".join(f"{a / rate:.2f}-{b / rate:.2f} s" for a, b in blocks(~there)[:3])
        yield "masked" if missing > limits.missing else "flag", f"{missing:.1%} of the samples missing, first {spans}"
    spread = numbers["sd"] = float(signal[there].std())
    if spread <= 1e-6 * float(np.abs(signal[there]).max()):
        yield "masked", f"flat: SD {spread:.3g}"
    elif volts is not None and spread * volts < limits.silence:
        yield "masked", f"flat: SD {spread * volts * 1e6:.3g} uV, below {limits.silence * 1e6:g} uV"


def _raw(signal: Array, rate: float, limits: Limits, numbers: dict[str, float]) -> Reasons:
    """Checks of one whole piece of raw EMG (T,)."""
    yield from _clipping(signal, limits, numbers)
    frequency, power = welch(signal - signal.mean(), rate, nperseg=min(len(signal), round(rate)))
    if is_rectified(signal):
        yield "masked", f"rectified or enveloped already: min {signal.min():.3g} >= 0; declare it as envelope"
    elif rate >= 250:
        above = numbers["above_100_hz"] = _share(power, frequency > 100)
        if above < limits.enveloped:
            yield "masked", f"enveloped already: {above:.2%} of the power above 100 Hz; declare it as envelope"
    yield from _spectrum(frequency, power, rate, limits, numbers)
    if len(signal) > PADDING["bandpass"] and rate > 50 and not is_rectified(signal):
        yield from _modulation(envelope(signal[:, None], rate), limits, numbers)


def _clipping(signal: Array, limits: Limits, numbers: dict[str, float]) -> Reasons:
    """Runs of three and more samples at the extreme values."""
    stuck = np.zeros(len(signal), bool)
    for level in (signal.max(), signal.min()):
        for start, stop in blocks(signal == level):
            stuck[start:stop] |= stop - start >= 3
    share = numbers["clipped"] = float(stuck.mean())
    if share > 0:
        yield (
            "masked" if share > limits.clipped else "flag",
            f"clipped: {stuck.sum()} samples ({share:.1%}) at {signal.min():.3g} or {signal.max():.3g}",
        )


def _spectrum(frequency: Array, power: Array, rate: float, limits: Limits, numbers: dict[str, float]) -> Reasons:
    """Mains, motion artefact and amplifier noise."""
    for line in MAINS:
        if line + 10 < rate / 2:
            yield from _mains(frequency, power, line, limits, numbers)
    slow = numbers["below_20_hz"] = _share(power, frequency < 20)
    if slow > limits.artefact:
        status: Status = "masked" if slow > limits.artefact_only else "flag"
        yield status, f"motion artefact: {slow:.0%} of the power below 20 Hz"
    band = (frequency >= 20) & (frequency <= 500)
    rising = np.cumsum(power[band])
    middle = numbers["median_frequency"] = float(frequency[band][np.searchsorted(rising, rising[-1] / 2)])
    if rate >= 800 and middle > limits.noise:
        yield "masked", f"no EMG, amplifier noise: median frequency {middle:.0f} Hz, above {limits.noise:g} Hz"


def _mains(frequency: Array, power: Array, line: float, limits: Limits, numbers: dict[str, float]) -> Reasons:
    distance = np.abs(frequency - line)
    peak, floor = power[distance <= 1.5].max(initial=0.0), np.median(power[(distance >= 3) & (distance <= 10)])
    over = numbers[f"mains_{line:g}_hz"] = 10 * float(np.log10(max(peak, 1e-300) / max(floor, 1e-300)))
    if over > limits.mains_decibel:
        share = _share(power, distance <= 1.5)
        status: Status = "masked" if share > limits.mains_share else "flag"
        yield status, f"mains: {line:g} Hz stands {over:.0f} dB above its neighbours, {share:.0%} of the power"


def _envelope(signal: Array, limits: Limits, numbers: dict[str, float]) -> Reasons:
    """Checks of an envelope (T,) as a lab delivers it."""
    below = numbers["negative"] = float(np.mean(signal[np.isfinite(signal)] < 0))
    if below > 0:
        yield "flag", f"{below:.1%} of an envelope below 0 (lowest {np.nanmin(signal):.3g}): clip at 0"
    yield from _modulation(np.clip(signal, 0, None)[:, None], limits, numbers)


def _modulation(values: Array, limits: Limits, numbers: dict[str, float]) -> Reasons:
    cv = numbers["cv"] = float(coefficient_of_variation(values)[0])
    if not limits.cv_low <= cv <= limits.cv_high:
        what = "hardly modulated" if cv < limits.cv_low else "artefact"
        allowed = f"{limits.cv_low:g}-{limits.cv_high:g}"
        yield "masked", f"{what}: coefficient of variation {cv:.2f} of the envelope, outside {allowed}"


def _copies(column: int, alike: Array, names: Sequence[str], kind: EmgKind, limits: Limits) -> Reasons:
    """A channel that repeats an earlier one; in raw EMG also one that is suspiciously similar."""
    for other in range(column):
        r = float(alike[column, other])
        if abs(r) > limits.copy:
            yield "masked", f"copy of {names[other]!r}: r = {r:.5f}"
        elif kind == "raw" and abs(r) > limits.similar:
            yield "flag", f"almost a copy of {names[other]!r}: r = {r:.3f} (crosstalk?)"


def _alike(values: Array) -> Array:
    """Correlation of every pair of channels over the samples that both have, (C, C); 0 where there is none."""
    there = np.isfinite(values)
    out = np.zeros((values.shape[1], values.shape[1]))
    for a in range(values.shape[1]):
        for b in range(a):
            out[a, b] = out[b, a] = _correlation(values[:, a], values[:, b], there[:, a] & there[:, b])
    return out


def _correlation(a: Array, b: Array, both: Mask) -> float:
    x, y = (z[both] - z[both].mean() if both.any() else z[:0] for z in (a, b))
    norm = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / norm if norm > 0 else 0.0


def _share(power: Array, part: Mask) -> float:
    total = float(power.sum())
    return float(power[part].sum()) / total if total > 0 else 0.0


def _longest(signal: Array) -> Array:
    """The longest piece without a gap."""
    start, stop = max(blocks(np.isfinite(signal)), key=lambda block: block[1] - block[0])
    return signal[start:stop]
