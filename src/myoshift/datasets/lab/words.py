"""What names of columns and markers seem to mean: guesses for a draft of `lab.yaml`, which its owner is to check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import permutations

from myoshift import anatomy, formats
from myoshift.errors import MyoshiftError
from myoshift.formats.units import split_unit

WORDS = {
    "soleus": ("sol",),
    "tibialis_anterior": ("ta", "tib", "tibant", "anttib", "tibialisant"),
    "gastrocnemius": ("gas", "gast", "gastroc", "gastro"),
    "gastrocnemius_medialis": (
        "gm", "mg", "gasmed", "medgas", "gastmed", "gastrocmed", "medgastroc", "medgastro"
    ),
    "gastrocnemius_lateralis": (
        "gl", "lg", "gaslat", "latgas", "gastlat", "gastroclat", "latgastroc", "latgastro"
    ),
    "vasti": ("vas",),
    "vastus_lateralis": ("vl", "vlo", "vaslat", "vastuslat"),
    "vastus_medialis": ("vm", "vmo", "vasmed", "vastusmed"),
    "rectus_femoris": ("rf", "rec", "rect", "recfem", "rectfem", "rectusfem"),
    "hamstrings": ("hams",),
    "hamstrings_lateral": ("bf", "bflh", "bifemlh", "bicfem", "bicepsfem", "bicepsfemoris", "lathams"),
    "hamstrings_medial": (
        "st", "semimem", "semimemb", "semimembranosus", "semiten", "semitend", "semitendinosus", "medhams"
    ),
    "gluteus_medius": ("gmed", "glmed", "gluteusmed"),
    "gluteus_maximus": ("gmax", "glmax", "gluteusmax"),
    "tensor_fasciae_latae": ("tfl",),
    "peroneus_longus": ("pl", "perlong"),
}  # fmt: skip
"""What laboratories call sites, in letters alone; other names are held against the sites themselves."""
MEANT = {
    **{site.replace("_", ""): site for site in anatomy.SITES},
    **{word: site for site, called in WORDS.items() for word in called},
}
JOINTS = {
    "hip_flexion": r"hip|hüft|hueft", "knee_angle": r"knee|knie", "ankle_angle": r"ankle|sprung|osg",
}  # fmt: skip
"""How laboratories begin to write joints, each with the coordinate of its sagittal plane."""
SAGITTAL = re.compile(r"flex|ext|dors|plant|angle|winkel", re.IGNORECASE)
OTHER_PLANE = re.compile(r"add|abd|rot|inv|ev|var|valg|vel|acc|mom|force|power", re.IGNORECASE)
FORCE = re.compile(r"(force|grf|fz\d?$|_v[xyz]$|_p[xyz]$|moment|torque)", re.IGNORECASE)
STRIKE = re.compile(r"strike|contact|touch.?down|\b(hs|ic|fs)\b", re.IGNORECASE)
RIGHT, LEFT = ("r", "rt", "re", "right", "rechts"), ("l", "lt", "li", "left", "links")
SIDE = re.compile(
    rf"(?:^|[^a-z])({'|'.join(RIGHT)})(?:[^a-z]|$)|(?:^|[^a-z])({'|'.join(LEFT)})(?:[^a-z]|$)", re.IGNORECASE
)
NO_SITE = (*RIGHT, *LEFT, "emg", "voltage", "activation", "raw", "mv", "v", "uv")
SHORTEST = 3
"""Letters that a word has at least to be the beginning of a site's."""
MARKERS = {
    "asis": ("asi", "asis", "ias"), "psis": ("psi", "psis", "ips"), "knee": ("kne", "knee", "fle", "lfc"),
    "ankle": ("ank", "ankle", "fal", "lma"), "heel": ("hee", "heel", "calc", "fcc", "cal"),
    "toe": ("toe", "fm2", "mt2"),
}  # fmt: skip
"""What the marker of a role is called beside the letter of its side: Plug-in Gait, Helen Hayes, ISB and CAST."""
SACRUM = ("sacr", "vsac", "sacrum")
SIDE_LETTER = re.compile(r"^[RL](?=.)|(?<=[._ a-z])[RL]$")


