"""A first draft of `lab.yaml`: what the files say is filled in, a guess is marked, and the rest is asked.

`# check:` stands beside a guess, `???` where nothing can be known; an import refuses a spec that still says `???`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from unicodedata import combining, normalize

import numpy as np

from myoshift import anatomy, formats
from myoshift.datasets.lab import guess, templates
from myoshift.datasets.lab.find import confined, listing
from myoshift.datasets.lab.load import UNITLESS, without_subject
from myoshift.datasets.lab.paths import RESTING, groups
from myoshift.datasets.lab.spec import OPEN
from myoshift.errors import DataRefused, MyoshiftError
from myoshift.formats import C3D
from myoshift.types import Markers, Table

READ = (".sto", ".mot", ".trc", ".c3d", ".csv", ".tsv", ".txt", ".mat", ".npz", ".h5", ".hdf5", ".parquet", ".edf",
        ".bdf")  # fmt: skip
FORCE = re.compile(r"(force|grf|fz\d?$|_v[xyz]$|_p[xyz]$|moment|torque)", re.IGNORECASE)
MOST = 40
MANY = 8
ALIKE = 5


@dataclass(frozen=True)
class Look:
    """One file as it was found."""

    path: str
    role: str
    names: tuple[str, ...]
    unit: str
    timeless: bool = False
    variables: tuple[str, ...] = ()
    convention: str = "rajagopal"
    body: tuple[str, ...] = ()


def draft(folder: Path) -> str:
    """The text of a first spec for a folder.

    Raises
    ------
    DataRefused
        When the folder is not there, or holds no file that can be read.
    """
    found = groups(listing(folder), READ)
    looks = [look for own in found.values() if (look := _first(folder, own)) is not None]
    if not looks:
        raise DataRefused(
            "no file can be read", where=folder, why=f"looked for {', '.join(READ)}", mend="see `inspect`"
        )
    chosen = _roles(looks)
    lines = [
        f"# First draft by `myoshift import --init`: answer every {OPEN}, look at every `# check:`.",
        f"name: {_name(folder.resolve().name)}",
        f'institution: "{OPEN}"   # who recorded it; people of one institution are held out together',
        'licence: ""',
        'citation: ""',
        "",
        "files:",
        *(line for role, look in chosen.items() for line in _file(role, look, found)),
        *_excluded(chosen, found),
        *_people(chosen, _pattern(next(iter(chosen.values())), found)),
        *_motion(chosen.get("motion")),
        *_markers(chosen),
        *_emg(chosen.get("emg")),
        *_events(chosen.get("forces")),
        *(
            line
            for look in dict.fromkeys(chosen.values())
            for line in _others(folder, look, found[_pattern(look, found)])
        ),
        *(f"# not used: {look.path} ({look.role})" for look in looks if look not in chosen.values()),
    ]
    return "\n".join(lines) + "\n"


def _name(folder: str) -> str:
    plain = "".join(letter for letter in normalize("NFKD", folder) if not combining(letter))
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._") or "lab"


def _first(folder: Path, paths: Sequence[str]) -> Look | None:
    path = confined(folder, paths[0])
    for timeless, options in ((False, {}), (True, {"rate": 1.0})):
        with suppress(MyoshiftError, TypeError):  # a reader that takes no rate
            return _look(paths[0], formats.read(path, **options) if timeless else _read(path), timeless=timeless)
    return None


def _read(path: Path) -> Any:
    if formats.detect(path) in formats.WORDS and path.suffix.lower() not in formats.SUFFIXES:
        labels = formats.read(path, rate=1.0).names
        time = next(
            (name for name in labels if re.fullmatch(r"(time|t|seconds)(\s*[\[(]?s[\])]?)?", name.lower())), None
        )
        return formats.read(path, **({"time": time} if time else {}))
    told = {"unit": "1"} if formats.kind(path) in UNITLESS else {}
    return formats.read(path, **told)


def _look(path: str, found: Any, *, timeless: bool = False) -> Look | None:
    if isinstance(found, C3D):
        return _c3d(path, found)
    if isinstance(found, Markers):
        return Look(path, "markers", found.names, "m")
    if isinstance(found, dict):
        return Look(path, "arrays", (), "", variables=tuple(_arrays(found)))
    tables = (found,) if isinstance(found, Table) else getattr(found, "tables", ())
    if not tables:
        return None
    names = tuple(name for table in tables for name in table.names)
    units = {unit for table in tables for unit in table.units}
    return Look(path, _role(path, names), names, units.pop() if len(units) == 1 else "", timeless)


def _c3d(path: str, found: C3D) -> Look:
    """Angles, one point for each coordinate, or markers; and the channels that are no force plate's."""
    bare = without_subject(found)
    angles = {name: own for name in bare.point_names if (own := guess.coordinate(name, "plug_in_gait"))}
    first = dict.fromkeys(next(n for n in angles if angles[n] == own) for own in angles.values())
    emg = {
        n: unit for n, unit in zip(found.analog_table().names, found.analog_units, strict=True) if not _plate(unit)
    }
    unit = next(iter(emg.values())) if len(set(emg.values())) == 1 else ""
    resting = RESTING.search(PurePosixPath(path).stem)
    role = "c3d standing" if resting else "c3d angles" if angles else "c3d markers"
    return Look(
        path, role, tuple(emg), unit, variables=tuple(first or bare.point_names), convention="plug_in_gait",
        body=tuple(_body(found)),
    )  # fmt: skip


