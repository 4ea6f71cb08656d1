"""A whole benchmark: plan, do what is not done yet, and write the view of all scores."""

from __future__ import annotations

import json
import shutil
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from myoshift import __version__
from myoshift.bench import build, committed, folds, protocols, results, synthetic, work
from myoshift.bench.cohort import gather
from myoshift.bench.execution import Pool, Task, execute, processes
from myoshift.bench.plan import Job, left_out, plan
from myoshift.bench.report import Written, write_leaderboard, write_report
from myoshift.bench.runs import Mode, model_folder, run_folder, wanted
from myoshift.bench.spec import Benchmark
from myoshift.errors import ConfigError

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Outcome:
    """Where the results are, and how many runs are behind them."""

    written: Written
    results: Path
    leaderboard: Path
    report: Path
    planned: int
    done: int
    failed: tuple[str, ...]
    resumed: str = ""


def run(
    spec: Benchmark,
    out: Path,
    *,
    data: Path | None = None,
    mode: Mode = "cached",
    workers: int = 1,
    pool: Pool | None = None,
    progress: Progress = lambda done, total, what: None,
    resume: Path | None = None,
) -> Outcome:
    """Do every protocol x fold x method x seed of a benchmark that is not done, then write the tables and the report.

    Parameters
    ----------
    out : folder of the benchmark; its runs are kept and reused
    mode : `cached` reuses what is done and leaves errors, `retry` also redoes errors, `force` redoes all,
        `read-only` does nothing but write the tables anew
    pool : makes the executor; processes of one thread each when None
    progress : told jobs done, jobs to do, and what was done last
    resume : committed scores, which runs that are not done are taken over from (see `bench.committed`)

    Raises
    ------
    ConfigError
        When the benchmark names unknown settings, or another process is at work in the same folder.
    LeakageError
        When somebody or something is on both sides of a fold; nothing is learned then.
    """
    for protocol in spec.protocols:
        protocols.check_settings(protocol, spec.conditions)
    build.check_settings(spec)
    out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / ".lock", timeout=0):
            cohort = gather(spec, data)
            jobs = plan(spec, cohort)
            folds.write(out, spec, cohort)
            measured = committed.data_digest(cohort.recordings)
            resumed = committed.adopt(resume, spec, measured, out, jobs, mode)
            _write_plan(spec, out, jobs, left_out(spec, cohort), measured, resumed)
            _do(spec, data, out, jobs, mode, workers, pool or processes(workers), progress)
            return _conclude(out, jobs, resumed)
    except Timeout as error:
        raise ConfigError(
            "another benchmark is at work in this folder", where=out, mend="name another --out"
        ) from error


def _write_plan(
    spec: Benchmark,
    out: Path,
    jobs: tuple[Job, ...],
    left: tuple[tuple[str, str, str], ...],
    measured: str,
    resumed: committed.Resumed,
) -> None:
    """`benchmark.json`: the benchmark as it was run, hashes of its data and code, its runs, and who is left out.

    It is written before anything is learned or scored.
    """
    names = ("run", "protocol", "fold", "method", "seed", "model", "source")
    runs = [
        (run.id, run.protocol, run.fold, run.method, run.seed, job.key, resumed.sources[run.id])
        for job in jobs
        for run in job.runs
    ]
    content = {
        "spec": spec.model_dump(mode="json"),
        "digest": spec.digest,
        "data": measured,
        "code": committed.code(jobs),
        "version": __version__,
        "frozen": spec.synthetic and synthetic.frozen(spec.synthetic),
        "left_out": [dict(zip(("protocol", "method", "why"), each, strict=True)) for each in left],
        "runs": [dict(zip(names, run, strict=True)) for run in runs],
    }
    fresh = out / ".benchmark.json.new"
    fresh.write_text(json.dumps(content, indent=1), encoding="utf-8")
    fresh.replace(out / "benchmark.json")


def _do(
    spec: Benchmark,
    data: Path | None,
    out: Path,
    jobs: tuple[Job, ...],
    mode: Mode,
    workers: int,
    pool: Pool,
    progress: Progress,
) -> None:
    todo = {job.key: pending for job in jobs if (pending := _pending(job, out, mode)).runs}
    if mode == "force":
        for key in todo:
            shutil.rmtree(model_folder(out, key), ignore_errors=True)
    tasks = [Task(key, work.message(spec, data, out, job), job.members) for key, job in todo.items()]
    count = 0
    progress(0, len(tasks), "")

    def finished(task: Task, error: BaseException | None) -> None:
        nonlocal count
        count += 1
        job = todo[task.key]
        for each in job.runs if error else ():
            run_folder(out, each.id).fail("".join(traceback.format_exception(error)))
        progress(count, len(tasks), f"{job.method} {job.seed}: {job.runs[0].fold}")

    execute(tasks, work.perform, pool, finished, width=workers)


def _pending(job: Job, out: Path, mode: Mode) -> Job:
    """The job with those of its runs that the mode wants done."""
    runs = tuple(run for run in job.runs if wanted(run_folder(out, run.id).state(), mode))
    return replace(job, runs=runs)


def _conclude(out: Path, jobs: tuple[Job, ...], resumed: committed.Resumed) -> Outcome:
    """Write the tables and the page from the runs that are done."""
    states = {run.id: run_folder(out, run.id).state() for job in jobs for run in job.runs}
    done = [run for run, state in states.items() if state == "done"]
    table, written = results.rebuild(out, done), Written(out)
    committed.conclude(resumed, out, written.results)
    return Outcome(
        written=written,
        results=table,
        leaderboard=write_leaderboard(written),
        report=write_report([written]),
        planned=len(states),
        done=len(done),
        failed=tuple(run for run, state in states.items() if state == "error"),
        resumed=resumed.said,
    )
