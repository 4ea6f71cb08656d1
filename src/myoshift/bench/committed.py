"""Committed scores: `docs/results/<benchmark>.parquet`, what it was made of, and how later work resumes from it.

A committed run has scores and nothing else. So the runs whose curves a page draws are made anew, and what they score
is held against what was committed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from myoshift.bench import build, results, signs
from myoshift.bench.plan import Job, Run, digest
from myoshift.bench.runs import Mode, run_folder, wanted
from myoshift.bench.spec import Benchmark
from myoshift.errors import DataRefused
from myoshift.estimators.named import by_gradient
from myoshift.types import Recording

METRICS = ("r", "r_best", "lag", "rmse", "r2", "variance_ratio")
RUN = ["protocol", "fold", "method", "seed"]
ROW = [*RUN, "subject", "side", "condition", "scope", "muscle"]
FILE, ABOUT = "committed.json", b"myoshift"
LARGEST = 1_000_000  # bytes; a repository is no store
MADE_HERE = "made here"


@dataclass(frozen=True)
class Committed:
    """A table of committed scores and what is said of it: hashes of its benchmark, its data and its code, version."""

    path: Path
    table: pd.DataFrame
    about: dict[str, Any]

    @cached_property
    def runs(self) -> dict[tuple[str, str, str, int], Any]:
        """Rows of every run, by protocol, fold, method and seed; without the protocols that are said to be stale."""
        there = self.table[~self.table["protocol"].isin(self.about.get("stale", []))]
        groups: Any = there.groupby(RUN, sort=False).groups
        return dict(groups)

    @property
    def origin(self) -> str:
        """Where an adopted run comes from, in words."""
        return (
            f"committed scores (code {self.about.get('code', 'unknown')}, version {self.about.get('version', '?')})"
        )


@dataclass(frozen=True)
class Resumed:
    """What a benchmark took over: how many runs, from where, and in one sentence why not where it did not."""

    committed: Committed | None = None
    adopted: tuple[str, ...] = ()
    refused: str = ""
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """One sentence for whoever runs the benchmark; empty where there are no committed scores."""
        taken = f"{len(self.adopted)} runs taken over from {self.committed.path}" if self.committed else ""
        return self.refused or taken


def beside(benchmark: Path, name: str) -> Path | None:
    """The committed scores that belong to a benchmark file of a checkout, if there are any."""
    path = benchmark.resolve().parent.parent / "docs" / "results" / f"{name}.parquet"
    return path if path.is_file() else None


def read(path: Path) -> Committed:
    """A file of committed scores.

    Raises
    ------
    DataFormatError
        When it is no table of results.
    """
    table = results.read(path)
    try:
        about = dict(json.loads((pq.read_schema(path).metadata or {}).get(ABOUT, b"{}")))
    except ValueError:
        about = {}
    return Committed(path, table, about)


def data_digest(recordings: Iterable[Recording]) -> str:
    """Hash of the measured recordings of a benchmark: files, people, channels, lengths, and sizes to three digits.

    The same on every machine, whose last bits of a filtered envelope differ; another unit, sign or filter changes it.
    """
    facts = [_facts(r) for r in sorted(recordings, key=lambda r: (r.id, r.start)) if r.kind == "emg_envelope"]
    return digest(facts)


def _facts(recording: Recording) -> list[Any]:
    names = [recording.id, recording.institution, recording.domain, recording.rate, len(recording.motion)]
    files = sorted(file.sha256 for file in recording.provenance)
    sizes = [f"{np.sqrt(np.nanmean(np.square(v, dtype=np.float64))):.3g}" for v in _blocks(recording)]
    return [*names, recording.motion_names, recording.activation_names, files, sizes]


def _blocks(recording: Recording) -> Iterable[np.ndarray[Any, np.dtype[np.float32]]]:
    return (v for v in (recording.motion, recording.activation) if np.isfinite(v).any())


def drawn(spec: Benchmark) -> tuple[str, ...]:
    """Methods of the first protocol whose curves a page draws: the first trained by gradient, and the reference."""
    first = spec.protocols[0]
    there = first.methods or tuple(method.label for method in spec.methods)
    trained = next((label for label in there if by_gradient(spec.method(label).name)), "")
    both = (trained, first.reference or spec.reference)
    return tuple(dict.fromkeys(label for label in both if label in there))


def adopt(file: Path | None, spec: Benchmark, data: str, out: Path, jobs: Iterable[Job], mode: Mode) -> Resumed:
    """Take over the committed scores of planned runs that are not done, as run folders without curves and model.

    Not those of a shipped model, which may be another one by now. Nothing is taken over when the scores are of
    another benchmark or other data, or when all is to be done anew.
    """
    runs = [run for job in jobs for run in job.runs]
    if file is None or mode in ("force", "read-only"):
        return Resumed(sources=_sources(out, runs, mode))
    found = read(file)
    if why := _refusal(found, spec, data):
        return Resumed(refused=f"nothing taken over from {file}: {why}", sources=_sources(out, runs, mode))
    shown = drawn(spec)
    adopted = [
        run
        for run in runs
        if _key(run) in found.runs
        and wanted(run_folder(out, run.id).state(), mode)
        and not (run.protocol == spec.protocols[0].label and run.seed == 0 and run.method in shown)
        and not build.beforehand(spec, run.method)
    ]
    for run in adopted:
        _take(found, run, out)
    return Resumed(found, tuple(run.id for run in adopted), sources=_sources(out, runs, mode))


def _refusal(found: Committed, spec: Benchmark, data: str) -> str:
    for name, what, here in (("digest", "benchmark", spec.digest), ("data", "recordings", data)):
        there = found.about.get(name)
        if there is None:
            return f"it does not say of which {what} it is"
        if there != here:
            return f"its scores are of other {what} ({there}, here {here})"
    return ""


def _key(run: Run) -> tuple[str, str, str, int]:
    return run.protocol, run.fold, run.method, run.seed


def _take(found: Committed, run: Run, out: Path) -> None:
    rows, folder = found.table.loc[found.runs[_key(run)]], run_folder(out, run.id)
    origin = {"run": str(rows["run"].iloc[0]), "source": found.origin}
    folder.begin({**run.config, "adopted": origin})
    results.write_table(folder.scores, rows.assign(run=run.id))
    folder.log("adopted", **origin)
    folder.finish()


def _sources(out: Path, runs: Iterable[Run], mode: Mode) -> dict[str, str]:
    """By run, where its scores come from; what is still to be done is made here, whatever its folder says."""
    folders = {run.id: run_folder(out, run.id) for run in runs}
    kept = {run for run, folder in folders.items() if not wanted(folder.state(), mode)}
    return {run: _adopted(out, run).get("source", MADE_HERE) if run in kept else MADE_HERE for run in folders}


def _adopted(out: Path, run: str) -> dict[str, str]:
    """Where an adopted run comes from; empty for one that was made here."""
    file = run_folder(out, run).path / "config.json"
    return dict(json.loads(file.read_text(encoding="utf-8")).get("adopted", {})) if file.is_file() else {}


def conclude(resumed: Resumed, out: Path, table: pd.DataFrame) -> Path:
    """`committed.json`: what was taken over, and how far the runs that were made anew score as the committed ones."""
    sources = pd.Series(resumed.sources, dtype=object)
    made = [run for run in table["run"].unique() if resumed.sources[run] == MADE_HERE]
    again = reproduced(table[table["run"].isin(made)], resumed.committed) if resumed.committed else []
    content = {
        "file": resumed.committed.path.name if resumed.committed else "",
        "about": resumed.committed.about if resumed.committed else {},
        "refused": resumed.refused,
        "sources": {str(name): int(count) for name, count in sources.value_counts().sort_index().items()},
        "made_anew": len(again),
        "largest": max((run["largest"] for run in again), default=0.0),
        "reproduced": again,
    }
    path = out / FILE
    path.write_text(json.dumps(content, indent=1, allow_nan=False), encoding="utf-8")
    return path


def told(out: Path) -> dict[str, Any]:
    """`committed.json` of a benchmark's folder; empty where there is none."""
    path = out / FILE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def reproduced(table: pd.DataFrame, committed: Committed) -> list[dict[str, Any]]:
    """For every run that was made anew and was committed: how many r were compared, the largest difference of two.

    `unlike` counts scores that one has and the other has not. Committed values are rounded to 4 decimals.
    """
    there = committed.table[committed.table["metric"] == "r"]
    fresh = table[table["metric"] == "r"][[*ROW, "value"]]
    both = fresh.merge(there[[*ROW, "value"]], on=ROW, how="outer", suffixes=("", "_old"), indicator=True)
    made = set(fresh[RUN].itertuples(index=False, name=None)) & committed.runs.keys()
    runs = {key: rows for key, rows in both.groupby(RUN) if key in made}
    return [{**dict(zip(RUN, key, strict=True)), **_apart(rows)} for key, rows in runs.items()]


