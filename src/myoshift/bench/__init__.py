"""The bench: who may see what, runs, scores, statistics, report. Names load on first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Benchmark": "spec",
    "find": "spec",
    "read": "spec",
    "Cohort": "cohort",
    "gather": "cohort",
    "check": "leakage",
    "fit": "build",
    "run": "campaign",
    "Outcome": "campaign",
    "Written": "report",
    "leaderboard": "stats",
    "write_report": "report",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"myoshift.bench.{_HOME[name]}"), name)
    raise AttributeError(f"module 'myoshift.bench' has no attribute {name!r}")
