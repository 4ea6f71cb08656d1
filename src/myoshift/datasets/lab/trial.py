"""A trial of a laboratory: its files read, its spec applied."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from myoshift import anatomy, formats
from myoshift.datasets.base import strikes
from myoshift.datasets.lab import channels, load, movement
from myoshift.datasets.lab.find import Entry
from myoshift.datasets.lab.parts import Force, Person, Quantity
from myoshift.datasets.lab.spec import LabSpec
from myoshift.datasets.markers import MarkerMotion, arm_from_markers, from_markers
from myoshift.errors import ConfigError, DataRefused
from myoshift.formats import C3D, Bids, Tables
from myoshift.formats.bids import offset
from myoshift.types import Event, Flag, Markers, Side, SourceFile, Subject, Table, Trial

SCALE = {"g": 1000.0, "cm": 100.0, "mm": 1000.0}


@dataclass(frozen=True)
class Files:
    """The files of an entry by role, each read once."""

    entry: Entry
    found: dict[tuple[str, str], load.Content] = field(default_factory=dict)

    def read(self, role: str, spec: LabSpec) -> load.Content:
        """What a reader makes of the file of a role."""
        file, path = spec.roles[role], self.entry.paths[role]
        unit = spec.motion.unit if role == "motion" and path.suffix.lower() in (".sto", ".mot") else None
        key = (str(path), f"{file.model_dump_json(exclude={'path', 'optional'})} {unit}")
        if key not in self.found:
            even = 1.0 if spec.cycles else None
            self.found[key] = load.load(path, role, file, angle_unit=unit, even=even)
        return self.found[key]


def trials(spec: LabSpec, entry: Entry, sources: tuple[SourceFile, ...]) -> Iterator[tuple[LabSpec, Trial]]:
    """The trial of an entry, or one for each of its cycles, each after the spec as it is told for it.

    Raises
    ------
    DataRefused
        When a file cannot be used as the spec says.
    ConfigError
        When the spec makes no sense for this trial.
    """
    files = Files(entry)
    told = spec.told(entry.values)
    if told.cycles is None:
        yield told, _trial(told, files, entry.values, None, sources)
        return
    for cycle in range(_count(told, files)):
        values = {**entry.values, "cycle": str(cycle)}
        told = spec.told(values)
        yield told, _trial(told, files, values, cycle, sources)


def _trial(
    spec: LabSpec, files: Files, values: dict[str, str], cycle: int | None, sources: tuple[SourceFile, ...]
) -> Trial:
    seconds, timed = _seconds(spec, files, cycle)
    from_points = None if "motion" in files.entry.paths else _from_markers(spec, files)
    if from_points is None:
        motion, convention, notes = _motion(spec, files, cycle, seconds)
    else:
        motion, convention, notes = from_points.motion, "rajagopal", ()
        motion = movement.within(motion, spec.motion.window)
    motion = movement.within(motion, spec.window)
    emg, kind, sites, left_out = _emg(spec, files, cycle, seconds)
    forces = _forces(spec, files)
    load_, posture = spec.field("external_load", values), spec.field("segment_orientation", values)
    return Trial(
        name=_named(spec, "trial", values, files),
        dataset=spec.name,
        institution=spec.institution,
        subject=_subject(spec, values, files),
        task=_named(spec, "task", values, files),
        session=spec.field("session", values),
        convention=convention,
        motion=motion,
        emg=emg,
        emg_kind=kind,  # type: ignore[arg-type]
        sites=sites,
        forces=forces,
        events=_events(spec, files, forces, from_points, seconds),
        cyclic=bool(spec.cycles and spec.cycles.closed),
        segment_orientation=posture or None,
        external_load=_number(load_, files) if load_ else None,
        sources=sources,
        flags=(
            *_of_files(files, forces, {"", *sites}),
            *(from_points.flags if from_points else ()),
            *timed,
            *(Flag(note.code, note.message, note.where) for note in spec.notes),
            *notes,
            *left_out,
        ),
    )


def _motion(
    spec: LabSpec, files: Files, cycle: int | None, seconds: float | None
) -> tuple[Table, str, tuple[Flag, ...]]:
    found, path, file = files.read("motion", spec), files.entry.paths["motion"], spec.files["motion"]
    names = load.columns(found, path, "motion", file, "" if spec.motion.columns else spec.motion.convention or "")
    if not names:
        raise DataRefused(
            "no column is a coordinate of the convention",
            where=path,
            why=f"`motion.convention` {spec.motion.convention}",
            mend="name the columns in `motion.columns`, or give another convention",
        )
    table = load.as_table(found, path, "motion", file, movement.wanted(spec.motion, names), cycle=cycle)
    table = _since_start(_cycle(table, spec, cycle, seconds), spec, "motion", files)
    return movement.coordinates(table, spec.motion, path)


def _emg(
    spec: LabSpec, files: Files, cycle: int | None, seconds: float | None
) -> tuple[Table | None, str, dict[str, str], tuple[Flag, ...]]:
    if "emg" not in files.entry.paths:
        return None, "raw", {}, ()
    found, path, file = files.read("emg", spec), files.entry.paths["emg"], spec.files["emg"]
    there = load.columns(found, path, "emg", file)
    sites = channels.sites(spec.emg, there, path)
    asked = {*sites, *spec.emg.drop}
    wanted = tuple(sites) if isinstance(found, C3D) else tuple(name for name in there if name in asked)
    table = load.as_table(found, path, "emg", file, wanted, cycle=cycle)
    table = _since_start(_cycle(table, spec, cycle, seconds), spec, "emg", files)
    emg, kind, notes = channels.table(table, spec.emg, path)
    sync = _sync(spec, files)
    emg = replace(emg, time=emg.time + sync) if sync else emg
    emg = emg.select(tuple(name for name in emg.names if name in sites))
    if not emg.names:
        return None, kind, {}, notes
    return emg, kind, {name: sites[name] for name in emg.names}, notes


def _forces(spec: LabSpec, files: Files) -> Table | None:
    if "forces" not in files.entry.paths:
        return None
    force = spec.events.force or Force(rise=1.0, rearm=1.0)
    asked = tuple(name for name in (force.r, force.l) if name) or None
    found, path = files.read("forces", spec), files.entry.paths["forces"]
    table = load.as_table(found, path, "forces", spec.files["forces"], asked)
    return _since_start(table, spec, "forces", files)


def _from_markers(spec: LabSpec, files: Files) -> MarkerMotion:
    found, path = files.read("markers", spec), files.entry.paths["markers"]
    if spec.markers is None:
        raise ConfigError("which marker is where?", where=path, mend="write `markers.legs` or `markers.arm`")
    arm, legs = spec.markers.arm, spec.markers.legs
    if arm:
        roles = anatomy.ArmMarkers(**dict(arm))
        return arm_from_markers(_points(found, path, roles), roles, where=path)
    marks = anatomy.MarkerSet(**dict(legs or ()))
    points, resting = _points(found, path, marks), None
    if "standing" in files.entry.paths:
        resting = _points(files.read("standing", spec), files.entry.paths["standing"], marks)
    return from_markers(points, marks, standing=resting, where=path)


def _points(found: Any, path: Path, roles: anatomy.MarkerSet | anatomy.ArmMarkers) -> Markers:
    """The markers of a file; without the subject before their names where no role is called as they are."""
    if isinstance(found, C3D):
        as_they_are = any(name in found.point_names for _, names in roles.names() for name in names)
        found = (found if as_they_are else load.without_subject(found)).markers()
    if not isinstance(found, Markers):
        raise DataRefused("no markers in the file", where=path, mend="give a .c3d or .trc file as `files.markers`")
    return found


def _count(spec: LabSpec, files: Files) -> int:
    """Cycles of the motion."""
    found, path, file = files.read("motion", spec), files.entry.paths["motion"], spec.files["motion"]
    if isinstance(found, dict):
        values = np.asarray(load.value(found, str(file.variable), path))
        if "cycle" not in file.axes or values.ndim != len(file.axes):
            shape = f"shape {values.shape}, axes {', '.join(file.axes)}"
            raise ConfigError("which axis counts the cycles?", where=path, why=shape, mend="see `files.motion.axes`")
        return int(values.shape[file.axes.index("cycle")])
    rows, samples = len(load.as_table(found, path, "motion", file, None).time), spec.cycles and spec.cycles.samples
    if not samples or rows % samples:
        raise DataRefused(
            "the rows are no whole number of cycles",
            where=path,
            why=f"{rows} rows, `cycles.samples` {samples}",
            mend="correct `cycles.samples`",
        )
    return rows // samples


def _seconds(spec: LabSpec, files: Files, cycle: int | None) -> tuple[float | None, tuple[Flag, ...]]:
    """How long a cycle lasts, and a flag that says by whose word."""
    if spec.cycles is None or cycle is None:
        return None, ()
    stated = spec.cycles.seconds
    if stated.nominal is not None:
        said = (
            f"no time axis in the file: every cycle is taken to last {stated.nominal:g} s, so that speeds are nominal"
        )
        return stated.nominal, (Flag("nominal_time", said),)
    path, file = files.entry.paths["motion"], spec.files["motion"]
    found, asked = files.read("motion", spec), (str(stated.advance),)
    moving = file.model_copy(update={"variable": stated.velocity})
    place, speed = (load.as_table(found, path, "motion", f, asked, cycle=cycle).values[:, 0] for f in (file, moving))
    seconds = float((place[-1] - place[0]) / speed.mean())
    if not seconds > 0:
        raise DataRefused(
            "a cycle of no time", where=f"{path}, cycle {cycle}", why=f"{seconds:g} s", mend="see `cycles`"
        )
    said = (
        f"no time axis in the file: {seconds:.3f} s is the cycle's advance ({stated.advance}) over its mean velocity"
    )
    return seconds, (Flag("derived_time", said),)


def _cycle(table: Table, spec: LabSpec, cycle: int | None, seconds: float | None) -> Table:
    """One cycle of a table, from 0 s on, that lasts so long; what is no cycle as it is."""
    if spec.cycles is None or cycle is None or seconds is None:
        return table
    values, samples = table.values, spec.cycles.samples
    if samples and len(values) != samples:
        values = values[cycle * samples : (cycle + 1) * samples]
    rate = (len(values) - 1) / seconds
    return replace(table, values=values, rate=rate, time=np.arange(len(values)) / rate)


def _since_start(table: Table, spec: LabSpec, role: str, files: Files) -> Table:
    """The table on the clock that the spec wants: its file's, or from its own first sample or the motion's."""
    zero = _zero(table, spec, role, files)
    return replace(table, time=table.time - zero) if zero else table


def _zero(table: Table, spec: LabSpec, role: str, files: Files) -> float:
    """Time in its file at which the clock that the spec wants is 0."""
    start = spec.roles[role].start
    return 0.0 if start == "file" else float(table.time[0]) if start == "zero" else _first(spec, files)


def _sync(spec: LabSpec, files: Files) -> float:
    """Seconds by which the EMG's clock starts after that of the motion."""
    if spec.sync != "acq_time":
        return spec.sync
    motion, emg = (files.read(role, spec) if role in files.entry.paths else None for role in ("motion", "emg"))
    if not (isinstance(motion, Bids) and isinstance(emg, Bids)):
        raise ConfigError(
            "`sync: acq_time` is for motion and EMG of a BIDS data set",
            where=next(iter(files.entry.paths.values())),
            mend="write `sync:` in seconds",
        )
    return -offset(motion, emg)


