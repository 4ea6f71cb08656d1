"""Suspicions about any data set, found from its trials alone: copies, flipped signs, wrong legs, exchanged names.

Facts say what is known of the files of a set; a screen finds what nobody has stated yet. A suspicion is handled when
a trial that it concerns carries a flag that says what was done about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, groupby

import numpy as np

from myoshift import anatomy, signal
from myoshift.datasets.motion import canonical
from myoshift.errors import MyoshiftError
from myoshift.types import Array, Flag, Side, Table, Trial

WALKING = ("walk", "turn")
GAIT = (*WALKING, "run")
SIDES: tuple[Side, ...] = ("r", "l")
LONG = 50  # samples; shorter or constant columns are alike by chance
ALIKE = 0.9999  # correlation above which an EMG channel is another one, scaled
TURNED = 0.3  # correlation of two joints' movement beyond which a sign is wrong
MARGIN = 0.25  # by how much envelopes must agree better with the other leg, or with another muscle
TWO = 2  # channels of a leg that must agree before it may be the other one
FLAT = 1.5  # greatest over mean value of a mean cycle, below which a channel shows no burst
STEP = 100  # phases of a gait cycle
WIDTH = 0.09  # SD of an expected burst, as a share of the cycle
RATE = 100.0  # Hz of envelopes
TOLD = 0.9  # share of the other people whose tasks a rule must tell apart before it may doubt anybody
OTHERS = 4  # people a rule about tasks is learned from, at least
BURSTS = {
    "tibialis_anterior": (0.05, 0.70),
    "gastrocnemius": (0.43,),
    "soleus": (0.47,),
    "vasti": (0.11,),
    "rectus_femoris": (0.08, 0.67),
    "hamstrings": (0.97,),
    "gluteus_medius": (0.10,),
    "gluteus_maximus": (0.08,),
}
"""Where in the gait cycle of its own leg a muscle group is active in walking (Perry and Burnfield 2010)."""


@dataclass(frozen=True)
class Suspicion:
    """What looks wrong, where, by which numbers, and the flag that says how it was handled ("" if there is none)."""

    rule: str
    where: str
    why: str
    handled: str = ""


class Seen:
    """A trial as the rules look at it: canonical angles, and envelopes at sites."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.name = f"{trial.subject.id}/{trial.name}"

    @cached_property
    def angles(self) -> Table | None:
        """Coordinates in rad and m with canonical signs."""
        try:
            return canonical(self.trial, ())[0]
        except MyoshiftError:
            return None

    @cached_property
    def envelopes(self) -> Table | None:
        """EMG (T, C) at `RATE`, clipped at 0, named by sites."""
        trial, emg = self.trial, self.trial.emg
        channels = tuple(name for name in emg.names if name in trial.sites) if emg else ()
        if emg is None or not channels:
            return None
        table = emg.select(channels)
        values = table.values
        if trial.emg_kind == "raw":
            try:
                values = signal.envelope(values, table.rate)
            except MyoshiftError:
                return None
        time = np.arange(table.time[0], table.time[-1], 1 / RATE) if table.rate > RATE else table.time
        columns = [np.interp(time, table.time, np.clip(column, 0.0, None)) for column in values.T]
        names = tuple(trial.sites[name] for name in channels)
        return replace(table, values=np.stack(columns, axis=1), names=names, time=time, rate=min(RATE, table.rate))

    def angle(self, name: str) -> Array | None:
        """One coordinate, None where it was not measured or is mostly missing."""
        if self.angles is None or name not in self.angles.names:
            return None
        column = self.angles.column(name)
        return column if np.isfinite(column).mean() > 0.5 else None

    def flagged(self, codes: Sequence[str], where: str = "") -> str:
        """What a flag of one of these codes says (about `where`, if given), "" without one."""
        for flag in self.trial.flags:
            if flag.code in codes and (not where or where in flag.where or not flag.where):
                return _said(flag)
        return ""