def _plate(unit: str) -> bool:
    return unit.strip().lower() in ("n", "nm", "nmm", "n.m", "n.mm", "n m", "n mm")


def _body(found: C3D) -> Iterator[str]:
    """Parameters that seem to be mass and height, with what they say."""
    for group, values in found.parameters.items():
        for name, value in values.items():
            one = np.ravel(np.asarray(value)) if not isinstance(value, str) else [value]
            if re.search(r"mass|weight|height", name, re.IGNORECASE) and len(one) == 1:
                yield f"{group}.{name} = {one[0]}"


def _role(path: str, names: Sequence[str]) -> str:
    angles = sum(guess.is_coordinate(formats.short_name(name)) for name in names)
    sites = sum(bool(guess.site(name)) for name in names)
    forces = sum(bool(FORCE.search(name)) for name in names)
    if re.search(r"(^|[^a-z])(emg|electromyography)", path, re.IGNORECASE) and sites:
        return "emg"
    found = {"motion": angles, "emg": sites, "forces": forces}
    best = max(found, key=found.__getitem__)
    return best if found[best] else "unknown"


def _roles(looks: Sequence[Look]) -> dict[str, Look]:
    """The file of each role: the first that fits; one that holds everything plays several."""
    chosen: dict[str, Look] = {}
    plates = [look for look in looks if any("ground_force" in name for name in look.names)]
    for look in (*plates, *looks):
        for role in _PLAYED.get(look.role, (look.role,)):
            if role in _ORDER:
                chosen.setdefault(role, look)
        if look.role in ("arrays", "unknown"):
            chosen.setdefault("motion", look)
            chosen.setdefault("emg", look)
    if "motion" not in chosen and "markers" not in chosen:
        chosen["motion"] = looks[0]
    if "motion" in chosen and "emg" not in chosen and any(guess.site(name) for name in chosen["motion"].names):
        chosen["emg"] = chosen["motion"]
    if "motion" in chosen and chosen["motion"].role != "c3d standing":
        chosen.pop("standing", None)  # it levels the soles of markers alone
    return {role: chosen[role] for role in _ORDER if role in chosen}


_PLAYED = {"c3d angles": ("motion", "emg"), "c3d markers": ("markers", "emg"), "c3d standing": ("standing",)}
_ORDER = ("motion", "markers", "emg", "forces", "standing")


