"""Tables on disk: the scores of a run, and the view of all runs that reports and leaderboards are queries of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from myoshift.bench.runs import run_folder
from myoshift.errors import DataFormatError

COLUMNS = (
    "run",
    "benchmark",
    "protocol",
    "fold",
    "source",
    "target",
    "institution",
    "method",
    "calibration",
    "calibration_seconds",
    "selector",
    "seed",
    "subject",
    "side",
    "condition",
    "muscle",
    "metric",
    "value",
    "scope",
    "recording",
    "target_inputs",
    "target_labels",
    "normaliser_scope",
    "amplitude_reference",
)
NUMBERS = {"calibration_seconds": "float64", "seed": "int64", "value": "float64"}
ORDER = ["protocol", "fold", "method", "seed", "subject", "side", "condition", "scope", "muscle", "metric", "run"]
CURVES = ("subject", "side", "condition", "scope", "recording", "muscle", "rate", "measured", "predicted")


def write_scores(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of scores as a parquet file, whole or not at all."""
    write_table(path, pd.DataFrame(list(rows), columns=list(COLUMNS)))


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table of scores as a parquet file, whole or not at all."""
    _write(path, _typed(table))


def write_curves(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write the curves that a report draws: one row each, `measured` and `predicted` as lists of samples."""
    _write(path, pd.DataFrame(list(rows), columns=list(CURVES)))


def rebuild(out: Path, runs: Iterable[str]) -> Path:
    """`results.parquet` from the scores of these runs: sorted, without times or hosts, the same bytes every time."""
    parts = [pd.read_parquet(run_folder(out, run).scores) for run in sorted(runs)]
    table = pd.concat([part for part in parts if len(part)]) if any(map(len, parts)) else _empty()
    path = out / "results.parquet"
    _write(path, _typed(table).sort_values(ORDER, kind="stable", ignore_index=True))
    return path


def read(path: Path) -> pd.DataFrame:
    """The results of a benchmark, from its folder or its `results.parquet`.

    Raises
    ------
    DataFormatError
        When the file is not there, is no parquet file or lacks columns.
    """
    file = path / "results.parquet" if path.is_dir() else path
    try:
        table = pd.read_parquet(file)
    except (OSError, ValueError, LookupError, TypeError) as error:  # the last two of metadata that lie
        why = str(error).partition("\n")[0]
        mend = "name the folder of a benchmark that `myoshift bench` has run"
        raise DataFormatError("no results here", where=file, why=why, mend=mend) from error
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise DataFormatError("not a table of results", where=file, why=f"columns missing: {', '.join(missing)}")
    return table[list(COLUMNS)]


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a csv, whole or not at all; text that a spreadsheet would take for a formula is quoted."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(_harmless)
    _replace(path, lambda fresh: safe.to_csv(fresh, index=False, float_format="%.6g"))


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@"} else cell


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({name: NUMBERS.get(name, "str") for name in COLUMNS})


def _write(path: Path, table: pd.DataFrame) -> None:
    _replace(path, lambda fresh: table.to_parquet(fresh, index=False, compression="zstd"))


def _replace(path: Path, write_to: Callable[[Path], Any]) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    write_to(fresh)
    fresh.replace(path)
