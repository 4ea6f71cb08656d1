"""Who was learned from and tested, in which unit, and what was masked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from myoshift.bench.report.extras import query
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written


def by_protocol(written: Written) -> dict[str, list[dict[str, Any]]]:
    """By protocol: who was on which side of every fold, in which unit, and what was masked.

    From `folds.json` where the folder has it, else from what the runs left behind.
    """
    read = query("folds", "read")
    known: dict[str, list[dict[str, Any]]] = read(written.out) if read else {}
    if known:
        return {label: [_known(fold) for fold in folds] for label, folds in known.items()}
    found: dict[str, dict[str, dict[str, Any]]] = {protocol.label: {} for protocol in written.spec.protocols}
    for run, folder in written.runs():
        folds = found[run["protocol"]]
        if run["fold"] not in folds and folder.split.is_file():
            folds[run["fold"]] = _split(run["fold"], json.loads(folder.split.read_text(encoding="utf-8")))
    return {protocol: list(folds.values()) for protocol, folds in found.items()}


def facts(splits: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What the page says about all folds together."""
    return {
        "splits": splits,
        "masked": _once(masked for folds in splits.values() for split in folds for masked in split["masked"]),
        "synthetic": _different(splits, "synthetic"),
        "without_twin": _different(splits, "without_twin"),
    }


def _known(fold: dict[str, Any]) -> dict[str, Any]:
    """A fold of `folds.json`."""
    checks = [(words(each["name"]), f"{each['compared']:,}") for each in fold["checks"] if each["compared"]]
    return {"recordings": [], **fold, "checks": checks}


def _split(fold: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "fold": fold,
        **{part: _side(facts[part]) for part in ("source", "calibration", "test")},
        "recordings": [*facts["source"], *facts["calibration"], *facts["test"]],
        "units": sorted({recording["unit"] for recording in facts["test"]}),
        "masked": facts["masked"],
        "synthetic": facts.get("synthetic", []),
        "without_twin": [f"{recording}: {why}" for recording, why in facts.get("without_twin", [])],
        "unfamiliar": facts["unfamiliar"],
        "checks": [(words(name), f"{said:,}") for name, said in facts["leakage"].items()],
    }


def _different(splits: dict[str, list[dict[str, Any]]], name: str) -> list[str]:
    """Everything that some fold says under a name."""
    return sorted({said for folds in splits.values() for split in folds for said in split[name]})


def _once(masked: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Every masked channel once, though several folds share it."""
    return list({(each["recording"], each["channel"]): each for each in masked}.values())


def _side(recordings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recordings summed up by institution."""
    if not recordings:
        return []
    table = pd.DataFrame(recordings)
    summed = table.groupby("institution").agg(people=("person", "nunique"), seconds=("seconds", "sum"))
    return [{"institution": name, **row} for name, row in summed.iterrows()]
