"""A first draft of `lab.yaml`: what the files say is filled in, a guess is marked, and the rest is asked.

`# check:` stands beside a guess, `???` where nothing can be known; an import refuses a spec that still says `???`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from unicodedata import combining, normalize

from myoshift.datasets.lab import sections, templates, variables, words
from myoshift.datasets.lab.find import confined, listing
from myoshift.datasets.lab.kinds import READ, kinds
from myoshift.datasets.lab.look import Look, look, says_emg
from myoshift.datasets.lab.sections import ASKED, MOST, quoted
from myoshift.datasets.lab.spec import OPEN
from myoshift.errors import DataRefused
from myoshift.formats.units import split_unit

MANY = 8
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Letters that would end a comment in which a file's name or label stands."""
EXAMPLES = 4
"""Values of a placeholder that a comment names."""
ORDER = ("motion", "markers", "emg", "forces", "standing")
PLAYED = {"c3d angles": ("motion", "emg"), "c3d markers": ("markers", "emg")}

Kinds = Mapping[str, tuple[Look, list[str]]]


def draft(folder: Path) -> str:
    """The text of a first spec for a folder.

    Raises
    ------
    DataRefused
        When the folder is not there, or holds no file that can be read.
    """
    found = kinds(listing(folder), lambda path: _look(folder, path))
    looks = [each for each, _ in found.values()]
    if not looks:
        raise DataRefused(
            "no file can be read", where=folder, why=f"looked for {', '.join(READ)}", mend="see `inspect`"
        )
    chosen = _roles(looks)
    patterns = {each.path: (pattern, own) for pattern, (each, own) in found.items()}
    used = {each.path: each for each in looks if each.path in {one.path for one in chosen.values()}}
    lines = [
        f"# First draft by `myoshift import --init`: answer every {OPEN}, look at every `# check:`.",
        f"name: {_name(folder.resolve().name)}",
        f"institution: {ASKED}   # who recorded it; people of one institution are held out together",
        'licence: ""',
        'citation: ""',
        "",
        "files:",
        *(line for role, each in chosen.items() for line in _file(role, each, *patterns[each.path])),
        *_excluded(chosen, found),
        *_people(chosen, *patterns[next(iter(chosen.values())).path]),
        *_subjects(chosen),
        *sections.motion(chosen.get("motion")),
        *sections.markers(chosen),
        *sections.emg(chosen.get("emg")),
        *sections.events(chosen),
        *sections.cycles(chosen),
        *(line for each in used.values() for line in _others(folder, each, patterns[each.path][1])),
        *(f"# not used: {each.path} ({each.role})" for each in looks if each.path not in used),
    ]
    return "\n".join(CONTROL.sub(" ", line) for line in lines) + "\n"


def _name(folder: str) -> str:
    plain = "".join(letter for letter in normalize("NFKD", folder) if not combining(letter))
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._") or "lab"


def _look(folder: Path, path: str) -> Look | None:
    return look(folder, path) if confined(folder, path) else None


def _roles(looks: Sequence[Look]) -> dict[str, Look]:
    """The file of each role: the first that fits; one that holds everything plays several."""
    chosen: dict[str, Look] = {}
    plates = [each for each in looks if any("ground_force" in name for name in each.names)]
    called = [each for each in looks if each.role == "emg" and says_emg(each.path)]
    for each in (*plates, *called, *looks):
        for role in PLAYED.get(each.role, (each.role,)):
            if role in ORDER:
                chosen.setdefault(role, each)
    moves = "markers" if "markers" in chosen else "motion"
    both = {"motion": words.is_angle, "emg": lambda name: bool(words.site(split_unit(name)[0]))}
    for role, means in both.items():
        most = max(looks, key=lambda each: sum(map(means, each.names)))
        if role not in chosen and any(map(means, most.names)) and (role, moves) != ("motion", "markers"):
            chosen[role] = most
    for each in looks:
        if each.role in ("arrays", "unknown"):
            chosen.setdefault(moves, each)
            chosen.setdefault("emg", each)
    chosen.setdefault(moves, looks[0])
    if "motion" in chosen and chosen["motion"].role != "standing":
        chosen.pop("standing", None)  # it levels the soles of markers alone
    return {role: _answered(role, chosen[role]) for role in ORDER if role in chosen}


def _answered(role: str, each: Look) -> Look:
    """A file of arrays with the variable that plays the role."""
    if each.arrays is None:
        return each
    told, names = variables.guess(each.arrays, "emg" if role == "emg" else "motion", OPEN)
    return replace(each, told=told, names=names)


