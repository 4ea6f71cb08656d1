"""Quality verdicts: is this channel an EMG channel at all?

A verdict comes from the signal alone; what only the lab can know (a side that was not connected) belongs to the data
set. Every reason is in words, with its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from myoshift.errors import DataRefused
from myoshift.signal import measures
from myoshift.signal.blocks import blocks
from myoshift.types import Array, EmgKind

ENVELOPED = "enveloped already"
COUNTS = "integer counts of a converter"

Status = Literal["pass", "flag", "masked"]
Reasons = Iterator[tuple[Status, str]]

MICROVOLTS = {"V": 1e6, "mV": 1e3, "uV": 1.0, "µV": 1.0}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where a number becomes a reason. Shares are of samples or of power.

    `missing`, `clipped`, `slow_only` and `mains_only` mask a channel from there on and flag it below. `noise` (Hz)
    lies between the median frequency of surface EMG (40 to 160 Hz) and that of an amplifier without a signal (230 to
    310 Hz in a band up to 400 Hz or more). The CV limits are those that helped in leaving one lab out on four labs.
    Noise of 20 to 400 Hz has an `snr` of 3 dB.
    """

    missing: float = 0.05
    silence: float = 0.1  # uV
    clipped: float = 0.02
    mains: float = 10.0  # dB above the neighbours
    mains_only: float = 0.5
    slow: float = 0.2
    slow_only: float = 0.8
    noise: float = 200.0
    enveloped: float = 1e-3
    cv_low: float = 0.25
    cv_high: float = 2.2
    similar: float = 0.95
    copy: float = 0.999
    snr: float = 6.0  # dB, a loud moment (95th percentile of the envelope) over a quiet one (5th)
    strongest: float = 10_000.0  # uV RMS, above which the unit is doubted
    disconnected: float = 0.5  # s without any change of the value
    alike_beats: float = 0.9  # correlation of single beats with their mean, from which they are an ECG