def _first(spec: LabSpec, files: Files) -> float:
    """Time of the first sample of the motion, on the clock of its file."""
    found = files.read("motion" if "motion" in files.entry.paths else "markers", spec)
    if isinstance(found, C3D):
        return found.start
    tables = getattr(found, "tables", (found,))
    return float(tables[0].time[0]) if isinstance(tables[0], Table | Markers) else 0.0


def _events(
    spec: LabSpec, files: Files, forces: Table | None, points: MarkerMotion | None, seconds: float | None
) -> tuple[Event, ...]:
    if seconds is not None:
        side = spec.cycles and spec.cycles.strike
        return tuple(Event("foot_strike", time, side) for time in (0.0, seconds)) if side else ()
    for source in spec.events.sources:
        found = {
            "file": lambda: _in_file(spec, files),
            "force": lambda: _from_force(spec, forces),
            "markers": lambda: points.strikes if points else (),
        }[source]()
        if found:
            return found
    return ()


def _in_file(spec: LabSpec, files: Files) -> tuple[Event, ...]:
    for found in files.found.values():
        if isinstance(found, C3D) and found.events:
            shift = spec.events.shift
            return tuple(replace(e, time=e.time + shift) if shift else e for e in found.events)
    return _remarked(spec, files) if spec.events.strikes and "emg" in files.entry.paths else ()


