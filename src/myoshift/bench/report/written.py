"""What the folder of a benchmark holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from myoshift.bench import results, stats
from myoshift.bench.runs import Folder, run_folder
from myoshift.bench.spec import Benchmark
from myoshift.errors import DataFormatError


@dataclass(frozen=True)
class Written:
    """What the folder of a benchmark holds."""

    out: Path

    @cached_property
    def plan(self) -> dict[str, Any]:
        """`benchmark.json`: the benchmark as it was run."""
        file = self.out / "benchmark.json"
        try:
            return dict(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            mend = "name a folder that `myoshift bench` has written"
            raise DataFormatError("no benchmark here", where=file, why=str(error), mend=mend) from error

    @cached_property
    def spec(self) -> Benchmark:
        """The benchmark."""
        return Benchmark.model_validate(self.plan["spec"])

    @cached_property
    def results(self) -> pd.DataFrame:
        """The view of all scores."""
        return results.read(self.out)

    @cached_property
    def leaderboard(self) -> pd.DataFrame:
        """One row per method and section."""
        return stats.leaderboard(self.results, self.spec)

    def runs(self, **wanted: object) -> list[tuple[dict[str, Any], Folder]]:
        """Planned runs with these properties, and their folders."""
        chosen = (run for run in self.plan["runs"] if all(run[key] == value for key, value in wanted.items()))
        return [(run, run_folder(self.out, run["run"])) for run in chosen]


def write_leaderboard(written: Written) -> Path:
    """`leaderboard.csv` of a benchmark's folder."""
    path = written.out / "leaderboard.csv"
    results.write_csv(path, written.leaderboard)
    return path
