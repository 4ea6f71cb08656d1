"""What names of columns seem to mean: guesses for a draft of `lab.yaml`, which its owner is asked to check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from myoshift import anatomy, formats
from myoshift.errors import MyoshiftError
from myoshift.formats.units import split_unit

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
    "tfl": "tensor_fasciae_latae", "perlong": "peroneus_longus", "pl": "peroneus_longus",
    "gastrocmed": "gastrocnemius_medialis", "gastroclat": "gastrocnemius_lateralis",
    "bicepsfemoris": "hamstrings_lateral", "semitendinosus": "hamstrings_medial",
    "semimembranosus": "hamstrings_medial", "gluteusmed": "gluteus_medius", "gluteusmax": "gluteus_maximus",
}  # fmt: skip
"""What laboratories call sites, in letters alone; other names are held against the sites themselves."""
JOINTS = {
    "hip_flexion": r"hip|hüft|hueft", "knee_angle": r"knee|knie", "ankle_angle": r"ankle|sprung|osg",
}  # fmt: skip
"""How laboratories begin to write joints, each with the coordinate of its sagittal plane."""
SAGITTAL = re.compile(r"flex|ext|dors|plant|angle|winkel", re.IGNORECASE)
OTHER_PLANE = re.compile(r"add|abd|rot|inv|ev|var|valg|vel|acc|mom|force|power", re.IGNORECASE)
FORCE = re.compile(r"(force|grf|fz\d?$|_v[xyz]$|_p[xyz]$|moment|torque)", re.IGNORECASE)
RIGHT, LEFT = ("r", "rt", "re", "right", "rechts"), ("l", "lt", "li", "left", "links")
SIDE = re.compile(
    rf"(?:^|[^a-z])({'|'.join(RIGHT)})(?:[^a-z]|$)|(?:^|[^a-z])({'|'.join(LEFT)})(?:[^a-z]|$)", re.IGNORECASE
)
NO_SITE = ("emg", "voltage", "activation", "raw", "mv", "v", "uv")


def site(name: str) -> str:
    """The site that a channel's name seems to mean, without side; empty where it means none."""
    words = [w for w in re.split(r"[^a-z]+", formats.short_name(name).lower()) if w not in (*RIGHT, *LEFT, *NO_SITE)]
    joined = "".join(words)
    candidates = [WORDS.get(joined, ""), WORDS.get(joined[1:], "") if joined[:1] in "rl" else ""]
    candidates += [each for each in anatomy.SITES if each.replace("_", "") == joined]
    return next((each for each in candidates if each), "")


def side(name: str) -> str:
    """`r` or `l` where a name says a side."""
    match = SIDE.search(name)
    if match is None and name.lower() not in WORDS:  # `RF` is a muscle, `RTA` one of the right leg
        match = re.match(r"(R)(?=[A-Z])|(L)(?=[A-Z])", name)
    return "" if match is None else "r" if match[1] else "l"


def coordinate(name: str) -> str:
    """The sagittal coordinate that a name seems to mean, without side; empty where it means none."""
    plain = split_unit(name)[0]
    if OTHER_PLANE.search(plain) or not SAGITTAL.search(plain):
        return ""
    return next((each for each, words in JOINTS.items() if re.search(words, plain, re.IGNORECASE)), "")


def is_coordinate(name: str, convention: str = "rajagopal") -> bool:
    """Whether a name is a coordinate of a convention."""
    try:
        anatomy.coordinate(name, convention)
    except MyoshiftError:
        return False
    return True


def convention(names: Sequence[str]) -> str:
    """The convention that knows most of the names."""
    short = [formats.short_name(name) for name in names]
    return max(anatomy.CONVENTIONS, key=lambda c: (sum(is_coordinate(n, c) for n in short), c == "rajagopal"))


def is_angle(name: str) -> bool:
    """Whether a name is a coordinate, or seems to mean one."""
    return is_coordinate(formats.short_name(name)) or bool(coordinate(name))


def near(name: str, known: Sequence[str]) -> str:
    """The nearest known names, for a comment."""
    return "nearest: " + ", ".join(get_close_matches(name.lower(), known, n=3, cutoff=0.0))