def site(name: str) -> str:
    """The site that a channel's name seems to mean, without side; empty where it means none."""
    words = _words(name)
    word = "".join(words)
    behind = MEANT.get(word[1:].lower(), "") if word[:1] in ("R", "L", "r", "l") else ""
    return MEANT.get(word.lower(), "") or behind or next(filter(lambda s: _abbreviates(words, s), anatomy.SITES), "")


def side(name: str) -> str:
    """`r` or `l`, by a word or a letter before that of a site or a capital; empty where there is none."""
    if match := SIDE.search(name):
        return "r" if match[1] else "l"
    word = "".join(_words(name))
    if word[:1] not in ("R", "L") or word.lower() in MEANT:  # `RF` is a muscle, `RTA` one of the right leg
        return ""
    return word[0].lower() if word[1:].lower() in MEANT or word[1:2].isupper() else ""


def coordinate(name: str) -> str:
    """The sagittal coordinate that a name seems to mean, without side; empty where it means none."""
    plain = split_unit(name)[0]
    if OTHER_PLANE.search(plain) or not SAGITTAL.search(plain):
        return ""
    return next((each for each, words in JOINTS.items() if re.search(words, plain, re.IGNORECASE)), "")


def canonical(name: str, convention: str = "rajagopal") -> str:
    """What a convention's coordinate is called in all; empty where the convention does not know the name."""
    try:
        return anatomy.coordinate(name, convention).name
    except MyoshiftError:
        return ""


def convention(names: Sequence[str]) -> str:
    """The convention that knows most of the names; `rajagopal` where several do."""
    short = [formats.short_name(name) for name in names]
    return max(anatomy.CONVENTIONS, key=lambda c: (sum(bool(canonical(n, c)) for n in short), c == "rajagopal"))


def is_angle(name: str) -> bool:
    """Whether a name is a coordinate, or seems to mean one."""
    return bool(canonical(formats.short_name(name)) or coordinate(name))


def legs(names: Sequence[str]) -> dict[str, str]:
    """The marker of each role, `{}` for the letter of its side, where both sides have one; by their usual names."""
    sided = {SIDE_LETTER.sub("{}", name, count=1) for name in names}
    pairs = sorted(each for each in sided if "{}" in each and {each.format("R"), each.format("L")} <= set(names))
    plain = {re.sub(r"[^a-z0-9]", "", pair.lower()): pair for pair in pairs}
    found = {role: own for role, called in MARKERS.items() if (own := _marker(plain, called))}
    middle = [name for name in names if name.lower() in SACRUM]
    return {**({"psis": middle[0]} if middle else {}), **found}


def near(name: str, known: Sequence[str]) -> str:
    """The nearest known names, for a comment."""
    return "nearest: " + ", ".join(get_close_matches(name.lower(), known, n=3, cutoff=0.0))


def _marker(plain: dict[str, str], called: Sequence[str]) -> str:
    """The pair that is called so, else the only one that begins so."""
    exact = [plain[word] for word in reversed(called) if word in plain]
    begins = [pair for word, pair in plain.items() if word.startswith(called[0])]
    return exact[0] if exact else begins[0] if len(begins) == 1 else ""


def _words(name: str) -> list[str]:
    """The words of a name without those that say nothing of a site."""
    return [
        word for word in re.split(r"[^A-Za-z]+", formats.short_name(name)) if word and word.lower() not in NO_SITE
    ]


def _abbreviates(words: Sequence[str], site: str) -> bool:
    """Whether the words begin all the words of a site, in any order: `vast lat`, `medial gastroc`."""
    parts, short = site.split("_"), [word.lower() for word in words]
    orders = permutations(parts) if len(short) == len(parts) and min(map(len, short)) >= SHORTEST else ()
    return any(all(part.startswith(word) for word, part in zip(short, order, strict=True)) for order in orders)