def screen(trials: Sequence[Trial]) -> list[Suspicion]:
    """Everything that looks wrong in the trials of one data set, in the order of the rules.

    The rules: `copy` (recordings under two names, channels of one trial), `sign` (a joint that moves against its
    declared direction), `side` (EMG that fits the other leg), `exchanged` (two channels, two tasks of a person).
    """
    seen = [Seen(trial) for trial in trials]
    each = (rule(one) for one in seen for rule in (_copied_channels, _signs, _legs))
    return [*_copied_trials(seen), *(found for rule in each for found in rule), *_tasks_exchanged(seen)]


def _copied_trials(seen: Sequence[Seen]) -> Iterator[Suspicion]:
    """Columns that are identical, sample by sample, in two trials."""
    prints = [_prints(one.trial) for one in seen]
    for i, j in combinations(range(len(seen)), 2):
        same = sorted(f"{prints[i][key]} = {prints[j][key]}" for key in prints[i].keys() & prints[j].keys())
        if same:
            handled = seen[i].flagged(("copy",)) or seen[j].flagged(("copy",))
            why = f"{len(same)} columns are identical: {', '.join(same[:4])}"
            yield Suspicion("copy", f"{seen[i].name} and {seen[j].name}", why, handled)


def _prints(trial: Trial) -> dict[str, str]:
    """Hash of each moving column of motion and EMG, and its name."""
    tables = [table for table in (trial.motion, trial.emg) if table is not None]
    columns = [(name, table.values[:, k].copy()) for table in tables for k, name in enumerate(table.names)]
    return {hashlib.sha256(column.tobytes()).hexdigest(): name for name, column in columns if _moves(column)}


def _moves(column: Array) -> bool:
    there = column[np.isfinite(column)]
    return len(there) > LONG and bool(np.ptp(there) > 0)


def _copied_channels(one: Seen) -> Iterator[Suspicion]:
    emg = one.trial.emg
    if emg is None:
        return
    moving = [k for k in range(len(emg.names)) if _moves(emg.values[:, k])]
    for a, b in combinations(moving, 2):
        if (r := _together(emg.values[:, a], emg.values[:, b])) > ALIKE:
            pair = f"{emg.names[a]} and {emg.names[b]}"
            yield Suspicion("copy", f"{one.name}, {pair}", f"r = {r:.5f}", one.flagged(("copy",)))


def _signs(one: Seen) -> Iterator[Suspicion]:
    """Joints whose values fit the body, or the other joints of the leg in gait, only with the other sign."""
    if one.angles is None:
        return
    found = dict(_beyond_the_body(one.angles))
    if one.trial.task in GAIT:
        for side in SIDES:
            found = {**dict(_against_the_gait(one, side)), **found}
    for name, why in found.items():
        yield Suspicion("sign", f"{one.name}, {name}", why, one.flagged(("sign", "convention"), name))


def _beyond_the_body(angles: Table) -> Iterator[tuple[str, str]]:
    for name, column in zip(angles.names, angles.values.T, strict=True):
        limits, there = anatomy.coordinate(name), column[np.isfinite(column)]
        if not limits.rotational or limits.low == -limits.high or not len(there):
            continue
        low, high = np.percentile(there, [1, 99])
        if (low < limits.low or high > limits.high) and -high >= limits.low and -low <= limits.high:
            body = f"{np.degrees(limits.low):.0f}..{np.degrees(limits.high):.0f}"
            yield name, f"{np.degrees(low):.0f}..{np.degrees(high):.0f} deg, a body reaches {body}: reversed it would"


