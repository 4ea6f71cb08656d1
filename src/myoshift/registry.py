"""Plug-ins: entry points to load a thing by its name, small csv files to list them without importing torch.

Built-ins come in through the same door as anybody's package: an entry point in the group `myoshift.<kind>`.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from myoshift.errors import ConfigError, UnknownNameError

CARDS = {
    "datasets": ("myoshift.datasets", "datasets.csv"),
    "methods": ("myoshift.methods", "methods.csv"),
    "estimators": ("myoshift.estimators", "estimators.csv"),
    "models": ("myoshift.models", "models.csv"),
    "calibrators": ("myoshift.calibration", "calibrators.csv"),
    "protocols": ("myoshift.bench", "protocols.csv"),
    "selectors": ("myoshift.bench.selectors", "selectors.csv"),
    "metrics": ("myoshift.metrics", "metrics.csv"),
}
LISTED = (*CARDS, "sites", "muscles", "coordinates")
"""What `myoshift list` prints."""


@cache
def names(kind: str) -> tuple[str, ...]:
    """Names of every installed plug-in of a kind (`datasets`, `methods`, `models`, ...), sorted."""
    return tuple(sorted({e.name for e in entry_points(group=f"myoshift.{kind}")}))


@cache
def load(kind: str, name: str) -> Any:
    """Import and return the plug-in `name` of a kind.

    Raises
    ------
    UnknownNameError
        When no installed package offers it; the message names the nearest ones.
    ConfigError
        When two packages offer the name, or what stands behind it is not there.
    """
    found = [entry for entry in entry_points(group=f"myoshift.{kind}") if entry.name == name]
    what = kind.removesuffix("s")
    if not found:
        raise unknown(what, name, names(kind))
    if len({entry.value for entry in found}) > 1:
        places = ", ".join(sorted({entry.value for entry in found}))
        raise ConfigError(f"two {kind} are called {name!r}", why=places, mend="uninstall one, or rename it")
    try:
        loaded = found[0].load()
    except (AttributeError, ModuleNotFoundError) as error:
        raise _no_class(what, name, f"{found[0].value}: {error}") from error
    if not callable(loaded):
        raise _no_class(what, name, f"{found[0].value} is a {type(loaded).__name__}")
    return loaded


def _no_class(what: str, name: str, why: str) -> ConfigError:
    return ConfigError(f"the {what} {name!r} has no class", why=why, mend="mend the entry point")


def cards(kind: str) -> list[dict[str, str]]:
    """The rows of the csv that describes the built-ins of a kind, without importing them."""
    package, file = CARDS[kind]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"no package {package}")
    text = Path(spec.submodule_search_locations[0], file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def unknown(what: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """The error for a name that nobody knows, with the three nearest known names."""
    nearest = difflib.get_close_matches(name, list(known), n=3, cutoff=0.0)
    listed = f"`myoshift list {what}s` prints them all" if f"{what}s" in LISTED else f"known: {', '.join(known)}"
    return UnknownNameError(
        f"unknown {what} {name!r}",
        why=f"nearest known names: {', '.join(nearest) or 'none'}",
        mend=f"use a known name, or map it to one ({listed})",
    )