def _apart(rows: pd.DataFrame) -> dict[str, Any]:
    apart = (rows["value"] - rows["value_old"]).abs()
    unlike = (rows["value"].isna() != rows["value_old"].isna()) | (rows["_merge"] != "both")
    largest = float(apart.max()) if apart.notna().any() else 0.0
    return {"compared": int(apart.notna().sum()), "largest": round(largest, 6), "unlike": int(unlike.sum())}


def publish(out: Path, path: Path) -> Path:
    """Write the scores of a benchmark's folder as they are committed: six metrics and signs, four decimals, sorted.

    Runs that were taken over keep the name that they had.

    Raises
    ------
    DataRefused
        When the file would be larger than a repository should hold.
    """
    plan = json.loads((out / "benchmark.json").read_text(encoding="utf-8"))
    table = results.read(out)
    names = {run: _adopted(out, run).get("run", run) for run in table["run"].unique()}
    table = table[table["metric"].isin(METRICS) | table["metric"].str.startswith(signs.PREFIX)]
    table = table.assign(value=table["value"].round(4) + 0.0, run=table["run"].map(names))
    adopted: dict[str, int] = {}
    for run in plan["runs"]:
        if run["source"] != MADE_HERE and run["run"] in names:
            adopted[run["source"]] = adopted.get(run["source"], 0) + 1
    about = {name: plan[name] for name in ("digest", "data", "code", "version")}
    return write(path, table.sort_values(results.ORDER, kind="stable"), {**about, "adopted": adopted})


def write(path: Path, table: pd.DataFrame, about: dict[str, Any]) -> Path:
    """A file of committed scores with what is said of it, whole or not at all."""
    content = pa.Table.from_pandas(table, preserve_index=False)
    content = content.replace_schema_metadata({**(content.schema.metadata or {}), ABOUT: json.dumps(about).encode()})
    fresh = path.with_name(f".{path.name}.new")
    pq.write_table(content, fresh, compression="zstd", compression_level=19)
    if (size := fresh.stat().st_size) >= LARGEST:
        fresh.unlink()
        raise DataRefused("too large to be committed", where=path, why=f"{size:,} bytes, {LARGEST:,} at most")
    fresh.replace(path)
    return path


def code(jobs: Iterable[Job]) -> str:
    """One hash of the code of all runs of a benchmark."""
    return hashlib.sha256(
        " ".join(sorted({run.config["code"] for job in jobs for run in job.runs})).encode()
    ).hexdigest()[:16]
