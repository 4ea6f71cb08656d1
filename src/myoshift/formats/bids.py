"""EMG-BIDS: an EDF or BDF file with its sidecars, and motion beside it, each statement held against the others.

Specification: BIDS 1.11, https://bids-specification.readthedocs.io (electromyography, BEP042; motion, BEP029).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from myoshift.errors import DataFormatError
from myoshift.formats.bids_sidecars import Place, Rows, cell_number, frequency, locate, require
from myoshift.formats.clock import clock
from myoshift.formats.edf import Edf, read_edf
from myoshift.formats.edf_header import MICROVOLTS
from myoshift.formats.source import AGAIN, content, named
from myoshift.formats.tables import Annotation, Tables
from myoshift.formats.text import parse, plain, refuse_duplicates
from myoshift.types import Array, Flag, Table

REQUIRED = ("EMGPlacementScheme", "EMGReference", "SamplingFrequency", "PowerLineFrequency", "RecordingType",
            "SoftwareFilters", "TaskName")  # fmt: skip
SCHEMES = ("Measured", "ChannelSpecific", "Other")
LABEL = 16  # letters of a label in EDF; longer names are cut
Trusted = Literal["agree", "file", "sidecar"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Bids(Tables):
    """One recording with what its sidecars say.

    Parameters
    ----------
    entities : parts of the name: sub, ses, task, run, ...
    sidecar : the JSON metadata
    channels : the row of `channels.tsv` of each channel
    target_muscles : text of `target_muscle` by channel, where it is stated
    electrodes : rows of `electrodes.tsv` by name
    coordinates : metadata of `coordsystem.json`
    start : `acq_time` of `scans.tsv`, None where it is not stated
    """

    entities: dict[str, str]
    sidecar: dict[str, Any]
    channels: dict[str, dict[str, str]]
    target_muscles: dict[str, str] = field(default_factory=dict)
    electrodes: dict[str, dict[str, str]] = field(default_factory=dict)
    coordinates: dict[str, Any] = field(default_factory=dict)
    start: datetime | None = None


def read_bids(path: str | Path, *, units: Trusted = "agree") -> Bids:
    """Read a `*_emg.edf` or `*_emg.bdf` of a BIDS data set with its sidecars.

    Parameters
    ----------
    units : which unit holds where the file and `channels.tsv` name different ones; by default that is refused

    Returns
    -------
    Bids
        Events of `events.tsv` are the annotations (those in the file where there is none). Channels of status bad are
        NaN. Flags: those of `read_edf`, `placeholder`, `masked`, `labels` (names cut to 16 letters in the file),
        `units` (a contradiction that was decided, no unit in the sidecar).

    Raises
    ------
    DataFormatError
        A required file, column or field is missing; number, names, order, units or rates of the channels contradict
        the sidecars; a sidecar is malformed or lies outside the data set; whatever `read_edf` refuses.
    """
    place = locate(path, "emg.edf", "emg.bdf")
    with named(path):
        sidecar = place.inherited("emg")
        notes = _complete(sidecar)
        rows = _needed(place, "channels").require("name", "type", "units")
        file = read_edf(path, unit=_unstated(rows))
        labels = _paired(file, rows)
        channels = dict(zip(labels.values(), rows.rows, strict=True))
        tables, doubts = _checked(file, labels, channels, frequency(sidecar, "emg.json"), units)
        electrodes, coordinates = _electrodes(place)
        cut = sum(old != new for old, new in labels.items())
        short = (Flag("labels", f"{cut} names are cut in the file"),) if cut else ()
        return Bids(
            tables=tables,
            annotations=_events(place, file),
            flags=(*file.flags, *notes, *short, *doubts),
            entities=place.entities,
            sidecar=sidecar,
            channels=channels,
            target_muscles={name: row["target_muscle"] for name, row in channels.items() if row.get("target_muscle")},
            electrodes=electrodes,
            coordinates=coordinates,
            start=place.acquired(),
        )


def read_bids_motion(path: str | Path) -> Bids:
    """Read a `*_motion.tsv` (numbers without labels) of a BIDS data set with its sidecars.

    Returns
    -------
    Bids
        One table; its time is the channel of type LATENCY where there is one.

    Raises
    ------
    DataFormatError
        As `read_bids`; also where the latencies contradict the declared rate.
    """
    place = locate(path, "motion.tsv")
    with named(path):
        sidecar = place.inherited("motion")
        notes = require(sidecar, ("SamplingFrequency", "TaskName"), "motion.json")
        rate = frequency(sidecar, "motion.json")
        rows = _needed(place, "channels").require("name", "component", "type", "tracked_point", "units")
        names = [row["name"] for row in rows.rows]
        refuse_duplicates(names, "channel names", rows.path.name)
        values = _motion(path, len(names))
        kept = [k for k, row in enumerate(rows.rows) if row["type"].upper() != "LATENCY"]
        late = [k for k in range(len(names)) if k not in kept]
        time, rhythm = np.arange(len(values)) / rate, tuple[Flag, ...]()
        if late:
            time = values[:, late[0]]
            rate, rhythm = clock(time, rate)
        table = Table(
            values=values[:, kept],
            names=tuple(names[k] for k in kept),
            units=tuple(rows.rows[k]["units"] for k in kept),
            rate=rate,
            time=time,
        )
        channels = {name: row for name, row in zip(names, rows.rows, strict=True) if name in table.names}
        table, doubts = _masked(table, channels)
        return Bids(
            tables=(table,),
            flags=(*notes, *rhythm, *doubts),
            entities=place.entities,
            sidecar=sidecar,
            channels=channels,
            start=place.acquired(),
        )


def offset(motion: Bids, emg: Bids) -> float:
    """Seconds from the first sample of the EMG to that of the motion, by the `acq_time` of both.

    Raises
    ------
    DataFormatError
        When one of them states none, or one of them no time zone.
    """
    if motion.start is None or emg.start is None or (motion.start.tzinfo is None) != (emg.start.tzinfo is None):
        raise DataFormatError(
            "motion and EMG cannot be laid beside each other",
            why=f"acq_time of the motion {motion.start}, of the EMG {emg.start}",
            mend="state acq_time of both in scans.tsv",
        )
    return (motion.start - emg.start).total_seconds()


def _complete(sidecar: dict[str, Any]) -> tuple[Flag, ...]:
    """Flags for placeholders in the metadata; refuses what must be stated and is not."""
    fields = (
        (*REQUIRED, "EMGPlacementSchemeDescription") if sidecar.get("EMGPlacementScheme") == "Other" else REQUIRED
    )
    notes = require(sidecar, fields, "emg.json")
    if sidecar["EMGPlacementScheme"] not in SCHEMES:
        raise DataFormatError(
            "EMGPlacementScheme makes no sense", where="emg.json",
            why=f"{str(sidecar['EMGPlacementScheme'])!r:.60}; accepted: {', '.join(SCHEMES)}",
        )  # fmt: skip
    return notes


def _needed(place: Place, suffix: str) -> Rows:
    rows = place.nearest(suffix)
    if rows is None:
        stem = place.path.name.rsplit("_", 1)[0]
        raise DataFormatError(
            f"the required {suffix}.tsv is missing", why=f"as {stem}_{suffix}.tsv", mend="add it to the data set"
        )
    return rows


def _unstated(rows: Rows) -> dict[str, str]:
    """Units of the sidecar, for channels of which the file states none."""
    return {row["name"][:LABEL]: row["units"] for row in rows.rows if row["units"]}


def _paired(file: Edf, rows: Rows) -> dict[str, str]:
    """Name in the sidecar by label in the file; refuses another number, order or name."""
    names = [row["name"] for row in rows.rows]
    refuse_duplicates(names, "channel names", rows.path.name)
    for position, (label, name) in enumerate(zip(file.order, names, strict=False), 1):
        if label not in (name, name[:LABEL].strip()):
            raise DataFormatError(
                "the channel order differs from the sidecar",
                where=f"{rows.path.name}, position {position}",
                why=f"{label!r} in the file, {name!r} in the sidecar",
                mend="correct channels.tsv",
            )
    if len(names) != len(file.order):
        raise DataFormatError(
            "file and sidecar have different numbers of channels",
            where=rows.path.name,
            why=f"{len(file.order)} in the file, {len(names)} in the sidecar",
            mend="correct channels.tsv",
        )
    return dict(zip(file.order, names, strict=True))


def _checked(
    file: Edf, labels: dict[str, str], channels: dict[str, dict[str, str]], declared: float, units: Trusted
) -> tuple[tuple[Table, ...], tuple[Flag, ...]]:
    """The tables under the names of the sidecar, rates and units compared, bad channels masked."""
    tables, flags = [], []
    for table in file.tables:
        names = tuple(labels[name] for name in table.names)
        for name in names:
            _refuse_other_rate(name, table.rate, channels[name], declared)
        decided = [_unit(n, unit, channels[n]["units"], units) for n, unit in zip(names, table.units, strict=True)]
        renamed = replace(table, names=names, units=tuple(unit for unit, _ in decided))
        masked, doubts = _masked(renamed, channels)
        tables.append(masked)
        flags += [flag for _, flag in decided if flag] + list(doubts)
    return tuple(tables), tuple(flags)


def _refuse_other_rate(name: str, rate: float, row: dict[str, str], declared: float) -> None:
    """Hold the rate in the file against that of the channel, or of an EMG channel against the metadata."""
    own = cell_number(row.get("sampling_frequency", ""), f"channels.tsv, sampling_frequency of {name!r}")
    expected = own if own is not None else declared if row["type"].upper() == "EMG" else None
    if expected is not None and not (expected > 0 and abs(rate / expected - 1) <= 1e-3):
        raise DataFormatError(
            "the declared sampling rate contradicts the file",
            where=f"channel {name!r}",
            why=f"declared {expected:g} Hz, {rate:.8g} Hz in the file",
            mend="correct SamplingFrequency, or sampling_frequency in channels.tsv",
        )


def _unit(name: str, inside: str, beside: str, units: Trusted) -> tuple[str, Flag | None]:
    """The unit of a channel, and a flag where file and sidecar do not both state it alike."""
    beside = "uV" if beside in MICROVOLTS else beside
    if beside == inside:
        return inside, None
    if not beside:
        return inside, Flag("units", f"the sidecar states no unit: {inside} as in the file", name)
    if units == "agree":
        raise DataFormatError(
            "the units of file and sidecar contradict each other",
            where=f"channel {name!r}",
            why=f"{inside!r} in the file, {beside!r} in channels.tsv",
            mend="correct channels.tsv, or decide with units='file' or 'sidecar' (`files.emg.units` in lab.yaml)",
        )
    chosen = inside if units == "file" else beside
    return chosen, Flag("units", f"{inside!r} in the file, {beside!r} in the sidecar: {chosen} as told", name)


def _masked(table: Table, channels: dict[str, dict[str, str]]) -> tuple[Table, tuple[Flag, ...]]:
    """The table, NaN where `status` says bad, and a flag for each such channel."""
    bad = [k for k, name in enumerate(table.names) if channels[name].get("status", "").lower() == "bad"]
    if not bad:
        return table, ()
    values = table.values.copy()
    values[:, bad] = np.nan
    return replace(table, values=values), tuple(
        Flag("masked", f"status bad: {channels[table.names[k]].get('status_description') or 'no reason given'}",
             table.names[k]) for k in bad
    )  # fmt: skip


def _events(place: Place, file: Edf) -> tuple[Annotation, ...]:
    rows = place.nearest("events")
    if rows is None:
        return file.annotations
    return tuple(_event(row, rows.path.name, k) for k, row in enumerate(rows.require("onset", "duration").rows, 2))


def _event(row: dict[str, str], name: str, line: int) -> Annotation:
    onset = cell_number(row["onset"], f"{name}, line {line}, onset")
    if onset is None or not np.isfinite(onset):
        raise DataFormatError("an event has no onset", where=f"{name}, line {line}", mend="state seconds")
    text = row.get("trial_type") or row.get("value") or "event"
    return Annotation(text, onset, cell_number(row["duration"], f"{name}, line {line}, duration"))


def _electrodes(place: Place) -> tuple[dict[str, dict[str, str]], dict[str, Any]]:
    """Rows of electrodes.tsv by name, and the metadata of their coordinates, where there are any."""
    rows, coordinates = place.nearest("electrodes"), place.inherited("coordsystem")
    if rows is None:
        return {}, coordinates
    for line, row in enumerate(rows.require("name", "x", "y").rows, 2):
        for axis in ("x", "y", "z"):
            cell_number(row.get(axis, ""), f"{rows.path.name}, line {line}, {axis}")
    refuse_duplicates([row["name"] for row in rows.rows], "electrode names", rows.path.name)
    return {row["name"]: row for row in rows.rows}, coordinates


def _motion(path: str | Path, width: int) -> Array:
    """Numbers between tabs, (T, width), n/a is NaN."""
    raw, _ = plain(content(path))
    values = parse(b"\n".join(_cells(raw)), "\t")
    if values is None or values.shape[1] != width:
        found = "no even rows of numbers" if values is None else f"{values.shape[1]} columns"
        raise DataFormatError(
            "the numbers do not fit channels.tsv", why=f"{found}, {width} channels stated", mend=AGAIN
        )
    return values


def _cells(raw: bytes) -> Iterator[bytes]:
    for line in raw.splitlines():
        if line.strip():
            yield b"\t".join(b"nan" if cell.strip() == b"n/a" else cell for cell in line.split(b"\t"))