def _file(role: str, look: Look, groups: dict[str, list[str]]) -> Iterator[str]:
    pattern = _pattern(look, groups)
    paths = groups[pattern]
    yield f"  {role}:"
    yield f"    path: {_quoted(pattern)}   # check: {len(paths)} files, the first is {paths[0]}"
    if look.timeless:
        yield f'    rate: "{OPEN}"   # Hz; or `time:` with the name of the column that holds seconds'
    if look.role == "arrays":
        yield f'    variable: "{OPEN}"   # of {", ".join(look.variables[:MOST])}'
        yield f'    names: ["{OPEN}"]   # of its columns, or the path of the variable that holds them'
        yield f'    rate: "{OPEN}"   # Hz, or the path of the variable that holds it; or `time:`'


def _pattern(look: Look, groups: dict[str, list[str]]) -> str:
    return next(pattern for pattern, own in groups.items() if look.path in own)


def _excluded(chosen: dict[str, Look], groups: dict[str, list[str]]) -> Iterator[str]:
    """Standing trials that the pattern of a moving one fits too."""
    used = [_pattern(look, groups) for role, look in chosen.items() if role != "standing"]
    for pattern, own in groups.items():
        if pattern not in used and any(templates.pattern(each).fullmatch(path) for each in used for path in own):
            wild = re.sub(r"\{[^}]*\}", "*", pattern)
            yield f"exclude: [{json.dumps(wild, ensure_ascii=False)}]   # check: {len(own)} files"


def _people(chosen: dict[str, Look], pattern: str) -> Iterator[str]:
    yield "# placeholders in curly brackets name parts of a path; what no path says is written here"
    name = "{task}_{trial}" if "{task}" in pattern and "{trial}" in pattern else "{trial}"
    for field, said, asked in (
        ("subject", "{subject}", "who"), ("task", "{task}", "what was done"), ("trial", name, "a name")
    ):  # fmt: skip
        known, how = (said, "check: ") if f"{{{field}}}" in pattern else (OPEN, "")
        yield f'{field}: "{known}"   # {how}{asked}: a name for all files, or a template of placeholders'
    yield "subjects: {}   # mass (kg), height (m), age by person: {S1: {mass: 70, height: 1.75, age: 30}}"
    body = next((look.body for look in chosen.values() if look.body), ())
    if body:
        yield f"# the files say {'; '.join(body[:MOST])}"
        first = body[0].partition(" = ")[0]
        yield f'# to take it from each: {{"*": {{mass: {{parameter: {first}}}}}}}, with `unit:` where it is g or mm'


def _motion(look: Look | None) -> Iterator[str]:
    if look is None:
        return
    yield ""
    yield "motion:"
    convention = look.convention if look.role.startswith("c3d") else guess.convention(look.names)
    if convention == "plug_in_gait":
        yield f"  convention: {convention}   # check: one of {', '.join(anatomy.CONVENTIONS)}"
    else:
        others = ", ".join(each for each in anatomy.CONVENTIONS if each not in ("rajagopal", "gait2392"))
        yield f'  convention: "{OPEN}"   # rajagopal: knee flexion positive; gait2392: negative; others: {others}'
    unit = look.unit if look.unit in ("deg", "rad") and not look.role.startswith("c3d") else f'"{OPEN}"'
    yield f"  unit: {unit}   # of the angles: deg or rad{'' if OPEN in unit else '; the file says so'}"
    columns = look.variables if look.role == "c3d angles" else look.names
    if columns and not any(guess.is_coordinate(formats.short_name(name), convention) for name in columns):
        yield f"  columns:   # column: coordinate; `{OPEN}` or the guess, from `myoshift list coordinates`"
        for name in columns[:MOST]:
            yield f'    {_quoted(name)}: "{OPEN}"   # {guess.near(name, anatomy.COORDINATES)}'
    elif look.role == "c3d angles":
        yield f"  columns: [{', '.join(map(_quoted, columns))}]"


