"""A trial as the rules of the screen look at it: angles, envelopes, gait cycles, and signs that cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from myoshift import anatomy, signal
from myoshift.datasets.motion import canonical
from myoshift.errors import MyoshiftError
from myoshift.types import Array, Array32, Recording, Side, Subject, Table, Trial

WALKING = ("walk", "turn")
GAIT = (*WALKING, "run")
SIDES: tuple[Side, ...] = ("r", "l")
LONG = 50  # samples; shorter or constant columns are alike by chance
TURNED = 0.3  # correlation of two joints' movement beyond which a sign is wrong
AGAINST = (
    0.4  # correlation with the ankle of walking below minus which its sign is wrong; sound ones reach 0.6 to 0.9
)
STEP = 100  # phases of a gait cycle
RATE = 100.0  # Hz of envelopes


def as_trial(recording: Recording) -> Trial:
    """A recording as a trial, so that one set of rules serves both: canonical coordinates, envelopes at sites.

    Channels that were never measured are left out. The unit of the amplitudes is not known any more.
    """
    time = recording.start + np.arange(len(recording.motion)) / recording.rate
    units = tuple(anatomy.coordinate(name).unit for name in recording.motion_names)
    measured = np.flatnonzero(np.isfinite(recording.activation).any(axis=0))
    sites = tuple(recording.activation_names[k] for k in measured)
    emg = _table(recording.activation[:, measured], sites, ("",) * len(sites), recording.rate, time)
    motion = _table(recording.motion, recording.motion_names, units, recording.rate, time)
    return Trial(
        name=recording.trial,
        dataset=recording.dataset,
        institution=recording.institution,
        subject=Subject(
            id=recording.subject, mass=recording.mass, height=recording.height, population=recording.population
        ),
        task=recording.task,
        session=recording.session,
        motion=motion,
        emg=emg if sites and recording.kind == "emg_envelope" else None,
        emg_kind="envelope",
        sites={site: site for site in sites},
        events=recording.events,
        flags=recording.flags,
    )


def _table(values: Array32, names: tuple[str, ...], units: tuple[str, ...], rate: float, time: Array) -> Table:
    return Table(values=values.astype(float), names=names, units=units, rate=rate, time=time)


class Seen:
    """A trial as the rules look at it: canonical angles, and envelopes at sites."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.name = "/".join(part for part in (trial.subject.id, trial.session, trial.name) if part)

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
                return f"{flag.code}: {flag.message}"
        return ""

    @cached_property
    def reversed(self) -> dict[str, str]:
        """Coordinates that fit the body, or in gait the other joints, only with the other sign, and why."""
        if self.angles is None:
            return {}
        sides = SIDES if self.trial.task in GAIT else ()
        gait = [found for side in sides for found in _against_the_gait(self, side)]
        return {**dict(_beyond_the_body(self.angles)), **dict(gait)}

    def strikes(self, side: Side) -> Array:
        """Times of the foot strikes of a leg, s: events where there are two, else as the hip angle tells them."""
        strikes = np.array([e.time for e in self.trial.events if (e.name, e.side) == ("foot_strike", side)])
        told = self.from_hip(side) if len(strikes) < 2 else strikes
        return told if len(told) else strikes

    def from_hip(self, side: Side) -> Array:
        """Times of the foot strikes of a leg as the hip angle tells them, s; none where it was not measured."""
        hip = self.angle(f"hip_flexion_{side}")
        if hip is None or self.angles is None:
            return np.empty(0)
        return np.asarray(self.angles.time[0] + signal.strikes_from_hip(hip, self.angles.rate))

    def ankle_course(self, side: Side) -> float:
        """Correlation of the mean cycle of an ankle with that of walking; 0 where no whole cycle was measured."""
        ankle = self.angle(f"ankle_angle_{side}")
        if ankle is None or self.angles is None:
            return 0.0
        found = signal.cycles(ankle[:, None], self.angles.time, self.strikes(side), points=STEP + 1)[:, :STEP, 0]
        whole = found[np.isfinite(found).all(axis=1)]
        return together(whole.mean(axis=0), _ankle_of_walking()) if len(whole) else 0.0

    def cycles(self, side: Side) -> dict[str, Array]:
        """Mean gait cycle (STEP,) of the envelope at each site of a leg that walks, each stride over its maximum."""
        table, hip = self.envelopes, self.angle(f"hip_flexion_{side}")
        if self.trial.task not in WALKING or table is None:
            return {}
        shapes = signal.cycles(table.values, table.time, self.strikes(side), points=STEP + 1)[:, :STEP]
        if not len(shapes) and hip is not None and self.angles is not None:
            shapes = _by_phase(table, self.angles, hip)
        own = [(k, name) for k, name in enumerate(table.names) if name.endswith(f"_{side}")]
        return {name: _mean_cycle(shapes[:, :, k]) for k, name in own}


