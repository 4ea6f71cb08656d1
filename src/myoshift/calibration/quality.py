"""Is a channel fit to calibrate with? What its EMG says by itself, and beside what a model predicts of both legs.

Rules are conservative: a wrong refusal costs one channel its own calibration, a wrong acceptance poisons it. Gait
repeats, so a clock that is off by a whole stride looks right, and muscles that work together cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from myoshift.calibration.agreement import correlations, fisher, lags
from myoshift.calibration.base import FEWEST, Outputs
from myoshift.signal.blocks import blocks
from myoshift.types import Array, Side

Status = Literal["pass", "flag", "refuse"]
Reasons = Iterator[tuple[Status, str]]
Where = tuple[str, Side]
"""Recording and side of a leg."""

BOUND = 0.150
"""s; the largest delay that is believed, as in `physiology.lag`."""
AROUND = 0.600
"""s; how far out a wrong clock is looked for."""
STRETCHES = (0.5, 0.67, 0.8, 0.83, 0.9, 1.1, 1.2, 1.25, 1.5, 2.0)
"""Time of the EMG over time of the motion: usual confusions of rates (1000, 1200, 1500, 2000 Hz), and 10 %."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where a number becomes a reason.

    Parameters
    ----------
    short, shortest : s of EMG below which a channel is flagged, or refused
    level, standing : share of the range within which an envelope stands at its largest value, for so many s: a
        burst of muscle (SD 0.1 s) is over its top in a quarter of that
    clipped : share of frames at the ceiling that refuses
    modulated : coefficient of variation below which an envelope is flagged
    own : r below which a channel does not fit its own muscle; `doubt` is that of a flag
    other : r from which another explanation fits; `sure` is that of a refusal without a second witness
    gain : least gain of the other explanation, in Fisher's z
    distinct : r above which two predictions are too alike to tell their muscles apart
    together, apart : median r from which a common fault explains the channels, and its least gain in z
    most : share of the channels that a common fault must explain better
    stretch : s of EMG from which on a wrong rate shows
    """

    short: float = 0.8
    shortest: float = 0.4
    level: float = 0.005
    standing: float = 0.08
    clipped: float = 0.05
    modulated: float = 0.1
    own: float = 0.3
    doubt: float = 0.5
    other: float = 0.8
    sure: float = 0.9
    gain: float = 0.8
    distinct: float = 0.8
    together: float = 0.6
    apart: float = 0.4
    most: float = 0.75
    stretch: float = 2.5


@dataclass(frozen=True, kw_only=True)
class ChannelVerdict:
    """What becomes of a channel (`refuse`: not calibrated with), the evidence in words, and how it fits its muscle.

    Parameters
    ----------
    channel : site and side (`soleus_r`)
    r, lag : largest correlation with its own prediction within the bound, and where (s); NaN where there is none
    """

    channel: str
    status: Status
    reasons: tuple[str, ...] = ()
    r: float = float("nan")
    lag: float = float("nan")


@dataclass(frozen=True, eq=False)
class _Channel:
    """One channel: its frames, and the largest r within the bound with each prediction of its own and the other leg.

    Parameters
    ----------
    m : its place among the outputs
    pieces : (T_i,) of each leg
    own, mirror : (M,)
    curve : (L,) r with its own prediction at each of `shifts` (s)
    alike : (M,) r of its own prediction with the others
    """

    name: str
    side: Side
    m: int
    pieces: tuple[Array, ...]
    own: Array
    mirror: Array
    shifts: Array
    curve: Array
    alike: Array

    @property
    def there(self) -> Array:
        return np.concatenate([piece[np.isfinite(piece)] for piece in self.pieces])

    @property
    def r(self) -> float:
        return float(self.own[self.m])

    def best(self, inside: bool) -> tuple[float, float]:
        """Largest r within the bound, or beyond it, and its lag (s); NaN where there is none."""
        chosen = np.where((np.abs(self.shifts) <= BOUND + 1e-9) == inside, self.curve, np.nan)
        if not np.isfinite(chosen).any():
            return float("nan"), float("nan")
        at = int(np.nanargmax(chosen))
        return float(chosen[at]), float(self.shifts[at])


@dataclass(eq=False)
class _Found:
    """Findings by channel."""

    by: dict[str, list[tuple[Status, str]]] = field(default_factory=dict)

    def add(self, channels: Sequence[_Channel], status: Status, why: str) -> None:
        for each in channels:
            self.by.setdefault(each.name, []).append((status, why))

    def doubt(self, channels: Sequence[_Channel]) -> None:
        """Refusals of these become flags."""
        for each in channels:
            self.by[each.name] = [("flag", why) for _, why in self.by.get(each.name, [])]

    def refused(self, channel: _Channel) -> bool:
        """Whether a refusal is among them: then nothing else is looked for."""
        return any(status == "refuse" for status, _ in self.by.get(channel.name, []))


def channel_verdicts(
    seen: Sequence[Outputs],
    measured: Sequence[Array],
    rate: float,
    where: Sequence[Where],
    *,
    simulated: bool = False,
    limits: Limits | None = None,
) -> tuple[ChannelVerdict, ...]:
    """One verdict for each channel with a measured sample.

    Parameters
    ----------
    seen : of each leg of one person, also of legs without EMG: they are what a wrong side is told by
    measured : (T, M) of each leg, NaN where not measured
    rate : Hz
    where : recording and side of each leg
    simulated : whether the predictions are simulated activations: they miss single muscles too often to refuse a
        channel for another muscle, side or clock on its own; it is flagged
    """
    limits, names = limits or Limits(), seen[0].names
    channels = list(_channels(seen, measured, rate, where))
    found = _Found()
    for each in channels:
        for status, why in _itself(each, rate, limits):
            found.add([each], status, why)
    heard = [each for each in channels if np.isfinite(each.r) and not found.refused(each)]
    _common(heard, found, limits)
    _stretched(seen, measured, rate, [each for each in heard if not found.refused(each)], found, limits, where)
    heard = [each for each in heard if not found.refused(each)]
    _exchanged(heard, found, limits)
    for each in [each for each in heard if not found.refused(each)]:
        for status, why in (*_muscle(each, names, limits), *_alone(each, limits)):
            found.add([each], status, why)
    if simulated:
        found.doubt(heard)
    return tuple(_verdict(each, found.by.get(each.name, [])) for each in channels)


def _verdict(channel: _Channel, reasons: Sequence[tuple[Status, str]]) -> ChannelVerdict:
    statuses = {status for status, _ in reasons}
    worst: Status = "refuse" if "refuse" in statuses else "flag" if statuses else "pass"
    r, lag = channel.best(inside=True)
    why = tuple(dict.fromkeys(reason for status, reason in reasons if status == worst))
    return ChannelVerdict(channel=channel.name, status=worst, reasons=why, r=r, lag=lag)


def _channels(
    seen: Sequence[Outputs], measured: Sequence[Array], rate: float, where: Sequence[Where]
) -> Iterator[_Channel]:
    shifts = lags(rate, AROUND)
    inside = np.abs(shifts) <= BOUND * rate + 1e-9
    other = {key: each.prediction for key, each in zip(where, seen, strict=True)}
    for side in dict.fromkeys(side for _, side in where):
        legs = [i for i, (_, own) in enumerate(where) if own == side]
        both = [_both(seen[i].prediction, other.get((where[i][0], _across(side)))) for i in legs]
        for m, name in enumerate(seen[0].names):
            pieces = tuple(np.asarray(measured[i][:, m], np.float64) for i in legs)
            if not any(np.isfinite(piece).any() for piece in pieces):
                continue
            r = correlations(both, pieces, shifts)
            best = _largest(r[inside])
            half = len(best) // 2
            yield _Channel(
                name=f"{name}_{side}",
                side=side,
                m=m,
                pieces=pieces,
                own=best[:half],
                mirror=best[half:],
                shifts=shifts / rate,
                curve=r[:, m],
                alike=correlations(both, [each[:, m] for each in both], np.zeros(1, np.intp))[0, :half],
            )


def _across(side: Side) -> Side:
    return "l" if side == "r" else "r"


def _both(own: Array, other: Array | None) -> Array:
    """(T, 2 M) predictions of a leg, and of the other one of the recording, NaN where there is none."""
    return np.concatenate([own, np.full(own.shape, np.nan) if other is None else other], axis=1)


def _largest(r: Array) -> Array:
    """(K,) largest over the rows, NaN where there is none."""
    out = np.max(np.where(np.isfinite(r), r, -np.inf), axis=0)
    return np.where(np.isfinite(out), out, np.nan)


def _itself(channel: _Channel, rate: float, limits: Limits) -> Reasons:
    """What the channel says without a model: too short, flat, clipped, hardly modulated."""
    values = channel.there
    seconds = len(values) / rate
    if len(values) < FEWEST or seconds < limits.shortest:
        yield "refuse", f"too little EMG: {seconds:.2f} s, at least {limits.shortest:g} s are needed"
        return
    if seconds < limits.short:
        yield "flag", f"less EMG than a stride: {seconds:.2f} s"
    largest, spread = float(np.abs(values).max()), float(values.std())
    if spread <= 1e-6 * largest or largest == 0.0:
        yield "refuse", f"flat: SD {spread:.3g} at a level of {float(values.mean()):.3g}"
        return
    if found := clipping(channel.pieces, rate, limits):
        yield found
    if spread < limits.modulated * abs(float(values.mean())):
        yield "flag", f"hardly modulated: SD {spread / float(values.mean()):.2f} of the mean"


def clipping(pieces: Sequence[Array], rate: float, limits: Limits | None = None) -> tuple[Status, str] | None:
    """Whether an envelope, pieces (T_i,) at any rate (Hz), stands at its largest value longer than a burst does.

    Best asked of the file as it is: a filter rings where an envelope was cut off.
    """
    limits = limits or Limits()
    there = np.concatenate([piece[np.isfinite(piece)] for piece in pieces])
    if not len(there) or np.ptp(there) <= 1e-6 * np.abs(there).max():
        return None
    top = float(there.max()) - limits.level * float(np.ptp(there))
    runs = [stop - start for piece in pieces for start, stop in blocks(np.nan_to_num(piece, nan=-np.inf) >= top)]
    share = sum(run for run in runs if run >= max(3.0, limits.standing * rate - 1e-9)) / len(there)
    status: Status = "refuse" if share > limits.clipped else "flag"
    return (status, f"clipped or saturated: {share:.1%} of the samples stand at {there.max():.3g}") if share else None


def _better(own: float, other: float, limits: Limits, *, below: float) -> bool:
    """Whether another explanation fits clearly better than the own one, which does not fit."""
    gain = float(fisher(np.array(other)) - fisher(np.array(own)))
    return own < below and other >= limits.other and gain >= limits.gain


def _muscle(channel: _Channel, names: Sequence[str], limits: Limits) -> Reasons:
    """Another muscle of the leg fits it, and its own does not."""
    others = np.where(np.nan_to_num(channel.alike, nan=1.0) < limits.distinct, channel.own, np.nan)
    if not np.isfinite(others).any() or not np.isfinite(channel.r):
        return
    k = int(np.nanargmax(others))
    if _better(channel.r, float(others[k]), limits, below=limits.doubt):
        sure = others[k] >= limits.sure and channel.r < limits.own
        what = f"r {channel.r:.2f} with its own muscle, {others[k]:.2f} with {names[k]}"
        yield ("refuse" if sure else "flag"), f"wrong muscle? {what}"


def _alone(channel: _Channel, limits: Limits) -> Reasons:
    """The same muscle of the other leg fits it, or its own at a lag that no delay explains."""
    if not np.isfinite(channel.r):
        return
    mirrored = float(channel.mirror[channel.m])
    if _better(channel.r, mirrored, limits, below=limits.own):
        yield "refuse", f"wrong side? r {channel.r:.2f} with its own leg, {mirrored:.2f} with the other"
    beyond, lag = channel.best(inside=False)
    if _better(channel.r, beyond, limits, below=limits.own):
        where = f"{beyond:.2f} at {1000 * lag:.0f} ms"
        yield "refuse", f"unsynchronised? r {channel.r:.2f} within {1000 * BOUND:.0f} ms, {where}"


def _exchanged(channels: Sequence[_Channel], found: _Found, limits: Limits) -> None:
    """Two channels that each fit the other's muscle, and not their own: exchanged plugs."""
    for i, a in enumerate(channels):
        for b in channels[:i]:
            if a.side != b.side and a.m != b.m:
                continue
            crossed = (a.own[b.m], b.own[a.m]) if a.side == b.side else (a.mirror[b.m], b.mirror[a.m])
            straight = (a.r, b.r)
            gain = float(np.mean(fisher(np.array(crossed)) - fisher(np.array(straight))))
            if min(crossed) >= limits.together and max(straight) < limits.doubt and gain >= limits.gain:
                rs = f"r {b.r:.2f} and {a.r:.2f} as they are named, {crossed[1]:.2f} and {crossed[0]:.2f} exchanged"
                found.add([a, b], "refuse", f"{b.name} and {a.name} exchanged? {rs}")


