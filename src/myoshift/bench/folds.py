"""`folds.json`: of every fold who was on which side, in which unit, what was masked, and what the guard compared.

It is written once, before anything is learned, and holds every recording once however many folds it is in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from myoshift.bench import leakage, protocols, synthetic
from myoshift.bench.cohort import Cohort, labelled_seconds
from myoshift.bench.spec import Benchmark
from myoshift.calibration.amplitude import UNIT
from myoshift.predictor import declared, unfamiliar
from myoshift.types import Fold, Recording

FILE = "folds.json"
PARTS = ("source", "calibration", "validation", "test")


@dataclass
class _Once:
    """Rows that are written once and named by their number."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, row: dict[str, Any]) -> int:
        key = json.dumps(row)
        if key not in self.numbers:
            self.numbers[key] = len(self.rows)
            self.rows.append(row)
        return self.numbers[key]


def write(out: Path, spec: Benchmark, cohort: Cohort) -> Path:
    """Put every fold of a benchmark through the leakage guard and write down what there is to know of it.

    Raises
    ------
    LeakageError
        Of the first fold that leaks; nothing is written then.
    """
    recordings, masked = _Once(), _Once()
    found = {
        protocol.label: [_facts(fold, cohort, recordings, masked) for fold in protocols.folds(protocol, cohort)]
        for protocol in spec.protocols
    }
    content = {"recordings": recordings.rows, "masked": masked.rows, "protocols": found}
    path = out / FILE
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(content, allow_nan=False), encoding="utf-8")
    fresh.replace(path)
    return path


def read(out: Path) -> dict[str, list[dict[str, Any]]]:
    """By protocol, the folds of a benchmark that was run; empty for a folder without `folds.json`.

    Each fold has `source`, `calibration`, `validation` and `test` (people and labelled seconds by institution),
    `units` of the answers, `masked` source channels, `unfamiliar`, `synthetic`, `without_twin`, the passed `checks`
    (name, compared), and `leakage` (people, recordings and contents that were compared).
    """
    path = out / FILE
    if not path.is_file():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    rows, masked = content["recordings"], content["masked"]
    return {label: [_read(fold, rows, masked) for fold in folds] for label, folds in content["protocols"].items()}


def _facts(fold: Fold, cohort: Cohort, recordings: _Once, masked: _Once) -> dict[str, Any]:
    checked = asdict(leakage.check(fold, cohort))
    known = declared(fold.split.source)
    split = fold.split
    sides = (split.source, split.calibration, split.validation, fold.test_activation.recordings)
    return {
        "fold": fold.name,
        **{
            part: [recordings.number(_row(r, cohort.spec)) for r in side]
            for part, side in zip(PARTS, sides, strict=True)
        },
        "masked": [masked.number(asdict(each)) for each in cohort.masked_of(fold.split.source)],
        "synthetic": synthetic.constants(fold.split.source),
        "without_twin": [f"{recording}: {why}" for recording, why in cohort.supply.refused],
        "unfamiliar": sorted({f.message for r in fold.test_motion for f in unfamiliar(r, known)}),
        "checks": checked.pop("checks"),
        "leakage": checked,
    }


def _row(recording: Recording, spec: Benchmark) -> dict[str, Any]:
    """Institution, person, task, labelled seconds, number of channels and their unit."""
    return {
        "institution": recording.institution,
        "person": recording.person,
        "recording": recording.id,
        "task": recording.task,
        "seconds": round(labelled_seconds(recording, spec), 2),
        "channels": int(np.isfinite(recording.activation).any(axis=0).sum()),
        "mass": recording.mass,
        "height": recording.height,
        "unit": next((flag.message for flag in recording.flags if flag.code == UNIT), ""),
    }


def _read(fold: dict[str, Any], rows: list[dict[str, Any]], masked: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        **fold,
        **{part: _side([rows[k] for k in fold[part]]) for part in PARTS},
        "tested": [rows[k] for k in fold["test"]],
        "recordings": [rows[k] for part in PARTS for k in fold[part]],
        "units": sorted({rows[k]["unit"] for k in fold["test"]}),
        "masked": [masked[k] for k in fold["masked"]],
    }


def _side(recordings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recordings summed up by institution."""
    table = pd.DataFrame(list(recordings))
    if table.empty:
        return []
    summed = table.groupby("institution").agg(people=("person", "nunique"), seconds=("seconds", "sum"))
    return [{"institution": name, **row} for name, row in summed.iterrows()]
