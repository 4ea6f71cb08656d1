"""A first draft of `lab.yaml`: what the files say is filled in, a guess is marked, and the rest is asked.

`# check:` stands beside a guess, `???` where nothing can be known; an import refuses a spec that still says `???`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from myoshift import anatomy, formats
from myoshift.datasets.lab import templates, variables, words
from myoshift.datasets.lab.find import confined, listing
from myoshift.datasets.lab.kinds import READ, kinds
from myoshift.datasets.lab.look import Look, look
from myoshift.datasets.lab.spec import OPEN
from myoshift.errors import DataRefused
from myoshift.formats.units import split_unit

MOST = 40
EXAMPLES = 4
"""Values of a placeholder that a comment names."""


def draft(folder: Path) -> str:
    """The text of a first spec for a folder.

    Raises
    ------
    DataRefused
        When the folder is not there, or holds no file that can be read.
    """
    found = kinds(listing(folder), lambda path: look(folder, str(confined(folder, path).relative_to(folder))))
    looks = [each for each, _ in found.values()]
    if not looks:
        raise DataRefused(
            "no file can be read", where=folder, why=f"looked for {', '.join(READ)}", mend="see `inspect`"
        )
    chosen = _roles(looks)
    patterns = {each.path: (pattern, own) for pattern, (each, own) in found.items()}
    used = {each.path for each in chosen.values()}
    lines = [
        f"# First draft by `myoshift import --init`: answer every {OPEN}, look at every `# check:`.",
        f"name: {re.sub(r'[^A-Za-z0-9._-]+', '-', folder.resolve().name).strip('-.') or 'lab'}",
        f'institution: "{OPEN}"   # who recorded it; people of one institution are held out together',
        'licence: ""',
        'citation: ""',
        "",
        "files:",
        *(line for role, each in chosen.items() for line in _file(role, each, *patterns[each.path])),
        *_people(chosen, *patterns[next(iter(chosen.values())).path]),
        *_motion(chosen.get("motion")),
        *_markers(chosen),
        *_emg(chosen.get("emg")),
        *_events(chosen.get("forces")),
        *_cycles(chosen),
        *(f"# not used: {each.path} ({each.role})" for each in looks if each.path not in used),
    ]
    return "\n".join(lines) + "\n"


def _roles(looks: Sequence[Look]) -> dict[str, Look]:
    """The file of each role: the first that fits; one that holds everything plays several."""
    chosen: dict[str, Look] = {}
    plates = [each for each in looks if any("ground_force" in name for name in each.names)]
    for each in (*plates, *looks):
        for role in {"c3d angles": ("motion", "emg"), "c3d markers": ("markers", "emg")}.get(each.role, (each.role,)):
            if role in ("motion", "emg", "forces", "markers"):
                chosen.setdefault(role, each)
    both = {"motion": words.is_angle, "emg": lambda name: bool(words.site(split_unit(name)[0]))}
    for role, means in both.items():
        if role not in chosen and not (role == "motion" and "markers" in chosen):
            most = max(looks, key=lambda each: sum(map(means, each.names)))
            if any(map(means, most.names)):
                chosen[role] = most
    for each in looks:
        if each.role in ("arrays", "unknown"):
            chosen.setdefault("motion", each)
            chosen.setdefault("emg", each)
    if "motion" not in chosen and "markers" not in chosen:
        chosen["motion"] = looks[0]
    order = ("motion", "markers", "emg", "forces")
    return {role: _answered(role, chosen[role]) for role in order if role in chosen}


def _answered(role: str, each: Look) -> Look:
    """A file of arrays with the variable that plays the role."""
    if each.arrays is None:
        return each
    told, names = variables.guess(each.arrays, "emg" if role == "emg" else "motion", OPEN)
    return replace(each, told=told, names=names)


def _file(role: str, each: Look, pattern: str, paths: Sequence[str]) -> Iterator[str]:
    yield f"  {role}:"
    yield f"    path: {_quoted(pattern)}   # check: {len(paths)} files, the first is {paths[0]}"
    for key, value, remark in each.told:
        said = f"[{', '.join(map(_quoted, value))}]" if isinstance(value, list) else _value(value)
        yield f"    {key}: {said}{f'   # {remark}' if remark else ''}"
    if each.timeless:
        yield f'    rate: "{OPEN}"   # Hz; or `time:` with the name of the column that holds seconds'


def _people(chosen: Mapping[str, Look], pattern: str, paths: Sequence[str]) -> Iterator[str]:
    expression = templates.pattern(pattern)
    values = [match.groupdict() for path in paths if (match := expression.fullmatch(path))]
    yield "# placeholders in curly brackets name parts of a path; what no path says is written here"
    for field, asked in (("subject", "who"), ("task", "what was done"), ("trial", "a name")):
        own = list(dict.fromkeys(each[field] for each in values if field in each))
        if own and field == "trial" and _in_cycles(chosen):
            yield f'trial: "{{trial}}-{{cycle}}"   # check: {asked}: {_some(own)}, and the number of the cycle'
        elif own:
            yield f'{field}: "{{{field}}}"   # check: {asked}: {_some(own)}'
        else:
            yield f'{field}: "{OPEN}"   # {asked}: a name for all files, or a template of placeholders'
    yield "subjects: {}   # mass (kg), height (m), age by person: {S1: {mass: 70, height: 1.75, age: 30}}"
    if any(each.role.startswith("c3d") for each in chosen.values()):
        yield '# from the files: {"*": {mass: {parameter: PROCESSING.Bodymass}}}'


def _motion(each: Look | None) -> Iterator[str]:
    if each is None:
        return
    yield ""
    yield "motion:"
    convention = each.convention if each.role.startswith("c3d") else words.convention(each.names)
    columns = each.variables if each.role == "c3d angles" else _without_emg(each.names)
    named = [name for name in columns if words.is_coordinate(formats.short_name(name), convention)]
    if convention == "plug_in_gait":
        yield f"  convention: {convention}   # check: one of {', '.join(anatomy.CONVENTIONS)}"
    elif columns and not named:
        yield "  # of columns that are called otherwise the coordinate is said: no `convention` is needed"
    else:
        others = ", ".join(one for one in anatomy.CONVENTIONS if one not in ("rajagopal", "gait2392"))
        yield f'  convention: "{OPEN}"   # rajagopal: knee flexion positive; gait2392: negative; others: {others}'
    known = _unit(columns, each.unit)
    unit = known if known in ("deg", "rad") and not each.role.startswith("c3d") else f'"{OPEN}"'
    yield f"  unit: {unit}   # of the angles: deg or rad{'' if OPEN in unit else '; the file says so'}"
    if columns and not named:
        yield f"  columns:   # column: coordinate; `{OPEN}` or the guess, from `myoshift list coordinates`"
        yield from (_column(name) for name in columns[:MOST])
    elif each.role == "c3d angles" or len(columns) < len(each.names):
        yield f"  columns: [{', '.join(map(_quoted, named))}]"


def _without_emg(names: Iterable[str]) -> list[str]:
    """Columns that may be angles: those that seem to be, and where none does all but sites and forces."""
    names = list(names)
    others = [name for name in names if not words.site(split_unit(name)[0]) and not words.FORCE.search(name)]
    return others if len(others) < len(names) else names


def _column(name: str) -> str:
    guess, side = words.coordinate(name), words.side(split_unit(name)[0])
    if not guess:
        return f'    {_quoted(name)}: "{OPEN}"   # {words.near(name, anatomy.COORDINATES)}; or delete it'
    whole = f"{guess}_{side}" if side else f'"{guess}_{OPEN}"'
    turned = f"{{coordinate: {guess}_{side or 'r'}, sign: -1}}"
    asked = "check:" if side else "which side?"
    return f"    {_quoted(name)}: {whole}   # {asked} positive is flexion (of the ankle dorsiflexion), else {turned}"


def _markers(chosen: Mapping[str, Look]) -> Iterator[str]:
    if "motion" in chosen or "markers" not in chosen:
        return
    names = ", ".join((chosen["markers"].variables or chosen["markers"].names)[:MOST])
    yield ""
    yield "markers:"
    yield f"  # there are {names}"
    yield "  # check: which of them play these roles; {} stands for R and L"
    yield '  legs: {asis: "{}ASI", psis: "{}PSI", knee: "{}KNE", ankle: "{}ANK", heel: "{}HEE", toe: "{}TOE"}'


def _emg(each: Look | None) -> Iterator[str]:
    if each is None:
        return
    yield ""
    yield "emg:"
    yield f'  kind: "{OPEN}"   # raw, rectified or envelope'
    names = [name for name in each.names if not words.FORCE.search(name) and not words.is_angle(name)]
    unit = _unit(names, each.unit)
    known = unit in ("V", "mV", "uV")
    yield f"  unit: {unit if known else _value(OPEN)}   # V, mV, uV, counts, 1, % or arbitrary"
    yield "  sites:   # channel: site with its side, from `myoshift list sites`; delete what is no EMG"
    sided = any(words.side(split_unit(name)[0]) for name in names)
    yield from (_site(name, asked=sided) for name in names[:MOST] or [OPEN])
    if not sided:
        yield f'  side: "{OPEN}"   # r or l: that of all sites'


def _unit(names: Iterable[str], of_file: str) -> str:
    """The unit that labels end with where it is one, else that of the file."""
    units = {split_unit(name)[1] for name in names} - {""}
    return units.pop() if len(units) == 1 else of_file


def _site(name: str, *, asked: bool) -> str:
    """A channel and its site, whose side is asked for where other channels have one."""
    guess, side = words.site(split_unit(name)[0]), words.side(split_unit(name)[0])
    site = f"{guess}_{side}" if guess and side else f'"{guess}_{OPEN}"' if guess and asked else guess or f'"{OPEN}"'
    said = words.near(name, anatomy.SITES) if not guess else "check:" if side or not asked else "which side?"
    return f"    {_quoted(name)}: {site}   # {said}"


def _events(each: Look | None) -> Iterator[str]:
    if each is None:
        return
    vertical = [name for name in each.names if re.search(r"(force.*v[yz]$|fz)", name, re.IGNORECASE)]
    yield ""
    yield f"# vertical forces: {', '.join(vertical[:8]) or 'none is named so'}"
    yield "# newtons; leave out a side without a plate"
    yield f'events: {{force: {{r: "{OPEN}", l: "{OPEN}", rise: 20, rearm: 20}}}}'


def _cycles(chosen: Mapping[str, Look]) -> Iterator[str]:
    """Asked for where an array has an axis of cycles."""
    if _in_cycles(chosen):
        yield ""
        yield "# each cycle is a trial, of which {cycle} is the number"
        yield f'cycles: {{seconds: "{OPEN}", closed: true, strike: "{OPEN}"}}   # strike: r or l'


def _in_cycles(chosen: Mapping[str, Look]) -> bool:
    return any("cycle" in value for each in chosen.values() for key, value, _ in each.told if key == "axes")


def _some(values: Sequence[str]) -> str:
    more = f" and {len(values) - EXAMPLES} more" if len(values) > EXAMPLES else ""
    return ", ".join(values[:EXAMPLES]) + more


def _value(value: Any) -> str:
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][\w./-]*", text) and text.lower() not in _YAML_WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


_YAML_WORDS = ("y", "n", "yes", "no", "on", "off", "null", "true", "false")