def _by_phase(table: Table, angles: Table, hip: Array) -> Array:
    """One cycle (1, STEP, C) put together from parts of strides, none where a tenth of it was not measured."""
    phase = signal.phase_from_hip(hip, angles.rate)
    frame = np.round((table.time - angles.time[0]) * angles.rate).astype(int)
    inside = (frame >= 0) & (frame < len(phase))
    inside[inside] &= np.isfinite(phase[frame[inside]])
    at, values = phase[frame[inside]], table.values[inside]
    if len(at) < LONG or np.diff(np.sort(at), append=at.min() + 1).max() > 1 / 10:
        return np.empty((0, STEP, values.shape[1]))
    grid = np.arange(STEP) / STEP
    return np.stack([np.interp(grid, at, column, period=1.0) for column in values.T], axis=1)[None]


def together(a: Array, b: Array) -> float:
    """Correlation of two columns where both were measured, 0 where one of them hardly was or does not move."""
    there = np.isfinite(a) & np.isfinite(b)
    if not (moves(a[there]) and moves(b[there])):
        return 0.0
    return float(np.corrcoef(a[there], b[there])[0, 1])


def moves(column: Array) -> bool:
    """Whether a column has enough samples to be compared, and is not constant."""
    there = column[np.isfinite(column)]
    return len(there) > LONG and bool(np.ptp(there) > 0)


def _mean_cycle(cycles: Array) -> Array:
    """The mean (STEP,) of those cycles (N, STEP) that are whole, each over its maximum; 0 where there is none."""
    whole = cycles[np.isfinite(cycles).all(axis=1) & (cycles.max(axis=1, initial=0.0) > 0)]
    return np.asarray((whole / whole.max(axis=1, keepdims=True)).mean(axis=0)) if len(whole) else np.zeros(STEP)


def _ankle_of_walking() -> Array:
    """Dorsiflexion until heel rise, the foot pointing at toe-off (Perry and Burnfield 2010), (STEP,) deg."""
    phase = np.arange(STEP) / STEP
    return np.asarray(
        10 * np.exp(-0.5 * ((phase - 0.45) / 0.1) ** 2) - 18 * np.exp(-0.5 * ((phase - 0.64) / 0.05) ** 2)
    )


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
    flexion, extension = (
        np.nanpercentile(knee, 99) - np.nanmedian(knee),
        np.nanmedian(knee) - np.nanpercentile(knee, 1),
    )
    if extension > flexion:
        numbers = f"{np.degrees(flexion):.0f} deg above and {np.degrees(extension):.0f} deg below the median"
        yield f"knee_angle_{side}", f"{numbers}: in gait flexion is the longer way"
        knee = -knee
    if hip is not None and (r := together(np.gradient(hip), knee)) < -TURNED:
        yield f"hip_flexion_{side}", f"r = {r:.2f} of its velocity with knee flexion: a bent knee goes forwards"
    elif one.trial.task in WALKING and (r := one.ankle_course(side)) < -AGAINST:
        yield f"ankle_angle_{side}", f"r = {r:.2f} with the ankle of walking: the foot points at 0.64 of the cycle"
        return
    if ankle is not None and (r := together(ankle, np.gradient(knee))) > TURNED:
        yield (
            f"ankle_angle_{side}",
            f"r = {r:.2f} with the knee's velocity: a foot that leaves the ground points down",
        )
