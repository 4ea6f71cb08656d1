"""A first draft of `lab.yaml`: what the files say is filled in, a guess is marked, and the rest is asked.

`# check:` stands beside a guess, `???` where nothing can be known; an import refuses a spec that still says `???`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from myoshift import anatomy, formats, signal
from myoshift.datasets.lab import paths, templates
from myoshift.datasets.lab.find import confined, listing
from myoshift.datasets.lab.load import UNITLESS
from myoshift.datasets.lab.spec import OPEN
from myoshift.errors import DataRefused, MyoshiftError
from myoshift.formats import C3D, Annotation, Bids
from myoshift.types import Markers, Table

READ = (".sto", ".mot", ".trc", ".c3d", ".csv", ".tsv", ".txt", ".mat", ".npz", ".h5", ".hdf5", ".parquet", ".edf",
        ".bdf")  # fmt: skip
WORDS = {
    "soleus": "soleus", "sol": "soleus", "tibant": "tibialis_anterior", "tibialisanterior": "tibialis_anterior",
    "ta": "tibialis_anterior", "tib": "tibialis_anterior", "gasmed": "gastrocnemius_medialis",
    "medgas": "gastrocnemius_medialis", "gm": "gastrocnemius_medialis", "gaslat": "gastrocnemius_lateralis",
    "latgas": "gastrocnemius_lateralis", "gl": "gastrocnemius_lateralis", "gast": "gastrocnemius",
    "gas": "gastrocnemius", "vaslat": "vastus_lateralis", "vl": "vastus_lateralis", "vasmed": "vastus_medialis",
    "vm": "vastus_medialis", "recfem": "rectus_femoris", "rectfem": "rectus_femoris", "rf": "rectus_femoris",
    "rect": "rectus_femoris", "rec": "rectus_femoris", "bf": "hamstrings_lateral", "bflh": "hamstrings_lateral",
    "bifemlh": "hamstrings_lateral", "st": "hamstrings_medial", "semimem": "hamstrings_medial",
    "semiten": "hamstrings_medial", "hams": "hamstrings", "glmed": "gluteus_medius", "glmax": "gluteus_maximus",
    "bicfem": "hamstrings_lateral", "bicepsfemoris": "hamstrings_lateral", "semitendinosus": "hamstrings_medial",
    "semimembranosus": "hamstrings_medial", "mg": "gastrocnemius_medialis", "lg": "gastrocnemius_lateralis",
    "tfl": "tensor_fasciae_latae", "perlong": "peroneus_longus", "pl": "peroneus_longus",
}  # fmt: skip
"""What laboratories call sites, in letters alone; other names are held against the sites themselves."""
FORCE = re.compile(r"(force|grf|fz\d?$|_v[xyz]$|_p[xyz]$|moment|torque)", re.IGNORECASE)
SIDE = re.compile(r"(?:^|[^a-z])(r|right)(?:[^a-z]|$)|(?:^|[^a-z])(l|left)(?:[^a-z]|$)", re.IGNORECASE)
JOINTS = {"hip_flexion": "hip.*flex", "knee_angle": "knee.*flex", "ankle_angle": "ank.*flex"}
"""Words of columns that are joint angles in the sagittal plane."""
STRIKE = re.compile(r"strike|contact|touch.?down|\b(hs|ic|fs)\b", re.IGNORECASE)
SIDE_LETTER = re.compile(r"^[RL](?=[._ A-Z])|(?<=[._ ])[RL]$|(?<=[a-z])[RL]$")
MARKERS = {
    "asis": ("asi", "{}ASI"), "psis": ("psi", "{}PSI"), "knee": ("kne", "{}KNE"), "ankle": ("ank", "{}ANK"),
    "heel": ("hee|calc", "{}HEE"), "toe": ("toe", "{}TOE"),
}  # fmt: skip
"""What markers of a role are often called, and what Plug-in Gait calls them."""
MOST = 40


@dataclass(frozen=True)
class Look:
    """One file as it was found, with what channels are `called` besides their names, and the key that it `lacks`."""

    path: str
    role: str
    names: tuple[str, ...]
    unit: str
    lacks: str = ""
    variables: tuple[str, ...] = ()
    convention: str = "rajagopal"
    called: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    acquired: bool = False


def draft(folder: Path) -> str:
    """The text of a first spec for a folder.

    Raises
    ------
    DataRefused
        When the folder is not there, or holds no file that can be read.
    """
    groups = paths.groups(listing(folder), READ)
    looks = [look for own in groups.values() if (look := _first(folder, own)) is not None]
    if not looks:
        raise DataRefused(
            "no file can be read", where=folder, why=f"looked for {', '.join(READ)}", mend="see `inspect`"
        )
    chosen = _roles(looks)
    lines = [
        f"# First draft by `myoshift import --init`: answer every {OPEN}, look at every `# check:`.",
        f"name: {re.sub(r'[^A-Za-z0-9._-]+', '-', folder.resolve().name).strip('-.') or 'lab'}",
        f'institution: "{OPEN}"   # who recorded it; people of one institution are held out together',
        'licence: ""',
        'citation: ""',
        "",
        "files:",
        *(line for role, look in chosen.items() for line in _file(role, look, groups)),
        *_people(chosen, groups),
        *_motion(chosen.get("motion")),
        *_markers(chosen),
        *_emg(chosen.get("emg")),
        *_events(chosen),
        *(f"# not used: {look.path} ({look.role})" for look in looks if look not in chosen.values()),
    ]
    return "\n".join(lines) + "\n"


def _first(folder: Path, own: Sequence[str]) -> Look | None:
    path = confined(folder, own[0])
    for lacks, options in (("", {}), ("rate", {"rate": 1.0}), ("units", {"units": "file"})):
        with suppress(MyoshiftError, TypeError):  # a reader that takes no rate
            return _look(own[0], formats.read(path, **options) if lacks else _read(path), lacks)
    return None


def _read(path: Path) -> Any:
    if formats.kind(path) in formats.WORDS:
        labels = formats.read(path, rate=1.0).names
        time = next(
            (name for name in labels if re.fullmatch(r"(time|t|seconds)(\s*[\[(]?s[\])]?)?", name.lower())), None
        )
        return formats.read(path, **({"time": time} if time else {}))
    told = {"unit": "1"} if formats.kind(path) in UNITLESS else {}
    return formats.read(path, **told)


def _look(path: str, found: Any, lacks: str = "") -> Look | None:
    if isinstance(found, C3D):
        return _c3d(path, found)
    if isinstance(found, Markers):
        return Look(path, "markers", found.names, "m")
    if isinstance(found, dict):
        return Look(path, "arrays", (), "", variables=tuple(_arrays(found)))
    tables = (found,) if isinstance(found, Table) else getattr(found, "tables", ())
    if not tables:
        return None
    units = {name: unit for table in tables for name, unit in zip(table.names, table.units, strict=True)}
    if isinstance(found, Bids):
        return _bids(path, found, units, lacks)
    volts = {name: unit for name, unit in units.items() if unit in signal.MICROVOLTS}
    role = _role(path, tuple(units))
    used = volts if role == "emg" and volts else units
    said = set(used.values())
    remarks = _remarks(getattr(found, "annotations", ()))
    return Look(path, role, tuple(used), said.pop() if len(said) == 1 else "", lacks, remarks=remarks)


def _bids(path: str, found: Bids, units: dict[str, str], lacks: str) -> Look:
    role = "motion" if path.endswith("_motion.tsv") else "emg"
    used = {n: u for n, u in units.items() if role == "motion" or found.channels[n]["type"].upper() == "EMG"}
    said = set(used.values())
    return Look(
        path, role, tuple(used), said.pop() if len(said) == 1 else "", lacks,
        called=found.target_muscles, remarks=_remarks(found.annotations), acquired=found.start is not None,
    )  # fmt: skip


def _remarks(found: Sequence[Annotation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.text for each in found))


def _c3d(path: str, found: C3D) -> Look:
    names = found.analog_table().names
    angles = any(_coordinate(point, "plug_in_gait") for point in found.point_names)
    role = "c3d angles" if angles else "c3d markers"
    units = set(found.analog_units)
    points = tuple(p for p in found.point_names if not angles or _coordinate(p, "plug_in_gait"))
    return Look(
        path, role, names, units.pop() if len(units) == 1 else "", variables=points, convention="plug_in_gait"
    )


def _role(path: str, names: Sequence[str]) -> str:
    angles = sum(_coordinate(formats.short_name(name)) for name in names)
    sites = sum(bool(_site(name)) for name in names)
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
    for look in (*plates, *sorted(looks, key=lambda look: look.role in ("arrays", "unknown"))):
        for role in {"c3d angles": ("motion", "emg"), "c3d markers": ("markers", "emg")}.get(look.role, (look.role,)):
            if role in ("motion", "emg", "forces", "markers"):
                chosen.setdefault(role, look)
        if look.role in ("arrays", "unknown"):
            chosen.setdefault("motion", look)
            chosen.setdefault("emg", look)
    if "motion" not in chosen and "markers" not in chosen:
        chosen["motion"] = looks[0]
    if "motion" in chosen and "emg" not in chosen and any(_site(name) for name in chosen["motion"].names):
        chosen["emg"] = chosen["motion"]
    order = ("motion", "markers", "emg", "forces")
    return {role: chosen[role] for role in order if role in chosen}


def _file(role: str, look: Look, groups: dict[str, list[str]]) -> Iterator[str]:
    pattern, own = next((pattern, own) for pattern, own in groups.items() if look.path in own)
    yield f"  {role}:"
    yield f"    path: {_quoted(pattern)}   # check: {len(own)} files, the first is {own[0]}"
    if look.lacks == "units":
        yield f'    units: "{OPEN}"   # file or sidecar: they state different ones; which holds?'
    if look.lacks == "rate":
        yield f'    rate: "{OPEN}"   # Hz; or `time:` with the name of the column that holds seconds'
    if look.role == "arrays":
        yield f'    variable: "{OPEN}"   # of {", ".join(look.variables[:MOST])}'
        yield f'    names: ["{OPEN}"]   # of its columns, or the path of the variable that holds them'
        yield f'    rate: "{OPEN}"   # Hz, or the path of the variable that holds it; or `time:`'


def _people(chosen: dict[str, Look], groups: dict[str, list[str]]) -> Iterator[str]:
    found = {
        name: None
        for look in chosen.values()
        for pattern, own in groups.items()
        if look.path in own
        for name in templates.names(pattern)
    }
    yield "# placeholders in curly brackets name parts of a path; what no path says is written here"
    for name, asked in (("subject", "who"), ("task", "what was done"), ("trial", "a name")):
        how = f"{asked}: a name for all files, or a template of placeholders"
        guess = f"{{{name}}}" if name in found else "{task}{run}" if name == "trial" and "run" in found else ""
        yield f'{name}: "{guess}"   # check: {how}' if guess else f'{name}: "{OPEN}"   # {how}'
    if {"motion", "emg"} <= set(chosen) and all(chosen[role].acquired for role in ("motion", "emg")):
        yield "sync: acq_time   # check: scans.tsv says when motion and EMG began"
    elif len({look.path for look in chosen.values()}) > 1 and "emg" in chosen:
        yield "sync: 0   # check: seconds by which the clock of the EMG starts after that of the motion"
    yield "subjects: {}   # mass (kg), height (m), age by person: {S1: {mass: 70, height: 1.75, age: 30}}"
    if any(look.role.startswith("c3d") for look in chosen.values()):
        yield '# from the files: {"*": {mass: {parameter: PROCESSING.Bodymass}}}'


def _motion(look: Look | None) -> Iterator[str]:
    if look is None:
        return
    yield ""
    yield "motion:"
    convention = look.convention if look.role.startswith("c3d") else _convention(look.names)
    if convention == "plug_in_gait":
        yield f"  convention: {convention}   # check: one of {', '.join(anatomy.CONVENTIONS)}"
    else:
        others = ", ".join(each for each in anatomy.CONVENTIONS if each not in ("rajagopal", "gait2392"))
        yield f'  convention: "{OPEN}"   # rajagopal: knee flexion positive; gait2392: negative; others: {others}'
    unit = look.unit if look.unit in ("deg", "rad") and not look.role.startswith("c3d") else f'"{OPEN}"'
    yield f"  unit: {unit}   # of the angles: deg or rad{'' if OPEN in unit else '; the file says so'}"
    columns = look.variables if look.role == "c3d angles" else look.names
    if columns and not any(_coordinate(formats.short_name(name), convention) for name in columns):
        yield f"  columns:   # column: coordinate; `{OPEN}` or the guess, from `myoshift list coordinates`"
        for name in columns[:MOST]:
            guess = _movement(name)
            said = "check: flexion positive? else `sign: -1`" if guess else _near(name, anatomy.COORDINATES)
            yield f"    {_quoted(name)}: {guess or chr(34) + OPEN + chr(34)}   # {said}"
    elif look.role == "c3d angles":
        yield f"  columns: [{', '.join(map(_quoted, columns))}]"


def _movement(name: str) -> str:
    """The coordinate of gait that a column seems to mean; empty where joint, axis or side is not clear."""
    found = [joint for joint, word in JOINTS.items() if re.search(word, name, re.IGNORECASE)]
    side = _side(name)
    return f"{found[0]}_{side}" if len(found) == 1 and side else ""


def _markers(chosen: dict[str, Look]) -> Iterator[str]:
    if "motion" in chosen or "markers" not in chosen:
        return
    names = (chosen["markers"].variables or chosen["markers"].names)[:MOST]
    roles = {role: _marker(names, word) or plug for role, (word, plug) in MARKERS.items()}
    yield ""
    yield "markers:"
    yield f"  # there are {', '.join(names)}"
    yield "  # check: which of them play these roles; {} stands for R and L"
    yield f"  legs: {{{', '.join(f'{role}: {json.dumps(name)}' for role, name in roles.items())}}}"


def _marker(names: Sequence[str], word: str) -> str:
    """The name with `{}` for the side of the only marker of each leg that has the word; empty where there is none."""
    found = [name for name in names if re.search(word, name, re.IGNORECASE)]
    sided = {SIDE_LETTER.sub("{}", name) for name in found}
    return sided.pop() if len(found) == 2 and len(sided) == 1 else ""


def _emg(look: Look | None) -> Iterator[str]:
    if look is None:
        return
    yield ""
    yield "emg:"
    yield f'  kind: "{OPEN}"   # raw, rectified or envelope'
    known = look.unit in ("V", "mV", "uV")
    yield f"  unit: {look.unit if known else chr(34) + OPEN + chr(34)}   # V, mV, uV, counts, 1, % or arbitrary"
    yield "  sites:   # channel: site with its side, from `myoshift list sites`; delete what is no EMG"
    names = [n for n in look.names if not FORCE.search(n) and not _coordinate(formats.short_name(n))]
    for name in names[:MOST] or [OPEN]:
        said_by_file = look.called.get(name, name)
        guess, side = _site(said_by_file), _side(said_by_file) or _side(name)
        site = f"{guess}_{side}" if guess and side else f'"{guess}_{OPEN}"' if guess else f'"{OPEN}"'
        said = "check:" if guess and side else "which side?" if guess else _near(said_by_file, anatomy.SITES)
        said += f" the file says {said_by_file}" if name in look.called else ""
        yield f"    {_quoted(name)}: {site}   # {said}"


def _events(chosen: dict[str, Look]) -> Iterator[str]:
    plates, remarks = chosen.get("forces"), chosen["emg"].remarks if "emg" in chosen else ()
    strikes = {text: _side(text) for text in remarks if STRIKE.search(text)}
    if plates is None and not remarks:
        return
    yield ""
    if plates is not None:
        vertical = [name for name in plates.names if re.search(r"(force.*v[yz]$|fz)", name, re.IGNORECASE)]
        yield f"# vertical forces: {', '.join(vertical[:8]) or 'none is named so'}"
    if remarks:
        yield f"# remarks beside the EMG: {', '.join(map(_quoted, remarks[:MOST]))}"
    if plates is not None or strikes:
        yield "events:"
    if plates is not None:
        yield f'  force: {{r: "{OPEN}", l: "{OPEN}", rise: 20, rearm: 20}}   # N; leave out a side without a plate'
    if strikes:
        yield "  strikes:   # remark: the side whose foot strikes then"
        yield from (
            f"    {_quoted(text)}: {side or chr(34) + OPEN + chr(34)}   # check:" for text, side in strikes.items()
        )


def _arrays(found: dict[str, Any], place: str = "") -> Iterator[str]:
    for name, each in found.items():
        if isinstance(each, dict):
            yield from _arrays(each, f"{place}{name}.")
        elif isinstance(each, np.ndarray) and each.size > 1:
            yield f"{place}{name} {'x'.join(map(str, each.shape))}"


def _convention(names: Sequence[str]) -> str:
    short = [formats.short_name(name) for name in names]
    return max(anatomy.CONVENTIONS, key=lambda c: (sum(_coordinate(n, c) for n in short), c == "rajagopal"))


def _coordinate(name: str, convention: str = "rajagopal") -> bool:
    try:
        anatomy.coordinate(name, convention)
    except MyoshiftError:
        return False
    return True


def _site(name: str) -> str:
    """The site that a channel's name seems to mean, without side; empty where it means none."""
    words = [
        w for w in re.split(r"[^a-z]+", formats.short_name(name).lower()) if w not in ("r", "l", "right", "left")
    ]
    words = [w for w in words if w not in ("emg", "voltage", "activation", "raw", "mv", "v", "uv")]
    joined = "".join(words)
    candidates = [WORDS.get(joined, ""), WORDS.get(joined[1:], "") if joined[:1] in "rl" else ""]
    candidates += [site for site in anatomy.SITES if site.replace("_", "") == joined or _abbreviates(words, site)]
    return next((each for each in candidates if each), "")


def _abbreviates(words: Sequence[str], site: str) -> bool:
    """Whether the words begin all the words of a site, in any order: `vast lat`, `medial gastroc`."""
    words, parts = [word for word in words if word], site.split("_")
    orders = permutations(parts) if len(words) == len(parts) and all(len(word) >= 3 for word in words) else ()
    return any(all(part.startswith(word) for word, part in zip(words, order, strict=True)) for order in orders)


def _side(name: str) -> str:
    match = SIDE.search(name) or re.match(r"(?P<r>R)(?=[A-Z])|(?P<l>L)(?=[A-Z])", name)
    return "" if match is None else "r" if match[1] else "l"


def _near(name: str, known: Sequence[str]) -> str:
    return "nearest: " + ", ".join(get_close_matches(name.lower(), known, n=3, cutoff=0.0))


def _quoted(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][\w./-]*", text) and text.lower() not in _YAML_WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


_YAML_WORDS = ("y", "n", "yes", "no", "on", "off", "null", "true", "false")