def _remarked(spec: LabSpec, files: Files) -> tuple[Event, ...]:
    """Foot strikes among the remarks of the EMG's file, on the clock of the motion."""
    found, path = files.read("emg", spec), files.entry.paths["emg"]
    if not isinstance(found, Tables):
        raise ConfigError(
            "`events.strikes` is for files with remarks", where=path, mend="give EDF, BDF or BIDS, or leave it out"
        )
    shift = spec.events.shift + _sync(spec, files) - _zero(found.tables[0], spec, "emg", files)
    strikes = [
        Event("foot_strike", remark.time + shift, side)
        for remark in found.annotations
        if (side := _side(remark.text, spec.events.strikes)) is not None
    ]
    if found.annotations and not strikes:
        said = ", ".join(sorted({remark.text for remark in found.annotations})[: load.MOST])
        raise DataRefused("no remark is a foot strike", where=path, why=said, mend="correct `events.strikes`")
    return tuple(sorted(strikes, key=lambda event: event.time))


def _side(text: str, strikes: Mapping[str, Side]) -> Side | None:
    return next((side for said, side in strikes.items() if fnmatchcase(text, said)), None)


def _from_force(spec: LabSpec, forces: Table | None) -> tuple[Event, ...]:
    if forces is None or spec.events.force is None:
        return ()
    said = spec.events.force
    columns: dict[Side, str] = {side: name for side, name in (("r", said.r), ("l", said.l)) if name}  # type: ignore[misc]
    return strikes(forces, columns, rise=said.rise, rearm=said.rearm)