def _markers(chosen: dict[str, Look]) -> Iterator[str]:
    if "motion" in chosen or "markers" not in chosen:
        return
    names = chosen["markers"].variables or chosen["markers"].names
    found = guess.legs(names)
    roles = ", ".join(f"{role}: {json.dumps(found.get(role, OPEN))}" for role in guess.ROLES)
    yield ""
    yield "markers:"
    yield f"  # there are {', '.join(names[:MOST])}"
    yield "  # check: which play these roles; {} stands for R and L; [lateral, medial] for the point midway"
    yield f"  legs: {{{roles}}}"


def _emg(look: Look | None) -> Iterator[str]:
    if look is None:
        return
    yield ""
    yield "emg:"
    yield f'  kind: "{OPEN}"   # raw, rectified or envelope'
    known = look.unit in ("V", "mV", "uV")
    yield f"  unit: {look.unit if known else chr(34) + OPEN + chr(34)}   # V, mV, uV, counts, 1, % or arbitrary"
    yield "  sites:   # channel: site with its side, from `myoshift list sites`; delete what is no EMG"
    names = [n for n in look.names if not FORCE.search(n) and not guess.is_coordinate(formats.short_name(n))]
    inputs = _inputs(names)
    asked = [name for name in names if name not in inputs][:MOST]
    for name in asked or [OPEN]:
        found, side = guess.site(name), guess.side(name)
        site = f"{found}_{side}" if found and side else f'"{found}_{OPEN}"' if found else f'"{OPEN}"'
        said = "check:" if found and side else "which side?" if found else guess.near(name, anatomy.SITES)
        yield f"    {_quoted(name)}: {site}   # {said}"
    if len(asked) < len(names):
        yield f"    # there are also {', '.join([name for name in names if name not in asked][:MOST])}"


def _inputs(names: Sequence[str]) -> list[str]:
    """Channels that have a number for a name, where others are called by sites: free inputs of a box."""
    kinds = Counter(re.sub(r"\d+", "", name) for name in names)
    named = any(guess.site(name) for name in names)
    return [n for n in names if named and not guess.site(n) and kinds[re.sub(r"\d+", "", n)] >= ALIKE]


def _events(look: Look | None) -> Iterator[str]:
    if look is None:
        return
    vertical = [name for name in look.names if re.search(r"(force.*v[yz]$|fz)", name, re.IGNORECASE)]
    yield ""
    yield f"# vertical forces: {', '.join(vertical[:8]) or 'none is named so'}"
    yield "# newtons; leave out a side without a plate"
    yield f'events: {{force: {{r: "{OPEN}", l: "{OPEN}", rise: 20, rearm: 20}}}}'


def _others(folder: Path, look: Look, paths: Sequence[str]) -> Iterator[str]:
    """What the files of other folders, often of other people, have and lack against the one that was looked at."""
    folders = {PurePosixPath(path).parts[:-1]: path for path in reversed(paths)}
    seen = {look.names + look.variables}
    for path in list(folders.values())[::-1][:MOST]:
        other = _first(folder, [path])
        if other is None or (names := other.names + other.variables) in seen:
            continue
        seen.add(names)
        lacks, has = (
            ", ".join([name for name in a if name not in b][:MANY]) or "nothing"
            for a, b in ((look.names + look.variables, names), (names, look.names + look.variables))
        )
        yield f"# {path} lacks {lacks}; it has {has}: say so in `overrides`, or write `*` for what differs"


def _arrays(found: dict[str, Any], place: str = "") -> Iterator[str]:
    for name, each in found.items():
        if isinstance(each, dict):
            yield from _arrays(each, f"{place}{name}.")
        elif isinstance(each, np.ndarray) and each.size > 1:
            yield f"{place}{name} {'x'.join(map(str, each.shape))}"


def _quoted(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][\w./-]*", text) and text.lower() not in _YAML_WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


_YAML_WORDS = ("y", "n", "yes", "no", "on", "off", "null", "true", "false")
