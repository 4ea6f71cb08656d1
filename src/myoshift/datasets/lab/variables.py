"""Which variables of a file of arrays seem to hold the motion and the EMG, the names of their columns, the rates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

ROLES = {
    "motion": re.compile(r"ang|joint|kin|mocap|motion|(^|[^a-z])(ik|qs?)([^a-z]|$)", re.IGNORECASE),
    "emg": re.compile(r"emg|musc|activ", re.IGNORECASE),
}
RATE = re.compile(r"(^|[^a-z])(fs|sf|rate|freq|hz)|rate|freq|hz$|fs$", re.IGNORECASE)
SHOWN = 40

Told = tuple[tuple[str, Any, str], ...]


def guess(leaves: Mapping[str, Any], role: str, asked: str) -> tuple[Told, tuple[str, ...]]:
    """Keys of `files`, each with a remark, for an array that plays a role; and the names of its columns.

    Parameters
    ----------
    asked : what a key says that only the owner can answer
    """
    arrays = {name: np.shape(each) for name, each in leaves.items() if _is_array(each)}
    there = ", ".join(f"{name} {_by(shape)}" for name, shape in list(arrays.items())[:SHOWN])
    mine = [name for name in arrays if ROLES[role].search(name)]
    names, rates = dict(_texts(leaves)), [n for n in leaves if _is_number(leaves[n]) and RATE.search(n)]
    if not mine:
        return (("variable", asked, f"of {there}"), *_names(None, "", asked), *_rate(leaves, rates, role, asked)), ()
    variable, shape = mine[0], arrays[mine[0]]
    key = _nearest([n for n, each in names.items() if len(each) in shape], role)
    axes = _axes(shape, len(names[key])) if key else ()
    told: Told = (("variable", variable, f"check: of {there}"), *_names(key, ", ".join(names.get(key, ())), asked))
    told += (("axes", list(axes), f"check: {_by(shape)}"),) if axes and axes != ("time", "channel") else ()
    told += () if "cycle" in axes else _rate(leaves, rates, role, asked)
    return told, tuple(names.get(key, ()))


def _names(key: str | None, shown: str, asked: str) -> Told:
    if key:
        return (("names", key, f"check: {shown}"),)
    return (("names", [asked], "of its columns, or the path of the variable that holds them"),)


def _rate(leaves: Mapping[str, Any], rates: Sequence[str], role: str, asked: str) -> Told:
    key = _nearest(rates, role)
    if key:
        return (("rate", key, f"check: {float(leaves[key]):g} Hz"),)
    return (("rate", asked, "Hz, or the path of the variable that holds it; or `time:`"),)


def _nearest(names: Sequence[str], role: str) -> str:
    """The one that is called after the role, or the only one that is not called after another."""
    mine = [name for name in names if ROLES[role].search(name)]
    free = [name for name in names if not any(each.search(name) for each in ROLES.values())]
    return mine[0] if mine else free[0] if len(free) == 1 else ""


def _axes(shape: tuple[int, ...], channels: int) -> tuple[str, ...]:
    """What each axis counts: the channels are as many as names, a cycle has more samples than there are cycles."""
    if len(shape) not in (2, 3) or shape.count(channels) != 1:
        return ()
    others = [k for k, size in enumerate(shape) if size != channels]
    longest = max(others, key=lambda k: shape[k])
    at = shape.index(channels)
    return tuple("channel" if k == at else "time" if k == longest else "cycle" for k in range(len(shape)))


def _texts(leaves: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, each in leaves.items():
        said = np.asarray(each, dtype=object).ravel() if isinstance(each, list | np.ndarray) else ()
        if len(said) and all(isinstance(one, str) for one in said):
            yield name, tuple(str(one).strip() for one in said)


def _is_array(each: Any) -> bool:
    return isinstance(each, np.ndarray) and each.dtype.kind in "fiu" and each.ndim >= 2


def _is_number(each: Any) -> bool:
    return np.size(each) == 1 and np.asarray(each).dtype.kind in "fiu"


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
