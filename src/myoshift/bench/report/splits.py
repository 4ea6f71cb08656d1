"""Who was learned from and tested, in which unit, and what was masked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from myoshift.bench import folds
from myoshift.bench.report.words import words
from myoshift.bench.report.written import Written


def by_protocol(written: Written) -> dict[str, list[dict[str, Any]]]:
    """By protocol: who was on which side of every fold, in which unit, what was masked, what the guard compared."""
    return {label: [_fold(fold) for fold in each] for label, each in folds.read(written.out).items()}


def _fold(fold: dict[str, Any]) -> dict[str, Any]:
    checks = [(words(each["name"]), f"{each['compared']:,}") for each in fold["checks"] if each["compared"]]
    return {**fold, "checks": checks}


def facts(splits: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What the page says about all folds together."""
    return {
        "splits": splits,
        "masked": _once(masked for folds in splits.values() for split in folds for masked in split["masked"]),
        "synthetic": _different(splits, "synthetic"),
        "without_twin": _different(splits, "without_twin"),
    }


def _different(splits: dict[str, list[dict[str, Any]]], name: str) -> list[str]:
    """Everything that some fold says under a name."""
    return sorted({said for folds in splits.values() for split in folds for said in split[name]})


def _once(masked: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Every masked channel once, though several folds share it."""
    return list({(each["recording"], each["channel"]): each for each in masked}.values())