def _against_the_gait(one: Seen, side: Side) -> Iterator[tuple[str, str]]:
    """The knee bends further than it extends; the hip flexes while it is bent; the foot points while it bends."""
    knee, hip, ankle = (one.angle(f"{joint}_{side}") for joint in ("knee_angle", "hip_flexion", "ankle_angle"))
    if knee is None:
        return
    flexion, extension = np.nanpercentile(knee, 99) - np.nanmedian(knee), np.nanmedian(knee) - np.nanpercentile(knee, 1)
    if extension > flexion:
        numbers = f"{np.degrees(flexion):.0f} deg above and {np.degrees(extension):.0f} deg below the median"
        yield f"knee_angle_{side}", f"{numbers}: in gait flexion is the longer way"
        knee = -knee
    if hip is not None and (r := _together(np.gradient(hip), knee)) < -TURNED:
        yield f"hip_flexion_{side}", f"r = {r:.2f} of its velocity with knee flexion: a bent knee goes forwards"
    if ankle is not None and (r := _together(ankle, np.gradient(knee))) > TURNED:
        yield f"ankle_angle_{side}", f"r = {r:.2f} with the knee's velocity: a foot that leaves the ground points down"


def _together(a: Array, b: Array) -> float:
    there = np.isfinite(a) & np.isfinite(b)
    if not (_moves(a[there]) and _moves(b[there])):
        return 0.0
    return float(np.corrcoef(a[there], b[there])[0, 1])