def _file(role: str, each: Look, pattern: str, paths: Sequence[str]) -> Iterator[str]:
    yield f"  {role}:"
    yield f"    path: {quoted(pattern)}   # check: {len(paths)} files, the first is {paths[0]}"
    for key, value, remark in each.told:
        said = f"[{', '.join(map(quoted, value))}]" if isinstance(value, list) else value
        said = quoted(said) if isinstance(value, str) else said
        yield f"    {key}: {said}{f'   # {remark}' if remark else ''}"
    if each.timeless:
        yield f"    rate: {ASKED}   # Hz; or `time:` with the name of the column that holds seconds"


def _excluded(chosen: Mapping[str, Look], found: Kinds) -> Iterator[str]:
    """Files of other kinds, as standing trials, that the pattern of a chosen one fits too."""
    paths = {each.path for role, each in chosen.items() if role != "standing"}
    used = [pattern for pattern, (each, _) in found.items() if each.path in paths]
    wild = [
        (re.sub(r"\{[^}]*\}", "*", pattern), len(own))
        for pattern, (_, own) in found.items()
        if pattern not in used and any(templates.pattern(each).fullmatch(path) for each in used for path in own)
    ]
    if wild:
        said = ", ".join(json.dumps(pattern, ensure_ascii=False) for pattern, _ in wild)
        yield f"exclude: [{said}]   # check: {sum(count for _, count in wild)} files"


def _people(chosen: Mapping[str, Look], pattern: str, paths: Sequence[str]) -> Iterator[str]:
    expression = templates.pattern(pattern)
    values = [match.groupdict() for path in paths if (match := expression.fullmatch(path))]
    yield "# placeholders in curly brackets name parts of a path; what no path says is written here"
    trial = _trial(pattern)
    for field, said, asked in (
        ("subject", "{subject}", "who"), ("task", "{task}", "what was done"), ("trial", trial, "a name")
    ):  # fmt: skip
        if values and all(f"{{{name}}}" in pattern for name in templates.names(said)):
            own = list(dict.fromkeys(said.format_map(each) for each in values))
            cycle = field == "trial" and sections.in_cycles(chosen)
            number = ", and the number of the cycle" if cycle else ""
            yield f'{field}: "{said}{"-{cycle}" if cycle else ""}"   # check: {asked}: {_some(own)}{number}'
        else:
            yield f"{field}: {ASKED}   # {asked}: a name for all files, or a template of placeholders"


def _trial(pattern: str) -> str:
    """What makes the name of a trial: its number alone is one for each task."""
    task = "{task}" if "{task}" in pattern else ""
    if "{trial}" not in pattern and "{run}" in pattern:
        return f"{task}{{run}}"
    return f"{task}_{{trial}}" if task else "{trial}"


def _subjects(chosen: Mapping[str, Look]) -> Iterator[str]:
    moving = chosen.get("motion") or chosen["markers"]
    if "emg" in chosen and chosen["emg"].acquired and moving.acquired:
        yield "sync: acq_time   # check: scans.tsv says when motion and EMG began"
    elif "emg" in chosen and chosen["emg"].path != moving.path:
        yield "sync: 0   # check: seconds by which the clock of the EMG starts after that of the motion"
    yield "subjects: {}   # mass (kg), height (m), age by person: {S1: {mass: 70, height: 1.75, age: 30}}"
    body = next((each.body for each in chosen.values() if each.body), ())
    if body:
        yield f"# the files say {'; '.join(body[:MOST])}"
        first = body[0].partition(" = ")[0]
        yield f'# to take it from each: {{"*": {{mass: {{parameter: {first}}}}}}}, with `unit:` where it is g or mm'


def _others(folder: Path, each: Look, paths: Sequence[str]) -> Iterator[str]:
    """What the files of other folders, often of other people, have and lack against the one that was looked at."""
    folders = {PurePosixPath(path).parts[:-1]: path for path in reversed(paths)}
    seen = {each.holds}
    for path in list(folders.values())[::-1][:MOST]:
        other = look(folder, path)
        if other is None or other.holds in seen:
            continue
        seen.add(other.holds)
        lacks, has = (
            ", ".join([name for name in a if name not in b][:MANY]) or "nothing"
            for a, b in ((each.holds, other.holds), (other.holds, each.holds))
        )
        yield f"# {path} lacks {lacks}; it has {has}: say so in `overrides`, or write `*` for what differs"


def _some(values: Sequence[str]) -> str:
    more = f" and {len(values) - EXAMPLES} more" if len(values) > EXAMPLES else ""
    return ", ".join(values[:EXAMPLES]) + more