def _common(channels: Sequence[_Channel], found: _Found, limits: Limits) -> None:
    """What goes wrong for all channels at once: a leg named as the other one, a clock that is off."""
    for side in dict.fromkeys(each.side for each in channels):
        leg = [each for each in channels if each.side == side]
        own, other = np.array([(each.r, each.mirror[each.m]) for each in leg]).T
        if _all_better(own, other, limits):
            found.add(leg, "refuse", f"wrong side? {_medians(own, other)} with their own leg and with the other")
    heard = [each for each in channels if not found.refused(each)]
    if len(heard) < 2:
        return
    shifts, curves = heard[0].shifts, np.stack([each.curve for each in heard], axis=1)
    together = np.median(curves, axis=1)
    near = np.abs(shifts) <= BOUND + 1e-9
    at, off = (int(np.argmax(np.where(part & np.isfinite(together), together, -2.0))) for part in (near, ~near))
    bound = f"{1000 * BOUND:.0f} ms"
    if _all_better(np.array([each.r for each in heard]), curves[off], limits):
        what = f"{_medians(curves[at], curves[off])} within {bound} and at {1000 * shifts[off]:.0f} ms"
        found.add(heard, "refuse", f"unsynchronised? {what}")
    elif together[off] > together[at] >= limits.own and abs(shifts[at]) > 0.9 * BOUND:
        what = f"all channels together fit best at {1000 * shifts[off]:.0f} ms (median r {together[off]:.2f})"
        found.add(heard, "flag", f"the clocks may differ: {what}, the bound is {bound}")


