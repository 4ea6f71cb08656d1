"""The card of a data set: who, what, in which units, what is odd, who may use it."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from myoshift import datasets
from myoshift.datasets.base import DatasetInfo, files
from myoshift.errors import DataRefused
from myoshift.predictor.card import Card, Section
from myoshift.types import Recording, Table, Trial

MOST = 40
"""Different notes of a reader that a card prints."""
IMPORTED = "A laboratory of your own, in a folder."
PREPARED = "radians, OpenSim's signs: hip flexion, knee flexion and ankle dorsiflexion positive"


def domain_card(
    name: str,
    *,
    data: Path | None = None,
    units: Sequence[str] = (),
    masked: Sequence[str] = (),
) -> Card:
    """What is known of a data set; from its files if they are here, from its facts alone if not.

    Parameters
    ----------
    data : folder with one folder per data set
    units : amplitude references that a benchmark took for its channels
    masked : channels that a benchmark did not learn from, with the reason
    """
    dataset = datasets.load(name)
    try:
        recordings: tuple[Recording, ...] = datasets.recordings((name,), data)
        first = next(iter(dataset.trials(datasets.data_root(data))), None)
    except DataRefused:
        recordings, first = (), None
    origin = Section.of("Origin, and who may use it", _origin(dataset.info))
    return _card(dataset.info, recordings, first, _lead(dataset), (units, masked), origin)


def imported_card(
    path: str, *, units: Mapping[str, Sequence[str]] = MappingProxyType({}), masked: Sequence[str] = ()
) -> Card:
    """What is known of a DOMAIN folder.

    Parameters
    ----------
    path : folder that `myoshift import` or `myoshift virtual-lab` wrote
    units, masked : as in `domain_card`, of all data sets of a benchmark

    Raises
    ------
    DataRefused
        When the folder is not there, or torn.
    """
    info, recordings = datasets.about(path), datasets.domain(path)
    own = [each for each in masked if each.startswith(f"{info.name}/")]
    said = {"licence, as stated": info.licence, "citation": info.citation, "files": len(_sources(recordings))}
    origin = Section.of("Origin, and who may use it", said)
    return _card(info, recordings, None, IMPORTED, (units.get(info.name, ()), own), origin)


def _sources(recordings: Sequence[Recording]) -> set[str]:
    return {source.path for recording in recordings for source in recording.provenance}


def _card(
    info: DatasetInfo,
    recordings: Sequence[Recording],
    first: Trial | None,
    lead: str,
    used: tuple[Sequence[str], Sequence[str]],
    origin: Section,
) -> Card:
    """`used` are the units and the masked channels of a benchmark."""
    sections = (
        Section.of("Who and what", _people(info, recordings)),
        Section.of("Signals as they are in the files", _signals(info, first)),
        Section.of("Signals as they are learned from", _prepared(recordings, used[0])),
        Section.of("Quality, and what is odd", _quality(recordings, used[1])),
        origin,
    )
    return Card("domain", info.name, lead, sections)


def _lead(dataset: object) -> str:
    module = inspect.getmodule(type(dataset))
    return (inspect.getdoc(module) or "").partition("\n\n")[0].replace("\n", " ")


def _people(info: DatasetInfo, recordings: Sequence[Recording]) -> dict[str, Any]:
    persons = {r.person: r for r in recordings}
    return {
        "institution": sorted({r.institution for r in recordings}) or info.institution,
        "people": f"{info.people}, {len(persons)} of them in recordings" if persons else info.people,
        "population": sorted({r.population for r in recordings}),
        "mass": _range([r.mass for r in persons.values()], "kg"),
        "height": _range([r.height for r in persons.values()], "m"),
        "tasks": info.tasks,
        "trials": info.trials,
        "motion": f"{sum(r.seconds for r in recordings):.1f} s" if recordings else "",
        "domains": sorted({r.domain for r in recordings}),
        "posture": sorted({r.segment_orientation for r in recordings if r.segment_orientation}),
        "load": sorted({f"{r.external_load:g} kg" for r in recordings if r.external_load is not None}),
    }


def _range(values: Sequence[float | None], unit: str) -> str:
    known = [value for value in values if value is not None]
    return f"{min(known):g} to {max(known):g} {unit}, of {len(known)} people" if known else ""


def _signals(info: DatasetInfo, trial: Trial | None) -> dict[str, Any]:
    return {
        "motion rates": _rates(info.motion_rates),
        "EMG rates": _rates(info.emg_rates),
        "units of motion": _units(trial.motion if trial else None),
        "convention of signs": trial.convention if trial else "",
        "units of EMG": _units(trial.emg if trial else None),
        "EMG": trial.emg_kind if trial and trial.emg else "",
        "channels and sites": [f"{a}: {b}" for a, b in trial.sites.items()] if trial else "",
    }


def _rates(rates: Sequence[float]) -> str:
    return ", ".join(f"{rate:g} Hz" for rate in rates)


def _units(table: Table | None) -> str:
    return ", ".join(sorted({unit or "not stated" for unit in table.units})) if table else ""


def _prepared(recordings: Sequence[Recording], units: Sequence[str]) -> dict[str, Any]:
    return {
        "coordinates": sorted({name for r in recordings for name in r.motion_names}),
        "unit and signs": PREPARED if recordings else "",
        "sites": sorted({name for r in recordings for name in r.activation_names}),
        "rate": _rates(sorted({r.rate for r in recordings})),
        "kind": sorted({r.kind for r in recordings}),
        "amplitude reference": units,
    }


def _quality(recordings: Sequence[Recording], masked: Sequence[str]) -> dict[str, Any]:
    silent = [r.id for r in recordings if not r.activation_names]
    notes = Counter(f"{flag.code}: {flag.message}" for r in recordings for flag in r.flags)
    said = [f"{note} ({count} times)" if count > 1 else note for note, count in notes.most_common(MOST)]
    if len(notes) > MOST:
        said.append(f"and {len(notes) - MOST} more")
    return {
        "recordings": f"{len(recordings)}, {len(silent)} of them without a channel that can be used"
        if recordings
        else "",
        "not learned from": "\n".join(masked) or ("nothing in this benchmark" if recordings else ""),
        "notes of the reader": "\n".join(said),
    }


def _origin(info: DatasetInfo) -> dict[str, Any]:
    own = files(info.name)
    total = hashlib.sha256("".join(file.sha256 for file in own).encode()).hexdigest()
    return {
        "licence, as stated": info.licence,
        "who may use it": _use(info.licence, generated=not own),
        "citation": info.citation,
        "DOI": ", ".join(re.findall(r"10\.\d{4,}/[^\s;,]*[^\s;,.]", info.citation)),
        "source": f"{info.repository} at {info.commit}" if info.repository else "",
        "files": f"{len(own)}, {sum(file.bytes for file in own) / 1e6:.1f} MB" if own else "none: it is generated",
        "SHA-256 over the files' hashes": total if own else "",
    }


def _use(licence: str, *, generated: bool) -> str:
    """What follows from the words alone; it is no legal advice."""
    text = licence.lower()
    if generated:
        return "anybody"
    if re.search(r"\bnc\b|non-?commercial", text):
        return "for purposes that are not commercial; the licence is reported, not interpreted"
    if not text or re.match(r"(none|no |not )", text):
        return "no licence is stated: load it from its source on your own machine, do not publish it again"
    return "whoever keeps to the licence, which is reported, not interpreted"