@dataclass(frozen=True)
class Verdict:
    """What becomes of a channel (`masked`: left out, `flag`: reported), why, and the numbers behind it."""

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
    kind : both are searched for missing samples, flat channels, copies and unnatural modulation, "raw" also for
        clipping, mains, motion artefact, amplifier noise and envelopes declared as raw, "envelope" for values below 0
    unit : "V", "mV" or "uV"; with any other, only a constant channel is flat

    Raises
    ------
    DataRefused
        When no rate is stated, or values and names disagree.
    """
    if values.ndim != 2 or values.shape[1] != len(names) or not rate > 0:
        raise DataRefused(
            "verdicts need a rate and a name for every channel",
            why=f"values {values.shape}, {len(names)} names, {rate:g} Hz",
        )
    limits, likeness = limits or Limits(), measures.likeness(values)
    found = []
    for k, name in enumerate(names):
        numbers = measures.presence(values[:, k])
        reasons = [
            *_missing(values[:, k], rate, numbers, limits),
            *_flat(numbers, len(values) / rate, MICROVOLTS.get(unit), limits),
            *_counts(values[:, k], numbers, kind, unit, limits),
            *_copy(likeness[k, :k], names, kind, limits),
        ]
        if _worst(reasons) != "masked":
            numbers |= measures.raw(values[:, k], rate) if kind == "raw" else measures.delivered(values[:, k])
            reasons += [*_unit(numbers, unit, limits), *_amplifier(numbers, limits), *_spectrum(numbers, limits)]
            reasons += [*_beats(numbers, limits), *_modulation(numbers, limits)]
        found.append(Verdict(name, _worst(reasons), tuple(reason for _, reason in reasons), numbers))
    return tuple(found)


def about_unit(reason: str) -> bool:
    """Whether a reason of a verdict doubts the unit."""
    return reason.startswith(("RMS ", COUNTS)) or (reason.startswith("flat: ") and "uV, below" in reason)


def _worst(reasons: Sequence[tuple[Status, str]]) -> Status:
    statuses = {status for status, _ in reasons}
    return "masked" if "masked" in statuses else "flag" if statuses else "pass"


def _masks(condition: bool) -> Status:
    return "masked" if condition else "flag"


def _missing(signal: Array, rate: float, n: dict[str, float], limits: Limits) -> Reasons:
    if n["missing"] == 1:
        yield "masked", "never measured"
    elif n["missing"] > 0:
        spans = ", ".join(f"{a / rate:.2f}-{b / rate:.2f} s" for a, b in blocks(~np.isfinite(signal))[:3])
        yield _masks(n["missing"] > limits.missing), f"{n['missing']:.1%} of the samples missing, first {spans}"


def _flat(n: dict[str, float], seconds: float, microvolts: float | None, limits: Limits) -> Reasons:
    if n["missing"] < 1 and n["sd"] <= 1e-6 * n["largest"]:
        yield "masked", f"flat: SD {n['sd']:.3g} from 0.00 to {seconds:.2f} s"
    elif microvolts and n["missing"] < 1 and n["sd"] * microvolts < limits.silence:
        sd = f"SD {n['sd'] * microvolts:.3g} uV, below {limits.silence:g} uV"
        yield "masked", f"flat: {sd}, from 0.00 to {seconds:.2f} s"


def _counts(signal: Array, n: dict[str, float], kind: EmgKind, unit: str, limits: Limits) -> Reasons:
    """Whole numbers where volts are declared, or nothing is."""
    microvolts = MICROVOLTS.get(unit)
    if kind != "raw" or n["sd"] < 1 or (unit and not microvolts):
        return
    if microvolts == 1 and n["sd"] <= limits.strongest:
        return
    there = signal[np.isfinite(signal)]
    if np.all(there == np.round(there)):
        yield "masked", f"{COUNTS}: RMS {n['sd']:.4g}, all whole numbers, unit {unit or 'not stated'}"


def _unit(n: dict[str, float], unit: str, limits: Limits) -> Reasons:
    """An amplitude that no muscle has in the declared unit, and the unit in which one has it."""
    microvolts = MICROVOLTS.get(unit)
    if not microvolts or n["sd"] * microvolts <= limits.strongest:
        return
    fits = [u for u, scale in {"mV": 1e3, "uV": 1.0}.items() if 1.0 <= n["sd"] * scale <= limits.strongest / 5]
    likely = (
        f"{fits[0]}, or amplified and not divided by the gain?" if fits else "amplified, and not divided by the gain?"
    )
    yield "flag", f"RMS {n['sd']:.4g} {unit}, above {limits.strongest / 1e3:g} mV: {likely}"


def _copy(likeness: Array, names: Sequence[str], kind: EmgKind, limits: Limits) -> Reasons:
    """An earlier channel repeated; in raw EMG also one that is suspiciously similar."""
    for r, other in zip(likeness.tolist(), names, strict=False):
        if abs(r) > limits.copy:
            yield "masked", f"copy of {other!r}: r = {r:.5f}"
        elif kind == "raw" and abs(r) > limits.similar:
            yield "flag", f"almost a copy of {other!r}: r = {r:.3f} (crosstalk?)"


def _amplifier(n: dict[str, float], limits: Limits) -> Reasons:
    """What the recording chain did: clipping, rectification, an envelope declared as raw, values below 0."""
    if n.get("clipped", 0) > 0:
        levels = f"{n['lowest']:.3g} or {n['highest']:.3g}"
        said = f"clipped: {n['clipped_samples']:.0f} samples, {n['clipped']:.1%}, stuck at {levels}"
        yield _masks(n["clipped"] > limits.clipped), said
    if n.get("still", 0) >= limits.disconnected:
        yield "flag", f"disconnected: SD 0 from {n['still_from']:.2f} to {n['still_from'] + n['still']:.2f} s"
    if n.get("rectified"):
        yield "masked", f"rectified or {ENVELOPED}: min {n['lowest']:.3g} >= 0; declare it as envelope"
    elif _enveloped(n, limits):
        yield (
            "masked",
            f"{ENVELOPED}: {n['above_100_hz']:.2%} of the power above 100 Hz; declare it as envelope",
        )
    if n.get("negative", 0) > 0:
        yield "flag", f"{n['negative']:.1%} of an envelope below 0, lowest {n['lowest']:.3g}: clip at 0"


def _enveloped(n: dict[str, float], limits: Limits) -> bool:
    return "rectified" in n or n.get("above_100_hz", 1) < limits.enveloped


def _spectrum(n: dict[str, float], limits: Limits) -> Reasons:
    """What came in beside the muscle: mains, motion, or nothing but noise."""
    if _enveloped(n, limits):
        return
    for line in measures.MAINS:
        over, share = n.get(f"mains_{line:g}_decibel", 0), n.get(f"mains_{line:g}_share", 0)
        if over > limits.mains:
            what = f"mains: {line:g} Hz stands {over:.0f} dB above its neighbours, {share:.0%} of the power"
            yield _masks(share > limits.mains_only), what
    slow = n.get("below_20_hz", 0)
    if slow > limits.slow:
        yield _masks(slow > limits.slow_only), f"motion artefact: {slow:.0%} of the power below 20 Hz"
    if n.get("median_frequency", 0) > limits.noise:
        what = f"median frequency {n['median_frequency']:.0f} Hz, above {limits.noise:g} Hz"
        yield "masked", f"no EMG, amplifier noise: {what}"


def _beats(n: dict[str, float], limits: Limits) -> Reasons:
    """The heart, where single beats look like their mean."""
    if n.get("beat_likeness", 0) > limits.alike_beats:
        alike = f"{n['beat_likeness']:.2f} alike, {n['beat_share']:.0%} of the power"
        yield "flag", f"ECG: {n['beats_per_minute']:.0f} beats a minute, {alike}"


def _modulation(n: dict[str, float], limits: Limits) -> Reasons:
    if n.get("snr", limits.snr) < limits.snr:
        yield "flag", f"SNR {n['snr']:.1f} dB, below {limits.snr:g} dB: the muscle hardly stands out of the noise"
    cv = n.get("cv", limits.cv_low)
    if not limits.cv_low <= cv <= limits.cv_high:
        what = "hardly modulated" if cv < limits.cv_low else "artefact"
        allowed = f"{limits.cv_low:g}-{limits.cv_high:g}"
        yield "masked", f"{what}: coefficient of variation {cv:.2f} of the envelope, outside {allowed}"
