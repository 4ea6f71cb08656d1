"""The only place where a Trial and a Preparation become a Recording.

Names, signs and units come from `anatomy`, filters from `signal`. Amplitudes stay in the unit of the source: what
scales them is the business of whoever knows which recordings may be used for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from myoshift import anatomy, signal
from myoshift.datasets import bodies, clocks
from myoshift.datasets.base import place
from myoshift.datasets.emg import envelopes
from myoshift.datasets.motion import canonical
from myoshift.datasets.simulated import activations
from myoshift.errors import DataRefused
from myoshift.types import Array, Event, Flag, Recording, Table, Trial

MEASURED = 0.5  # least share of the time between the first and the last sample in which there are samples


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """How trials become recordings.

    Parameters
    ----------
    rate : Hz of the recordings
    motion_cutoff : Hz, zero-phase low-pass of every coordinate (Butterworth, effective order 4)
    asked : coordinates without side that must be plausible; other implausible ones are left out
    emg_low, emg_high : Hz, band-pass of raw EMG; `emg_high` None is min(400, 0.45 x rate)
    emg_cutoff : Hz, low-pass of the rectified EMG
    mains : 50 or 60 Hz, the line frequency that is taken out of raw EMG, with its harmonics; None leaves it in
    settle : s at the start of raw EMG in which the low-pass is not yet at the envelope's level; NaN there
    shortest : s, least length of the motion, and of the time that it shares with the EMG
    context : s of the cycle's end before, and of its beginning after, a cyclic trial

    Raises
    ------
    DataRefused
        When the line frequency is not 50 or 60 Hz.
    """

    rate: float = 100.0
    motion_cutoff: float = 6.0
    asked: tuple[str, ...] = ("hip_flexion", "knee_angle", "ankle_angle")
    emg_low: float = 20.0
    emg_high: float | None = None
    emg_cutoff: float = 6.0
    mains: float | None = None
    settle: float = 0.06
    shortest: float = 0.5
    context: float = 0.5

    def __post_init__(self) -> None:
        if self.mains is not None:
            signal.refuse_line(self.mains)


def prepare(trial: Trial, preparation: Preparation | None = None) -> Recording:
    """Bring a trial to the common vocabulary.

    Motion: canonical names and signs, radians and metres, low-passed. EMG: sites with a side, envelopes, masked
    channels NaN. Simulated activation in place of EMG: muscles, as computed. Both on one uniform grid that begins
    with the motion and covers the time that they share, from the first to the last frame at which every coordinate
    was seen. A cyclic trial is continued with `context` seconds of itself at both ends, where its activation is NaN,
    so that filters and windows see no edge.

    Raises
    ------
    DataRefused
        When there is no motion or most of it is missing, motion and EMG share less than `shortest` seconds, an angle
        has no unit, or an asked angle is implausible in the unit that its file declares.
    """
    chosen = preparation or Preparation()
    motion, notes = canonical(trial, chosen.asked)
    simulated, columns = activations(trial)
    emg, verdicts = envelopes(trial, chosen) if simulated is None else (simulated, columns)
    if trial.cyclic:
        motion = _wrapped(motion, chosen.context)
    grid = _grid(trial, motion, chosen)
    smooth = signal.lowpass(signal.regrid(motion.time, motion.values, grid), chosen.rate, chosen.motion_cutoff)
    shared, cut = _seen(grid, smooth, _shared(trial, motion, emg, grid, chosen))
    return Recording(
        motion=smooth[shared].astype(np.float32),
        motion_names=motion.names,
        activation=_activation(emg, grid[shared]).astype(np.float32),
        activation_names=emg.names if emg else (),
        rate=chosen.rate,
        dataset=trial.dataset,
        domain=f"{trial.dataset}/{trial.subject.population}-{trial.task}",
        institution=trial.institution,
        subject=trial.subject.id,
        task=trial.task,
        trial=trial.name,
        session=trial.session,
        start=float(grid[shared][0]),
        population=trial.subject.population,
        mass=trial.subject.mass,
        height=trial.subject.height,
        kind="emg_envelope" if simulated is None else "simulated",
        events=_within(trial.events, grid[shared]),
        segment_orientation=trial.segment_orientation,
        external_load=trial.external_load,
        provenance=trial.sources,
        flags=tuple(dict.fromkeys((*trial.flags, *notes, *verdicts, *cut, *_doubts(trial)))),
    )


def _doubts(trial: Trial) -> Iterator[Flag]:
    """What stays empty because samples are lost, and a body that nobody has."""
    yield from bodies.person(trial.subject)
    for what, table in (("motion", trial.motion), ("EMG", trial.emg)):
        if table is not None:
            yield from clocks.gaps(table.time, what)


def _wrapped(cycle: Table, context: float) -> Table:
    """A cycle, first sample = last sample, continued by itself; what advances (the pelvis) goes on advancing."""
    count = min(len(cycle.time) - 1, round(context * cycle.rate))
    lengths = [anatomy.coordinate(name).unit == "m" for name in cycle.names]
    advance = np.where(lengths, cycle.values[-1] - cycle.values[0], 0.0)
    before, after = cycle.values[-1 - count : -1] - advance, cycle.values[1 : 1 + count] + advance
    time = cycle.time[0] + np.arange(-count, len(cycle.time) + count) / cycle.rate
    return replace(cycle, values=np.concatenate([before, cycle.values, after]), time=time)


def _grid(trial: Trial, motion: Table, preparation: Preparation) -> Array:
    """Times of the frames: from the first sample of the motion in steps of 1 / rate, not beyond its last."""
    seconds = float(motion.time[-1] - motion.time[0]) if len(motion.time) else 0.0
    if seconds < preparation.shortest:
        raise DataRefused(
            "the motion is too short",
            where=place(trial),
            why=f"{len(motion.time)} samples, {seconds:g} s, at least {preparation.shortest:g} s are needed",
            mend="leave the trial out",
        )
    if len(motion.time) < MEASURED * seconds * motion.rate:
        raise DataRefused(
            "most of the motion is missing",
            where=place(trial),
            why=f"{len(motion.time)} samples at {motion.rate:g} Hz in {seconds:g} s",
            mend="cut the file at its gaps, or correct its clock",
        )
    return np.asarray(motion.time[0] + np.arange(_steps(seconds, preparation.rate) + 1) / preparation.rate)


def _steps(seconds: float, rate: float) -> int:
    """Whole steps of 1 / rate in a time, with a millionth of a step of grace."""
    return int(np.floor(seconds * rate + 1e-6))


def _shared(trial: Trial, motion: Table, emg: Table | None, grid: Array, preparation: Preparation) -> slice:
    """The frames of the grid at which there are both motion and EMG; a cycle keeps its context."""
    if emg is None or trial.cyclic:
        return slice(0, len(grid))
    start = -_steps(grid[0] - emg.time[0], preparation.rate)
    stop = _steps(emg.time[-1] - grid[0], preparation.rate) + 1
    shared = slice(max(start, 0), max(min(stop, len(grid)), 0))
    if (shared.stop - shared.start) / preparation.rate < preparation.shortest:
        raise DataRefused(
            "motion and EMG do not overlap",
            where=place(trial),
            why=f"motion {motion.time[0]:g}..{motion.time[-1]:g} s, EMG {emg.time[0]:g}..{emg.time[-1]:g} s, "
            f"offset {emg.time[0] - motion.time[0]:g} s; tolerance: {preparation.shortest:g} s must be shared",
            mend="give files of the same trial on one clock (in lab.yaml `sync`, or `start: zero` of both files)",
        )
    return shared


def _seen(grid: Array, motion: Array, frames: slice) -> tuple[slice, tuple[Flag, ...]]:
    """The frames without those at either end at which the person is not wholly in view, and a flag that says so."""
    measured = motion[:, np.isfinite(motion).any(axis=0)]
    seen = np.flatnonzero(np.isfinite(measured[frames]).all(axis=1))
    whole = slice(frames.start + seen[0], frames.start + seen[-1] + 1) if len(seen) else frames
    if whole == frames:
        return frames, ()
    kept, there = (f"{grid[part][0]:.2f}..{grid[part][-1]:.2f} s" for part in (whole, frames))
    return whole, (Flag("cut", f"coordinates are missing at the ends of {there}; {kept} is kept"),)


def _activation(emg: Table | None, grid: Array) -> Array:
    """Envelopes at the frames, (T, M), never negative, NaN outside the EMG."""
    if emg is None:
        return np.empty((len(grid), 0))
    return np.clip(signal.regrid(emg.time, emg.values, grid), 0.0, None)


def _within(events: tuple[Event, ...], grid: Array) -> tuple[Event, ...]:
    return tuple(event for event in events if grid[0] <= event.time <= grid[-1])
