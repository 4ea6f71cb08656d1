"""The vocabulary: the dataclasses that every floor shares. Knows no anatomy.

Shapes are written (T, C): time first, channels second. Times are seconds, rates hertz, a missing sample NaN.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError

Array = NDArray[np.float64]
Array32 = NDArray[np.float32]
Mask = NDArray[np.bool_]
Side = Literal["r", "l"]
EmgKind = Literal["raw", "envelope"]
Kind = Literal["simulated", "emg_envelope"]
Normalisation = Literal["mvc", "task_peak", "percentile", "none"]
Held = Literal["institution", "person", "session", "recording", "task", "person and task", "side"]
UnlabelledScope = Literal["none", "other_people", "test_people"]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that did not stop a reader or a check, but that must reach the report."""

    code: str
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that data came from, with its content hash."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at one time, for example a foot strike of the right leg."""

    name: str
    time: float
    side: Side | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Named signals on one time base.

    Parameters
    ----------
    values : (T, C) float64, NaN where a sample is missing
    names, units : C names (unique) and C units ("deg", "rad", "m", "V", "N", "N m", "1"; "" where not stated)
    rate : nominal sampling rate in Hz
    time : (T,) seconds, strictly increasing

    Raises
    ------
    DataFormatError
        When the shapes disagree, a name occurs twice, or time does not increase.
    """

    values: Array
    names: tuple[str, ...]
    units: tuple[str, ...]
    rate: float
    time: Array
    flags: tuple[Flag, ...] = ()

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.time), len(self.names)) or len(self.units) != len(self.names):
            raise DataFormatError(
                "shapes disagree",
                why=f"values {self.values.shape}, {len(self.time)} times, {len(self.names)} names, "
                f"{len(self.units)} units",
            )
        if len(set(self.names)) != len(self.names):
            twice = sorted({n for n in self.names if self.names.count(n) > 1})
            places = {n: [i for i, name in enumerate(self.names) if name == n] for n in twice}
            raise DataFormatError(
                "duplicate channel names", why=f"{places} (name: column, from 0)", mend="rename the channels"
            )
        steps = np.diff(self.time)
        if not np.all(steps > 0):
            row = int(np.argmax(~(steps > 0)))
            raise DataFormatError(
                "time does not increase",
                where=f"row {row + 1}",
                why=f"{self.time[row]:g} s is followed by {self.time[row + 1]:g} s",
                mend="sort the rows, or cut the file where the clock was reset",
            )

    @property
    def mask(self) -> Mask:
        """(T, C) True where a sample is present."""
        return np.isfinite(self.values)

    @property
    def duration(self) -> float:
        """Seconds from the first to the last sample, the last one included."""
        return len(self.time) / self.rate

    def column(self, name: str) -> Array:
        """Values of one channel, (T,)."""
        return self.values[:, self.names.index(name)]

    def select(self, names: tuple[str, ...]) -> Table:
        """The same table with these columns, in this order."""
        index = [self.names.index(n) for n in names]
        return replace(self, values=self.values[:, index], names=names, units=tuple(self.units[i] for i in index))


@dataclass(frozen=True, kw_only=True, eq=False)
class Markers:
    """Marker trajectories: values (T, P, 3) in metres, NaN where a marker was not seen."""

    values: Array
    names: tuple[str, ...]
    rate: float
    time: Array
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One person: mass in kg, height in m, age in years, None where not stated.

    `id` is unique in its data set; somebody who is also in another one is called `<dataset>/<subject>` after it, so
    that no split tears the person apart.
    """

    id: str
    mass: float | None = None
    height: float | None = None
    age: float | None = None
    population: str = "healthy"


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """What a reader found, at native rates, names, units and signs.

    `convention` names the model whose coordinate names and signs `motion` follows (see `anatomy`);
    `sites` maps the native EMG channel names to sEMG sites with a side (`gastrocnemius_r`).
    `activation` is what a simulation gave for muscles (`soleus_r`), where a trial has no EMG. `cyclic` marks one
    time-normalised cycle, whose end joins its beginning. `segment_orientation` says in words how a segment stands to
    gravity (`thigh vertical`), `external_load` in kg what is lifted.
    """

    name: str
    dataset: str
    institution: str
    subject: Subject
    task: str
    session: str = ""
    convention: str = "rajagopal"
    motion: Table | None = None
    emg: Table | None = None
    emg_kind: EmgKind = "raw"
    sites: dict[str, str] = field(default_factory=dict)
    activation: Table | None = None
    forces: Table | None = None
    markers: Markers | None = None
    events: tuple[Event, ...] = ()
    cyclic: bool = False
    segment_orientation: str | None = None
    external_load: float | None = None
    sources: tuple[SourceFile, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """One continuous trial of one person in the vocabulary of `anatomy`.

    Parameters
    ----------
    motion : (T, C) float32 in radians or metres, with C coordinate names (`hip_flexion_r`)
    activation : (T, M) float32, NaN where not measured, with M site or muscle names (`soleus_r`)
    rate : Hz, the same for both
    start : time of the first frame on the clock of the source file, s
    domain : `<dataset>/<population>-<task>`
    reference : amplitude reference of each activation column, in the unit of the source; empty while `none`
    mass, height : of the person, kg and m, None where not stated
    """

    motion: Array32
    motion_names: tuple[str, ...]
    activation: Array32
    activation_names: tuple[str, ...]
    rate: float
    dataset: str
    domain: str
    institution: str
    subject: str
    task: str
    trial: str
    session: str = ""
    start: float = 0.0
    population: str = "healthy"
    mass: float | None = None
    height: float | None = None
    kind: Kind = "emg_envelope"
    normalisation: Normalisation = "none"
    reference: tuple[float, ...] = ()
    events: tuple[Event, ...] = ()
    segment_orientation: str | None = None
    external_load: float | None = None
    provenance: tuple[SourceFile, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def person(self) -> str:
        """A subject name that is unique over all data sets (see `Subject.id`)."""
        return self.subject if "/" in self.subject else f"{self.dataset}/{self.subject}"

    @property
    def id(self) -> str:
        """A recording name that is unique over all data sets."""
        return f"{self.dataset}/{self.subject}/{self.session}/{self.trial}"

    @property
    def seconds(self) -> float:
        """Length of the recording in seconds."""
        return len(self.motion) / self.rate

    def hidden(self) -> Recording:
        """The same motion, every activation NaN, no amplitude reference: what is seen without labels."""
        nothing = np.full_like(self.activation, np.nan)
        return replace(self, activation=nothing, normalisation="none", reference=())

    def window(self, start: int, stop: int) -> Recording:
        """Frames `start` to `stop` (excluded) as a recording of its own, with the events of that time."""
        first, motion = self.start + start / self.rate, self.motion[start:stop]
        events = tuple(e for e in self.events if first <= e.time < first + len(motion) / self.rate)
        return replace(self, motion=motion, activation=self.activation[start:stop], start=first, events=events)


@dataclass(frozen=True, kw_only=True)
class Split:
    """All that something which learns, selects or calibrates may see.

    `source` is labelled; `unlabelled` holds target motion whose activations are NaN, from the people that
    `unlabelled_scope` names; `calibration` holds the labelled target seconds, often none. `validation` holds labelled
    recordings of other people of the source institutions, by which a choice between fitted models may be made;
    nothing that is fitted is ever granted them.
    """

    name: str
    source: tuple[Recording, ...]
    unlabelled: tuple[Recording, ...] = ()
    unlabelled_scope: UnlabelledScope = "none"
    calibration: tuple[Recording, ...] = ()
    validation: tuple[Recording, ...] = ()

    def of_kind(self, kind: Kind) -> Split:
        """The split whose source is measured, or simulated, alone."""
        return replace(self, source=tuple(recording for recording in self.source if recording.kind == kind))


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Measured activations of the test part. A type of its own, so that only the scorer can be handed it."""

    recordings: tuple[Recording, ...]

    def __iter__(self) -> Iterator[Recording]:
        return iter(self.recordings)


@dataclass(frozen=True, kw_only=True)
class Fold:
    """What a protocol yields: a split, the motion to predict from (no activations), the scorer's answers.

    `held` is the least of the target that nobody learns from: its institution, its people, or, where the people are
    known, the session, the task, the side or the recordings that are tested. `twins_of_test` says that simulated
    twins of the test motion may be learned from.
    """

    protocol: str
    name: str
    split: Split
    test_motion: tuple[Recording, ...]
    test_activation: Answers
    held: Held = "institution"
    twins_of_test: bool = False
