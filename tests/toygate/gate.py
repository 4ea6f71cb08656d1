"""Trainings, paired gains, and the two tables: all figures in docs, what each method is meant for in its card."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np

from myoshift import registry
from myoshift.testing import toys

TABLE = Path(__file__).parents[2] / "docs/results/toys.csv"
COLUMNS = ("method", "shift", "r", "gain", "low", "high", "people", "verdict")


def scored(method, shift, seeds, steps=150):
    """Scores of the people of the targets of all seeds."""
    return np.concatenate([_scored(method, shift, seed, steps) for seed in seeds])


@lru_cache(maxsize=64)
def _scored(method, shift, seed, steps):
    _, test = toys.toy_split(shift, seed)
    return toys.scores(toys.trained(method, shift, seed, steps), test)


def compare(method, shift, seeds, steps=150):
    """One row of the table."""
    own, base = (scored(name, shift, seeds, steps) for name in (method, toys.BASELINE))
    gain = toys.gain(own, base)
    figures = (own.mean(), gain.mean, gain.low, gain.high)
    shown = [f"{figure:.4f}".replace("-0.0000", "0.0000") for figure in figures]
    row = dict(zip(COLUMNS, (method, shift, *shown, str(len(own))), strict=False))
    return row | {"verdict": toys.measured(row).verdict}


def methods():
    """All but the baseline."""
    return tuple(name for name in registry.names("methods") if name != toys.BASELINE)


def read(path=TABLE):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.is_file() else []


def merged(old, new, key):
    """Old rows with the new ones in their place, of methods that there still are, in order."""
    rows = {tuple(row[k] for k in key): row for row in (*old, *new) if row["method"] in methods()}
    return [rows[k] for k in sorted(rows)]


def cards(rows, said=None):
    """The card of every method: the shift that it is meant for, and the table's figures for that."""
    said = said or {}
    figures = {(row["method"], row["shift"]): row for row in rows}
    return [
        {"method": name, "shift": shift} | {key: found.get(key, "") for key in ("gain", "low", "high")}
        for name in sorted({row["method"] for row in rows})
        for shift in [said.get(name) or toys.meant(name)]
        for found in [figures.get((name, shift), {})]
    ]


def write(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