def _legs(one: Seen) -> Iterator[Suspicion]:
    """Two channels of a leg that each look like the muscle of the other; all others, when the other leg fits better."""
    for side in SIDES:
        cycles = _cycles(one, side)
        exchanged = [pair for pair in combinations(cycles, 2) if _fits_exchanged(cycles, *pair)]
        for a, b in exchanged:
            why = f"r with the bursts of the other {_fit(cycles[a], b):.2f} and {_fit(cycles[b], a):.2f}, with its own "
            why += f"{_fit(cycles[a], a):.2f} and {_fit(cycles[b], b):.2f}"
            yield Suspicion("exchanged", f"{one.name}, {a} and {b}", why, one.flagged(("exchanged",)))
        rest = {site: cycle for site, cycle in cycles.items() if all(site not in pair for pair in exchanged)}
        if len(rest) < TWO:
            continue
        own = float(np.mean([_fit(cycle, site) for site, cycle in rest.items()]))
        other = float(np.mean([_fit(np.roll(cycle, STEP // 2), site) for site, cycle in rest.items()]))
        if other > max(own + MARGIN, 0.0):
            why = f"mean r with the expected bursts {own:.2f}, half a stride later {other:.2f}: of the other leg?"
            yield Suspicion("side", f"{one.name}, {', '.join(rest)}", why, one.flagged(("side",)))


def _fits_exchanged(cycles: dict[str, Array], a: str, b: str) -> bool:
    gains = [_fit(cycles[x], y) - _fit(cycles[x], x) for x, y in ((a, b), (b, a))]
    return min(gains) > MARGIN and sum(gains) > 4 * MARGIN


def _cycles(one: Seen, side: Side) -> dict[str, Array]:
    """Mean gait cycle (STEP,) of the envelope of each site of a walking leg whose bursts are known."""
    trial, table = one.trial, one.envelopes
    if trial.task not in WALKING or table is None:
        return {}
    strikes = np.array([e.time for e in trial.events if (e.name, e.side) == ("foot_strike", side)])
    hip = one.angle(f"hip_flexion_{side}")
    if len(strikes) < 2 and hip is not None and one.angles is not None:
        strikes = one.angles.time[0] + signal.strikes_from_hip(hip, one.angles.rate)
    shapes = signal.cycles(table.values, table.time, strikes, points=STEP + 1)[:, :STEP]
    sites = [(name, _mean_cycle(shapes[:, :, k])) for k, name in enumerate(table.names) if name.endswith(f"_{side}")]
    return {name: cycle for name, cycle in sites if _group(name) in BURSTS and cycle.max() > FLAT * cycle.mean()}


def _mean_cycle(cycles: Array) -> Array:
    """The mean (STEP,) of those cycles (N, STEP) that are whole, each over its maximum; 0 where there is none."""
    whole = cycles[np.isfinite(cycles).all(axis=1) & (cycles.max(axis=1, initial=0.0) > 0)]
    return np.asarray((whole / whole.max(axis=1, keepdims=True)).mean(axis=0)) if len(whole) else np.zeros(STEP)


def _group(site: str) -> str:
    return anatomy.site(site).group


def _fit(cycle: Array, site: str) -> float:
    """Correlation of a cycle (STEP,) with the expected bursts of a site."""
    phase = np.arange(STEP) / STEP
    away = [(phase - burst + 0.5) % 1.0 - 0.5 for burst in BURSTS[_group(site)]]
    expected = np.sum([np.exp(-0.5 * (distance / WIDTH) ** 2) for distance in away], axis=0)
    return _together(cycle, expected)


def _tasks_exchanged(seen: Sequence[Seen]) -> Iterator[Suspicion]:
    """Two tasks of a person that differ the other way round than they do in the other people of the set.

    Features of a trial: where it starts, and how each envelope goes with each angle. A difference of two tasks is
    free of a person's zero and gain; it is projected on the other people's median difference over its spread.
    """
    ordered = sorted(seen, key=lambda one: one.trial.subject.id)
    people = {person: list(own) for person, own in groupby(ordered, key=lambda one: one.trial.subject.id)}
    tasks = sorted({one.trial.task for one in seen})
    for a, b in combinations(tasks, 2):
        steps = {person: _difference(own, a, b) for person, own in people.items()}
        known = {person: step for person, step in steps.items() if step}
        for person, step in known.items():
            place = _projection(step, [other for name, other in known.items() if name != person])
            if place < -MARGIN:
                concerned = [one for one in people[person] if one.trial.task in (a, b)]
                handled = next((said for one in concerned if (said := one.flagged(("exchanged",)))), "")
                names = ", ".join(one.trial.name for one in concerned)
                why = f"{a} and {b} differ {place:.2f} times as they do in the other people: exchanged?"
                yield Suspicion("exchanged", f"{person}/{names}", why, handled)


def _difference(own: Sequence[Seen], a: str, b: str) -> dict[str, float]:
    """Features of task `a` less those of task `b`, of one person who did both."""
    first, second = ([_features(one) for one in own if one.trial.task == task] for task in (a, b))
    if not first or not second:
        return {}
    names = set.intersection(*(set(each) for each in (*first, *second)))
    return {n: float(np.mean([f[n] for f in first]) - np.mean([f[n] for f in second])) for n in sorted(names)}


def _features(one: Seen) -> dict[str, float]:
    if one.angles is None:
        return {}
    angles, table = one.angles, one.envelopes
    begin = angles.time < angles.time[0] + 0.5
    found = {}
    for name, column in zip(angles.names, angles.values.T, strict=True):
        if not anatomy.coordinate(name).rotational or not np.isfinite(column[begin]).any():
            continue
        found[f"{name} starts"] = float(np.nanmedian(column[begin]))
        if table is not None:
            at = np.interp(table.time, angles.time, column)
            for site, envelope in zip(table.names, table.values.T, strict=True):
                found[f"{site} with {name}"] = _together(envelope, at)
    return found


def _projection(step: dict[str, float], others: Sequence[dict[str, float]]) -> float:
    """1 where tasks differ as in the other people, -1 where they differ the other way round, nan if that tells little."""
    names = [name for name in step if sum(name in other for other in others) >= OTHERS]
    complete = [other for other in others if all(name in other for name in names)]
    if not names or len(complete) < OTHERS:
        return float("nan")
    values = np.array([[other[name] for name in names] for other in complete])
    middle = np.median(values, axis=0)
    spread = np.median(np.abs(values - middle), axis=0) * 1.4826 + 0.1
    weights = middle / spread**2
    scale = float(middle @ weights)
    told = float(np.mean(values @ weights > 0.3 * scale))
    return float(np.array([step[name] for name in names]) @ weights / scale) if told >= TOLD else float("nan")


def _said(flag: Flag) -> str:
    return f"{flag.code}: {flag.message}"