def _all_better(own: Array, other: Array, limits: Limits) -> bool:
    """Whether one explanation fits two channels or more, nearly all of them better than what they are said to be."""
    if len(own) < 2 or not np.isfinite([own, other]).all():
        return False
    gain = fisher(other) - fisher(own)
    fits = float(np.median(own)) < limits.doubt and float(np.median(other)) >= limits.together
    return fits and float(np.median(gain)) >= limits.apart and float(np.mean(gain > 0)) >= limits.most


def _medians(own: Array, other: Array) -> str:
    return f"median r of {len(own)} channels {np.median(own):.2f} and {np.median(other):.2f}"


def _stretched(
    seen: Sequence[Outputs],
    measured: Sequence[Array],
    rate: float,
    channels: Sequence[_Channel],
    found: _Found,
    limits: Limits,
    where: Sequence[Where],
) -> None:
    """A wrong rate: all channels fit once their time is stretched."""
    long = [each for each in channels if len(each.there) >= limits.stretch * rate]
    own = np.array([each.r for each in long])
    if len(long) < 2 or float(np.median(own)) >= limits.doubt:
        return
    near = lags(rate, BOUND)
    fits: list[Array] = []
    for stretch in STRETCHES:
        r = []
        for each in long:
            legs = [i for i, (_, side) in enumerate(where) if side == each.side]
            p = [seen[i].prediction[:, [each.m]] for i in legs]
            r.append(_largest(correlations(p, [_stretch(measured[i][:, each.m], stretch) for i in legs], near))[0])
        fits.append(np.array(r))
    best = int(np.argmax(np.nan_to_num([np.median(each) for each in fits], nan=-1.0)))
    if _all_better(own, fits[best], limits):
        what = f"{_medians(own, fits[best])}, as it is and were its time {STRETCHES[best]:g} times as long"
        found.add(long, "refuse", f"wrong rate? {what}")


def _stretch(values: Array, by: float) -> Array:
    """A signal (T,) that begins where it did and lasts `by` times as long, over the same frames."""
    frames = np.arange(len(values)) / by
    there = frames <= len(values) - 1
    out = np.full(len(values), np.nan)
    out[there] = np.interp(frames[there], np.arange(len(values)), values)
    return out
