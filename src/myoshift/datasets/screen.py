"""Suspicions about any data set, found from its trials alone: copies, flipped signs, wrong legs, exchanged names.

Facts say what is known of the files of a set; a screen finds what nobody has stated yet. A suspicion is handled when
a trial that it concerns carries a flag that says what was done about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np

from myoshift import anatomy
from myoshift.datasets import bursts
from myoshift.datasets.seen import SIDES, STEP, Seen, moves, together
from myoshift.types import Array, Trial

ALIKE = 0.9999  # correlation above which an EMG channel is another one, scaled
MARGIN = 0.25  # by how much envelopes must agree better with the other leg, or with another muscle
TWO = 2  # channels of a leg that must agree before it may be the other one
TOLD = 0.9  # share of the other people whose tasks must differ the same way before anybody is doubted
CLEAR = 0.3  # share of their median difference that counts as the same way
OTHERS = 4  # people that a rule about tasks is learned from, at least


@dataclass(frozen=True)
class Suspicion:
    """What looks wrong, where, by which numbers, and the flag that says how it was handled ("" if there is none)."""

    rule: str
    where: str
    why: str
    handled: str = ""


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
    return {hashlib.sha256(column.tobytes()).hexdigest(): name for name, column in columns if moves(column)}


def _copied_channels(one: Seen) -> Iterator[Suspicion]:
    emg = one.trial.emg
    if emg is None:
        return
    moving = [k for k in range(len(emg.names)) if moves(emg.values[:, k])]
    for a, b in combinations(moving, 2):
        if (r := together(emg.values[:, a], emg.values[:, b])) > ALIKE:
            pair = f"{emg.names[a]} and {emg.names[b]}"
            yield Suspicion("copy", f"{one.name}, {pair}", f"r = {r:.5f}", one.flagged(("copy",)))


def _signs(one: Seen) -> Iterator[Suspicion]:
    for name, why in one.reversed.items():
        yield Suspicion("sign", f"{one.name}, {name}", why, one.flagged(("sign", "convention"), name))


def _legs(one: Seen) -> Iterator[Suspicion]:
    """EMG that fits the other leg, or two channels that each look like the other's muscle: what explains more."""
    for side in SIDES:
        cycles = bursts.bursting(one, side)
        own = {site: bursts.fit(cycle, site) for site, cycle in cycles.items()}
        late = {site: bursts.fit(np.roll(cycle, STEP // 2), site) for site, cycle in cycles.items()}
        pairs = {pair: gain for pair in combinations(cycles, 2) if (gain := _gain(cycles, *pair))}
        if len(own) >= TWO and sum(late.values()) > sum(own.values()) + max([MARGIN * len(own), *pairs.values()]):
            r, other = np.mean(list(own.values())), np.mean(list(late.values()))
            why = f"mean r with the expected bursts {r:.2f}, half a stride later {other:.2f}: of the other leg?"
            yield Suspicion("side", f"{one.name}, {', '.join(own)}", why, one.flagged(("side",)))
            continue
        for a, b in pairs:
            why = (
                f"r with the bursts of the other {bursts.fit(cycles[a], b):.2f} and {bursts.fit(cycles[b], a):.2f}, "
            )
            why += f"with its own {own[a]:.2f} and {own[b]:.2f}"
            yield Suspicion("exchanged", f"{one.name}, {a} and {b}", why, one.flagged(("exchanged",)))


def _gain(cycles: dict[str, Array], a: str, b: str) -> float:
    """By how much two channels fit better when they are exchanged; 0 when not each of them clearly does."""
    gains = [bursts.fit(cycles[x], y) - bursts.fit(cycles[x], x) for x, y in ((a, b), (b, a))]
    return sum(gains) if min(gains) > MARGIN and sum(gains) > 4 * MARGIN else 0.0


def _tasks_exchanged(seen: Sequence[Seen]) -> Iterator[Suspicion]:
    """Two tasks of a person that differ the other way round than they do in the other people of the set.

    Features of a trial: where it starts, and how each envelope goes with each angle. A difference of two tasks is
    free of a person's zero and gain; it is projected on the other people's median difference over its spread.
    """
    ordered = sorted(seen, key=lambda one: one.trial.subject.id)
    people = {person: list(own) for person, own in groupby(ordered, key=lambda one: one.trial.subject.id)}
    doubts: dict[str, tuple[float, str, str]] = {}
    for a, b in combinations(sorted({one.trial.task for one in seen}), 2):
        steps = {person: step for person, own in people.items() if (step := _difference(own, a, b))}
        for person, step in steps.items():
            place = _projection(step, [other for name, other in steps.items() if name != person])
            if place < min(-MARGIN, doubts.get(person, (0.0,))[0]):
                doubts[person] = (place, a, b)
    for person, (place, a, b) in doubts.items():
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
        column = -column if name in one.reversed else column
        found[f"{name} starts"] = float(np.nanmedian(column[begin]))
        if table is not None:
            at = np.interp(table.time, angles.time, column)
            for site, envelope in zip(table.names, table.values.T, strict=True):
                found[f"{site} with {name}"] = together(envelope, at)
    return found


def _projection(step: dict[str, float], others: Sequence[dict[str, float]]) -> float:
    """1 where tasks differ as in the other people, -1 the other way round, nan where the others differ among them."""
    names = [name for name in step if sum(name in other for other in others) >= OTHERS]
    complete = [other for other in others if all(name in other for name in names)]
    if not names or len(complete) < OTHERS:
        return float("nan")
    values = np.array([[other[name] for name in names] for other in complete])
    middle = np.median(values, axis=0)
    spread = np.median(np.abs(values - middle), axis=0) * 1.4826 + 0.1
    weights = middle / spread**2
    scale = float(middle @ weights)
    told = float(np.mean(values @ weights > CLEAR * scale))
    return float(np.array([step[name] for name in names]) @ weights / scale) if told >= TOLD else float("nan")
