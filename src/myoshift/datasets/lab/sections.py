"""The sections `motion`, `markers`, `emg`, `events` and `cycles` of a draft of `lab.yaml`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from myoshift import anatomy, formats
from myoshift.datasets.lab import words
from myoshift.datasets.lab.look import Look
from myoshift.datasets.lab.spec import OPEN
from myoshift.formats.units import split_unit

MOST = 40
ALIKE = 5
"""Channels that are called alike but for a number, from which on they are free inputs of a box."""
ASKED = f'"{OPEN}"'


def motion(each: Look | None) -> Iterator[str]:
    """Convention, unit and columns of the angles."""
    if each is None:
        return
    yield ""
    yield "motion:"
    of_c3d = bool(each.convention == "plug_in_gait")
    convention = each.convention if of_c3d else words.convention(each.names)
    columns = list(each.variables) if each.role == "c3d angles" else _without_emg(each.names)
    named = [name for name in columns if words.canonical(formats.short_name(name), convention)]
    if convention == "plug_in_gait":
        yield f"  convention: {convention}   # check: one of {', '.join(anatomy.CONVENTIONS)}"
    elif columns and not named:
        yield "  # of columns that are called otherwise the coordinate is said: no `convention` is needed"
    else:
        others = ", ".join(one for one in anatomy.CONVENTIONS if one not in ("rajagopal", "gait2392"))
        yield f"  convention: {ASKED}   # rajagopal: knee flexion positive; gait2392: negative; others: {others}"
    known = _unit(columns, each.unit)
    unit = known if known in ("deg", "rad") and not of_c3d else ASKED
    yield f"  unit: {unit}   # of the angles: deg or rad{'' if OPEN in unit else '; the file says so'}"
    if columns and not named:
        yield f"  columns:   # column: coordinate; `{OPEN}` or the guess, from `myoshift list coordinates`"
        yield from map(_column, columns[:MOST])
    elif each.role == "c3d angles" or len(columns) < len(each.names):
        yield f"  columns: [{', '.join(map(quoted, named))}]"


def _without_emg(names: Iterable[str]) -> list[str]:
    """Columns that may be angles: all but sites and forces; all where that leaves none."""
    names = list(names)
    return [n for n in names if not words.site(split_unit(n)[0]) and not words.FORCE.search(n)] or names


def _column(name: str) -> str:
    guess, side = words.coordinate(name), words.side(split_unit(name)[0])
    if not guess:
        return f"    {quoted(name)}: {ASKED}   # {words.near(name, anatomy.COORDINATES)}; or delete it"
    whole = f"{guess}_{side}" if side else f'"{guess}_{OPEN}"'
    turned = f"{{coordinate: {guess}_{side or 'r'}, sign: -1}}"
    asked = "check:" if side else "which side?"
    return f"    {quoted(name)}: {whole}   # {asked} positive is flexion (of the ankle dorsiflexion), else {turned}"


def markers(chosen: Mapping[str, Look]) -> Iterator[str]:
    """The markers that play the roles of the legs, where there are no angles."""
    if "motion" in chosen or "markers" not in chosen:
        return
    names = chosen["markers"].variables or chosen["markers"].names
    found = words.legs(names)
    roles = ", ".join(f"{role}: {json.dumps(found.get(role, OPEN))}" for role in words.MARKERS)
    yield ""
    yield "markers:"
    yield f"  # there are {', '.join(names[:MOST])}"
    yield "  # check: which play these roles; {} stands for R and L; [lateral, medial] for the point midway"
    yield f"  legs: {{{roles}}}"


def emg(each: Look | None) -> Iterator[str]:
    """Kind, unit and sites of the channels."""
    if each is None:
        return
    yield ""
    yield "emg:"
    yield f"  kind: {ASKED}   # raw, rectified or envelope"
    names = [name for name in each.names if not words.FORCE.search(name) and not words.is_angle(name)]
    unit = _unit(names, each.unit)
    yield f"  unit: {unit if unit in ('V', 'mV', 'uV') else ASKED}   # V, mV, uV, counts, 1, % or arbitrary"
    yield "  sites:   # channel: site with its side, from `myoshift list sites`; delete what is no EMG"
    inputs = _inputs(names)
    asked = [name for name in names if name not in inputs][:MOST]
    sided = any(_side(name, each.called) for name in asked)
    yield from (_site(name, each.called, asked=sided) for name in asked or [OPEN])
    if len(asked) < len(names):
        yield f"    # there are also {', '.join([name for name in names if name not in asked][:MOST])}"
    if not sided:
        yield f"  side: {ASKED}   # r or l: that of all sites"


def _unit(names: Iterable[str], of_file: str) -> str:
    """The unit that labels end with where it is one, else that of the file."""
    units = {split_unit(name)[1] for name in names} - {""}
    return units.pop() if len(units) == 1 else of_file


def _inputs(names: Sequence[str]) -> list[str]:
    """Channels that have a number for a name, where others are called by sites: free inputs of a box."""
    kinds = Counter(re.sub(r"\d+", "", name) for name in names)
    sites = {name for name in names if words.site(split_unit(name)[0])}
    return [name for name in names if sites and name not in sites and kinds[re.sub(r"\d+", "", name)] >= ALIKE]


def _side(name: str, called: Mapping[str, str]) -> str:
    return words.side(called.get(name, "")) or words.side(split_unit(name)[0])


def _site(name: str, called: Mapping[str, str], *, asked: bool) -> str:
    """A channel and its site, whose side is asked for where other channels have one."""
    said = called.get(name) or split_unit(name)[0]
    guess, side = words.site(said), _side(name, called)
    site = f"{guess}_{side}" if guess and side else f'"{guess}_{OPEN}"' if guess and asked else guess or ASKED
    remark = words.near(said, anatomy.SITES) if not guess else "check:" if side or not asked else "which side?"
    return f"    {quoted(name)}: {site}   # {remark}{f' the file says {said}' if name in called else ''}"


def events(chosen: Mapping[str, Look]) -> Iterator[str]:
    """Foot strikes, from plates or from remarks beside the EMG."""
    plates, remarks = chosen.get("forces"), chosen["emg"].remarks if "emg" in chosen else ()
    strikes = [text for text in remarks if words.STRIKE.search(text)]
    if plates is None and not remarks:
        return
    yield ""
    if remarks:
        yield f"# remarks beside the EMG: {', '.join(map(quoted, remarks[:MOST]))}"
    if plates is not None or strikes:
        yield "events:"
    if plates is not None:
        vertical = [name for name in plates.names if re.search(r"(force.*v[yz]$|fz)", name, re.IGNORECASE)]
        yield f"  # vertical forces: {', '.join(vertical[:8]) or 'none is named so'}"
        yield f"  force: {{r: {ASKED}, l: {ASKED}, rise: 20, rearm: 20}}   # N; leave out a side without a plate"
    if strikes:
        yield "  strikes:   # remark: the side whose foot strikes then"
        yield from (f"    {quoted(text)}: {words.side(text) or ASKED}   # check:" for text in strikes)


def cycles(chosen: Mapping[str, Look]) -> Iterator[str]:
    """Asked for where an array has an axis of cycles."""
    if in_cycles(chosen):
        yield ""
        yield "# each cycle is a trial, of which {cycle} is the number"
        yield f"cycles: {{seconds: {ASKED}, closed: true, strike: {ASKED}}}   # strike: r or l"


def in_cycles(chosen: Mapping[str, Look]) -> bool:
    """Whether an array has an axis of cycles."""
    return any("cycle" in value for each in chosen.values() for key, value, _ in each.told if key == "axes")


def quoted(text: str) -> str:
    """A text as YAML reads it back."""
    plain = re.fullmatch(r"[A-Za-z_][\w./-]*", text) and text.lower() not in _YAML_WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


_YAML_WORDS = ("y", "n", "yes", "no", "on", "off", "null", "true", "false")