def _of_files(files: Files, forces: Table | None, used: Collection[str]) -> tuple[Flag, ...]:
    """Flags of whole files and of the channels that are used; those of motion and EMG come with their tables."""
    whole = [flag for found in files.found.values() if isinstance(found, C3D) for flag in found.flags]
    beside = [flag for found in files.found.values() if isinstance(found, Tables) for flag in found.flags]
    whole += [flag for flag in beside if flag.where in used]
    return tuple(dict.fromkeys([*whole, *(forces.flags if forces else ())]))


def _named(spec: LabSpec, name: str, values: dict[str, str], files: Files) -> str:
    found = spec.field(name, values)  # type: ignore[arg-type]
    if not found:
        path = next(iter(files.entry.paths.values()))
        raise ConfigError(f"the {name} has no name", where=path, mend=f"see `{name}` and `tables.{name}`")
    return found


def _subject(spec: LabSpec, values: dict[str, str], files: Files) -> Subject:
    id_ = _named(spec, "subject", values, files)
    person = spec.subjects.get(id_, spec.subjects.get("*", Person()))
    return Subject(
        id=person.same_as or id_,
        mass=_quantity(person.mass, files),
        height=_quantity(person.height, files),
        age=_quantity(person.age, files),
        population=_named(spec, "population", values, files),
    )


def _quantity(said: Quantity | None, files: Files) -> float | None:
    if said is None:
        return None
    number = said.value if said.parameter is None else _parameter(said.parameter, files)
    return None if number is None else number / SCALE[said.unit] if said.unit in SCALE else number


def _parameter(name: str, files: Files) -> float:
    """A number among the parameters of the trial's C3D files."""
    group, _, key = name.partition(".")
    c3ds = [found for found in files.found.values() if isinstance(found, C3D)]
    for found in c3ds:
        if key in found.parameters.get(group, {}):
            said = found.parameters[group][key]
            return _number(said[0] if isinstance(said, tuple) else said, files)
    path = next(iter(files.entry.paths.values()))
    why = "no C3D file" if not c3ds else f"groups: {', '.join(c3ds[0].parameters)}"
    raise DataRefused(f"there is no parameter {name!r}", where=path, why=why, mend="correct it in `subjects`")


def _number(said: Any, files: Files) -> float:
    try:
        return float(np.asarray(said).item()) if not isinstance(said, str) else float(said)
    except ValueError as error:
        path = next(iter(files.entry.paths.values()))
        raise DataRefused("no number", where=path, why=f"{said!r:.60}", mend="correct it in the spec") from error


def sources(entry: Entry, folder: Path, dataset: str) -> tuple[SourceFile, ...]:
    """The files of an entry with their hashes, named `<dataset>/<path below the folder>`."""
    paths = dict.fromkeys(entry.paths.values())
    return tuple(replace(s, path=f"{dataset}/{s.path}") for s in (formats.source(path, folder) for path in paths))
