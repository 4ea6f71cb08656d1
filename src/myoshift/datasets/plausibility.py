"""Physical checks on recordings of a DOMAIN or data set: units, bodies, signs, sides, sync, phases, clocks, copies.

Each rule says of each recording whether it passes, is flagged, or cannot be told, with the numbers behind it. What
is expected of muscles in walking stands in `phases.csv`. Nothing is corrected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from myoshift import signal
from myoshift.datasets import bodies, bursts, clocks
from myoshift.datasets.judgement import Judgement, Ruling, flagged
from myoshift.datasets.motion import canonical
from myoshift.datasets.screen import Suspicion, screen
from myoshift.datasets.seen import GAIT, SIDES, WALKING, Seen
from myoshift.datasets.strides import stride_lags, stride_seconds
from myoshift.datasets.thresholds import DEFAULT, Thresholds
from myoshift.errors import MyoshiftError
from myoshift.types import Array, Trial

Rule = Callable[[Seen, Thresholds], Iterator[Judgement]]
JOINTS = ("hip_flexion", "knee_angle", "ankle_angle")
BEND = (15.0, 130.0)  # deg by which a knee bends in gait
OFTEN, OFF = 0.75, 0.3  # shares of the hip's cycle: strikes of one leg are not so close, nor so far from the hip's
MENDS = {
    "copy": "leave one of them out",
    "sign": "turn the sign where the file is read (`sign: -1` in lab.yaml)",
    "side": "exchange left and right where the sites are mapped",
    "exchanged": "exchange the two names where they are mapped",
}


def judge(trials: Sequence[Trial], thresholds: Thresholds = DEFAULT) -> Iterator[Judgement]:
    """Every rule on every trial, then those that compare trials."""
    seen = [Seen(trial) for trial in trials]
    for one in seen:
        for rule in (_units, _body, _signs, _events, _sync, _phases, _drift):
            yield from rule(one, thresholds)
    yield from _suspicions(trials)
    yield from _scales(seen, thresholds)


def _said(
    one: Seen,
    rule: str,
    verdict: Ruling,
    why: str,
    mend: str = "",
    where: str = "",
    n: dict[str, float] | None = None,
) -> Judgement:
    place = f"{one.name}, {where}" if where else one.name
    return Judgement(rule=rule, where=place, verdict=verdict, why=why, mend=mend, numbers=n or {})


def _units(one: Seen, thresholds: Thresholds) -> Iterator[Judgement]:
    """Amplitudes a muscle can have in the declared unit, angles a joint can have in theirs."""
    yield from _angle_units(one)
    emg = one.trial.emg
    if emg is None:
        return
    wrong = _doubted(one.trial)
    if not wrong and not set(emg.units) <= set(signal.MICROVOLTS):
        units = ", ".join(sorted({unit or "none" for unit in emg.units}))
        yield _said(one, "units", "cannot tell", f"EMG in no unit of volts: {units}", where="EMG")
        return
    for unit in dict.fromkeys(unit for unit in emg.units if unit in signal.MICROVOLTS):
        table = emg.select(tuple(n for n, u in zip(emg.names, emg.units, strict=True) if u == unit))
        found = signal.verdicts(
            table.values, table.rate, table.names, kind=one.trial.emg_kind, unit=unit, limits=thresholds.emg
        )
        wrong += [(each.channel, reason) for each in found for reason in each.reasons if signal.about_unit(reason)]
    if wrong:
        why = "; ".join(f"{channel}: {reason}" for channel, reason in wrong)
        yield _said(one, "units", "flag", why, "state the unit, or divide by the gain", "EMG")
    else:
        yield _said(one, "units", "pass", f"{len(emg.names)} channels in {', '.join(set(emg.units))}", where="EMG")


def _doubted(trial: Trial) -> list[tuple[str, str]]:
    """Channels whose unit was doubted when the trial was prepared; a recording does not keep the unit itself."""
    said = [
        (flag.where, reason) for flag in trial.flags if flag.code == "emg_flag" for reason in flag.message.split("; ")
    ]
    return [(channels, reason) for channels, reason in said if signal.about_unit(reason)]


def _angle_units(one: Seen) -> Iterator[Judgement]:
    mend = "state the unit of the file (deg or rad)"
    try:
        if one.trial.motion is not None:
            canonical(one.trial, JOINTS)
    except MyoshiftError as error:
        yield _said(one, "units", "flag", f"{error.what}: {error.why}", error.mend or mend, error.where)
        return
    knees = {side: knee for side in SIDES if (knee := one.angle(f"knee_angle_{side}")) is not None}
    if one.trial.task not in GAIT or not knees:
        yield _said(one, "units", "cannot tell", "no knee angle in gait", where="angles")
        return
    ranges = {side: float(np.degrees(np.nanpercentile(k, 99) - np.nanpercentile(k, 1))) for side, k in knees.items()}
    said = ", ".join(f"{side} {bend:.3g} deg" for side, bend in ranges.items())
    ok = all(BEND[0] <= bend <= BEND[1] for bend in ranges.values())
    expected = f"the knees bend by {said}, expected {BEND[0]:g} to {BEND[1]:g} deg"
    yield _said(one, "units", "pass" if ok else "flag", expected, "" if ok else mend, "angles")


def _body(one: Seen, thresholds: Thresholds) -> Iterator[Judgement]:
    for flag in bodies.person(one.trial.subject, thresholds):
        yield flagged(flag, one.name)


def _signs(one: Seen, thresholds: Thresholds) -> Iterator[Judgement]:
    if one.angles is None or one.trial.task not in GAIT:
        yield _said(one, "sign", "cannot tell", "no angles of gait")
    elif not one.reversed:
        asked = [f"{joint}_{side}" for joint in JOINTS for side in SIDES]
        joints = sum(name in one.angles.names for name in asked)
        yield _said(one, "sign", "pass", f"{joints} joints move as declared")


def _events(one: Seen, thresholds: Thresholds) -> Iterator[Judgement]:
    """Stated foot strikes against those that the hip of the same leg tells, where both know three."""
    for side in SIDES if one.trial.task in WALKING else ():
        stated = np.array([e.time for e in one.trial.events if (e.name, e.side) == ("foot_strike", side)])
        hip = one.from_hip(side)
        if min(len(stated), len(hip)) < 3 or f"hip_flexion_{side}" in one.reversed:
            continue
        stride, apart = float(np.median(np.diff(hip))), float(np.median(np.diff(stated)))
        turns = np.exp(2j * np.pi * np.interp(stated, hip, np.arange(len(hip)), left=np.nan, right=np.nan))
        off = float(np.angle(np.nanmean(turns)) / (2 * np.pi)) if np.isfinite(turns).any() else 0.0
        why = f"foot strikes every {apart:.2f} s, the hip moves every {stride:.2f} s; {off:+.2f} of the cycle from it"
        wrong = apart < OFTEN * stride or abs(off) > OFF
        mend = "do they belong to this leg? see `events`" if wrong else ""
        yield _said(one, "events", "flag" if wrong else "pass", why, mend, side, {"stride": stride, "off": off})


def _sync(one: Seen, thresholds: Thresholds) -> Iterator[Judgement]:
    """The lag at which all bursts together fit best: none, half a stride (the other leg), or another (the clock)."""
    if one.trial.task not in WALKING or one.trial.emg is None:
        yield _said(one, "sync", "cannot tell", "no EMG of walking")
        return
    found = dict(bursts.both(one, SIDES))
    if not found:
        yield _said(one, "sync", "cannot tell", "no gait cycle in which a muscle with known bursts shows one")
        return
    mean = np.mean(list(found.values()), axis=0)
    best = int(np.argmax(mean))
    lag, r, here = bursts.share(best), float(mean[best]), float(mean[0])
    numbers = {"lag_of_cycle": lag, "r": r, "r_without_lag": here, "lag_s": lag * stride_seconds(one)}
    fits = f"r = {r:.2f} with the expected bursts {1e3 * numbers['lag_s']:+.0f} ms ({lag:+.2f} of the cycle) away"
    fits += f", {here:.2f} without lag, {len(found)} channels"
    if r < thresholds.fit or (r - here < thresholds.margin and abs(lag) > thresholds.lag):
        yield _said(one, "sync", "cannot tell", f"{fits}: too little to tell", n=numbers)
    elif abs(lag) >= thresholds.swap:
        other = float(np.mean([values[len(values) // 2] for values in found.values()]))
        why = f"probable left/right swap: r = {here:.2f} with the own leg, {other:.2f} with the other one"
        why += f", margin {other - here:.2f}"
        yield _said(one, "side", "flag", why, MENDS["side"], ", ".join(found), n=numbers | {"r_swapped": other})
    elif abs(lag) > thresholds.lag:
        early = "early" if lag < 0 else "late"
        mend = f"shift the EMG by {-numbers['lag_s']:+.3f} s if nothing else explains it, or keep it and say so"
        yield _said(one, "sync", "flag", f"EMG comes {early}: {fits}, tolerance {thresholds.lag:g}", mend, n=numbers)
    else:
        yield _said(one, "sync", "pass", fits, n=numbers)
        yield _said(one, "side", "pass", fits, n=numbers)


def _common(agreement: Array, thresholds: Thresholds) -> int:
    """Steps by which all muscles are late together; 0 where that is not sure."""
    mean = agreement.mean(axis=0)
    best = int(np.argmax(mean))
    return best if mean[best] >= thresholds.fit else 0


def _phases(one: Seen, thresholds: Thresholds) -> Iterator[Judgement]:
    """Single muscles against foot contact, what all muscles have in common taken out."""
    found = dict(bursts.both(one, SIDES))
    peaks = {site: bursts.peak(cycle) for side in SIDES for site, cycle in bursts.bursting(one, side).items()}
    common = _common(np.array(list(found.values())), thresholds) if found else 0
    for site, values in found.items():
        best = int(np.argmax(values))
        off, r, here = bursts.share(best - common), float(values[best]), float(values[common])
        known = bursts.burst(site)
        away = bursts.away(site, peaks[site] - bursts.share(common))
        numbers = {"off": off, "r": r, "r_common": here, "peak": peaks[site], "away": away}
        fits = f"r = {r:.2f} when {off:+.2f} from the others, {here:.2f} with them"
        why = f"peak at {peaks[site]:.2f} of the cycle; {fits}"
        if one.trial.subject.population != "healthy":
            why += f", but bursts are those of healthy walking ({one.trial.subject.population})"
            yield _said(one, "phase", "cannot tell", why, where=site, n=numbers)
        elif r < thresholds.clear or known is None:
            yield _said(one, "phase", "cannot tell", why, where=site, n=numbers)
        elif min(abs(off), away) > known.tolerance and r - here > thresholds.apart:
            expected = " and ".join(f"{phase:.2f}" for phase in known.phases)
            why += f"; expected at {expected}, tolerance {known.tolerance:g} ({known.source})"
            yield _said(one, "phase", "flag", why, "another muscle? look at placement and names", site, n=numbers)
        else:
            yield _said(one, "phase", "pass", why, where=site, n=numbers)


def _drift(one: Seen, thresholds: Thresholds) -> Iterator[Judgement]:
    time, lag = stride_lags(one)
    if len(time) < thresholds.strides:
        why = f"{len(time)} strides, {thresholds.strides} are needed"
        yield _said(one, "drift", "cannot tell", why)
        return
    found = clocks.drift(time, lag)
    numbers = {"ppm": found.ppm, "half_width": found.half_width, "apart_s": found.apart}
    why = f"clocks of EMG and motion drift by {found}, {len(time)} strides"
    if found.exceeds(thresholds):
        limit = f"limits {thresholds.drift:g} ppm and {thresholds.drifted:g} s"
        yield _said(one, "drift", "flag", f"{why}; {limit}", "state the true rate of one of them", n=numbers)
    elif found.half_width > 10 * thresholds.drift:
        yield _said(one, "drift", "cannot tell", why, n=numbers)
    else:
        yield _said(one, "drift", "pass", why, n=numbers)


def _suspicions(trials: Sequence[Trial]) -> Iterator[Judgement]:
    """What the screen finds, but the sides that `_sync` has judged already."""
    for each in screen(trials):
        if each.rule != "side":
            yield Judgement(
                rule=each.rule, where=each.where, verdict="flag", why=_with_flag(each), mend=MENDS[each.rule]
            )


def _with_flag(each: Suspicion) -> str:
    return f"{each.why}; known: {each.handled}" if each.handled else each.why


def _scales(seen: Sequence[Seen], thresholds: Thresholds) -> Iterator[Judgement]:
    """One person's channel is not a hundred times louder in one recording than in the others."""
    loud: dict[tuple[str, str, str], dict[Seen, float]] = defaultdict(dict)
    for one in seen:
        table = one.envelopes
        for name, column in zip(table.names, table.values.T, strict=True) if table else ():
            if np.nanmax(column, initial=0.0) > 0:
                loud[one.trial.dataset, one.trial.subject.id, name][one] = float(np.nanpercentile(column, 95))
    for (_, _, name), levels in loud.items():
        usual = float(np.exp(np.median(np.log([level for level in levels.values() if level > 0] or [1.0]))))
        for one, level in levels.items():
            ratio = level / usual if level > 0 else 1.0
            if max(ratio, 1 / ratio) > thresholds.scale:
                why = f"{ratio:.3g} times as loud as this person's usual recording, limit {thresholds.scale:g}"
                mend = "another unit or gain? state it for this file"
                yield _said(one, "units", "flag", why, mend, name, {"ratio": ratio})
