"""What the names that laboratories give to channels, columns and markers seem to mean: guesses of a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from myoshift import anatomy, formats
from myoshift.errors import MyoshiftError

WORDS = {
    "soleus": "soleus", "sol": "soleus", "tibant": "tibialis_anterior", "tibialisanterior": "tibialis_anterior",
    "ta": "tibialis_anterior", "tib": "tibialis_anterior", "gasmed": "gastrocnemius_medialis",
    "medgas": "gastrocnemius_medialis", "gm": "gastrocnemius_medialis", "gaslat": "gastrocnemius_lateralis",
    "latgas": "gastrocnemius_lateralis", "gl": "gastrocnemius_lateralis", "gast": "gastrocnemius",
    "gas": "gastrocnemius", "vaslat": "vastus_lateralis", "vl": "vastus_lateralis", "vasmed": "vastus_medialis",
    "vm": "vastus_medialis", "recfem": "rectus_femoris", "rectfem": "rectus_femoris", "rf": "rectus_femoris",
    "rect": "rectus_femoris", "rec": "rectus_femoris", "bf": "hamstrings_lateral", "bflh": "hamstrings_lateral",
    "bifemlh": "hamstrings_lateral", "st": "hamstrings_medial", "semimem": "hamstrings_medial",
    "semimemb": "hamstrings_medial",
    "semiten": "hamstrings_medial", "hams": "hamstrings", "glmed": "gluteus_medius", "glmax": "gluteus_maximus",
    "tibialisant": "tibialis_anterior", "gastmed": "gastrocnemius_medialis", "medgastroc": "gastrocnemius_medialis",
    "gastlat": "gastrocnemius_lateralis", "latgastroc": "gastrocnemius_lateralis", "gastroc": "gastrocnemius",
    "medgastro": "gastrocnemius_medialis", "latgastro": "gastrocnemius_lateralis", "gastro": "gastrocnemius",
    "rectusfem": "rectus_femoris", "vastuslat": "vastus_lateralis", "vastusmed": "vastus_medialis",
    "vlo": "vastus_lateralis", "vmo": "vastus_medialis", "bicepsfem": "hamstrings_lateral",
    "anttib": "tibialis_anterior", "medhams": "hamstrings_medial", "lathams": "hamstrings_lateral", "vas": "vasti",
    "bicfem": "hamstrings_lateral", "semitend": "hamstrings_medial",
    "gmed": "gluteus_medius", "gmax": "gluteus_maximus",
    "tfl": "tensor_fasciae_latae", "perlong": "peroneus_longus", "pl": "peroneus_longus",
}  # fmt: skip
"""What laboratories call sites, in letters alone; other names are held against the sites themselves."""
SIDE = re.compile(r"(?:^|[^a-z])(r|rt|right)(?:[^a-z]|$)|(?:^|[^a-z])(l|lt|left)(?:[^a-z]|$)", re.IGNORECASE)
NO_SITE = ("r", "l", "rt", "lt", "right", "left", "emg", "voltage", "activation", "raw", "mv", "v", "uv")
ROLES = {
    "asis": ("asi", "asis", "ias"), "psis": ("psi", "psis", "ips"), "knee": ("kne", "knee", "fle", "lfc"),
    "ankle": ("ank", "ankle", "fal", "lma"), "heel": ("hee", "heel", "fcc", "cal"), "toe": ("toe", "fm2", "mt2"),
}  # fmt: skip
"""What the marker of a role is called behind the letter of its side: Plug-in Gait, Helen Hayes, ISB and CAST."""
SACRUM = ("sacr", "vsac", "sacrum")


def convention(names: Sequence[str]) -> str:
    """The convention that knows most of the names; `rajagopal` where several do."""
    short = [formats.short_name(name) for name in names]
    return max(anatomy.CONVENTIONS, key=lambda c: (sum(is_coordinate(n, c) for n in short), c == "rajagopal"))


def is_coordinate(name: str, convention: str = "rajagopal") -> bool:
    """Whether a convention knows the name."""
    return bool(coordinate(name, convention))


def coordinate(name: str, convention: str = "rajagopal") -> str:
    """The canonical name of a coordinate; empty where the convention does not know it."""
    try:
        return anatomy.coordinate(name, convention).name
    except MyoshiftError:
        return ""


def site(name: str) -> str:
    """The site that a channel's name seems to mean, without side; empty where it means none."""
    return _site(word := _word(name)) or (_site(word[1:]) if word[:1] in ("R", "L", "r", "l") else "")


def side(name: str) -> str:
    """`r` or `l`, by a word or a letter before that of a site; empty where there is none."""
    if match := SIDE.search(name):
        return "r" if match[1] else "l"
    word = _word(name)
    before = word[:1] in ("R", "L") and not _site(word) and (_site(word[1:]) or word[1:2].isupper())
    return word[0].lower() if before else ""


def legs(names: Sequence[str]) -> dict[str, str]:
    """The marker of each role, `{}` for the letter of its side, where both sides have one; by their usual names."""
    pairs = {name[1:] for name in names if name[:1] == "R" and f"L{name[1:]}" in names}
    plain = {re.sub(r"[^a-z0-9]", "", pair.lower()): f"{{}}{pair}" for pair in sorted(pairs)}
    found = {role: plain[word] for role, words in ROLES.items() for word in reversed(words) if word in plain}
    middle = [name for name in names if name.lower() in SACRUM]
    return {**({"psis": middle[0]} if middle else {}), **found}


def near(name: str, known: Sequence[str]) -> str:
    """The names that look most alike."""
    return "nearest: " + ", ".join(get_close_matches(name.lower(), known, n=3, cutoff=0.0))


def _word(name: str) -> str:
    """The letters of a name without what says nothing of a site."""
    words = re.split(r"[^A-Za-z]+", formats.short_name(name))
    return "".join(word for word in words if word.lower() not in NO_SITE)


def _site(word: str) -> str:
    known = {site.replace("_", ""): site for site in anatomy.SITES}
    return WORDS.get(word.lower()) or known.get(word.lower(), "")
