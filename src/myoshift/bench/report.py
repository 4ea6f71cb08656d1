"""stub"""
from __future__ import annotations

from pathlib import Path


def write_leaderboard(out: Path) -> Path:
    return out


def write_report(outs: list[Path]) -> Path:
    return outs[0]
