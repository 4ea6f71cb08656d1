"""`myoshift bench`: every protocol, method and seed of a benchmark."""

from __future__ import annotations

import json as jsonlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    import pandas as pd

    from myoshift.bench.campaign import Outcome
    from myoshift.bench.execution import Pool
    from myoshift.bench.report import Written
    from myoshift.bench.spec import Benchmark

Progress = Callable[[int, int, str], None]
ALL = 10_000
"""Jobs under way on a cluster, which has a queue of its own."""
NO_TOY = "not measured: the toy shifts are for methods that are trained by gradient"
SECTION = ["protocol", "condition", "scope", "access"]


def command(
    spec: Annotated[Path, typer.Argument(help="Benchmark file, or the name of a shipped one: gait, knee, ...")],
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder with one folder per data set; $MYOSHIFT_DATA if not given.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for runs and results; runs/<benchmark> if not given."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            help="Processes of one thread, one per core if not given; jobs under way on a cluster, all if not given.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDR", help="Dask scheduler whose workers do the jobs: tls://HOST:PORT."),
    ] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure-cluster", help="Take tcp:// to another machine, on a network that you trust.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="One seed, 300 steps, cheap methods, one institution held out at a time.")
    ] = False,
    hours: Annotated[
        float | None,
        typer.Option("--hours", help="About so many hours of each data set, spread over people, sessions and tasks."),
    ] = None,
    mode: Annotated[
        Literal["cached", "retry", "force", "read-only"],
        typer.Option(help="Reuse what is done; also redo errors; redo all; only write the tables anew."),
    ] = "cached",
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume", help="Committed scores to take over; those in docs/results of the checkout if not given."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Hold out whole laboratories, train, score, and write results.parquet, leaderboard.csv, report.html, cards."""
    from myoshift.bench import campaign, committed
    from myoshift.bench import spec as specs

    benchmark = specs.read(spec)
    benchmark = benchmark.quick() if quick else benchmark
    benchmark = benchmark if hours is None else benchmark.shortened(hours)
    out = out or Path("runs") / benchmark.name
    data = _stated(data) if cluster else data
    pool = _workers(cluster, benchmark, out, data, insecure=insecure) if cluster else None
    with progress(f"bench {benchmark.name}") as tell:
        outcome = campaign.run(
            benchmark,
            out,
            data=data,
            mode=mode,
            workers=workers or (ALL if pool else cores()),
            pool=pool,
            progress=tell,
            resume=resume or committed.beside(specs.find(spec), benchmark.name),
        )
    write_cards(outcome.written, out / "cards", data=data)
    show(outcome, json=json)
    if outcome.failed:
        raise typer.Exit(1)


def write_cards(written: Written, folder: Path, *, data: Path | None = None) -> list[Path]:
    """Cards of the data sets, methods and models of a benchmark, with what methods gained on their toy shift."""
    from myoshift.bench import cards
    from myoshift.testing import toys

    gained = {card["method"]: toys.statement(card) for card in toys.cards()} | {
        toys.BASELINE: "all are compared with it"
    }
    return cards.write_cards(written, folder, data=data, toy=lambda name: gained.get(name, NO_TOY))


def _stated(data: Path | None) -> Path:
    """The folder of the data sets by name: the workers' own surroundings may hold another."""
    from myoshift.datasets import data_root

    return data_root(data)


def _workers(address: str, benchmark: Benchmark, out: Path, data: Path | None, *, insecure: bool) -> Pool:
    from myoshift.bench.cluster import cluster

    names = [method.name for method in benchmark.methods]
    return cluster(address, out, methods=names, data=data, insecure=insecure)


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A bar on stderr that says how many jobs are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[last]}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, last="reading data")

        def tell(done: int, total: int, last: str) -> None:
            bar.update(task, completed=done, total=total, last=last)

        yield tell


def show(outcome: Outcome, *, json: bool = False, only: str | None = None) -> None:
    """Print the leaderboard and where everything is; `only` names the one protocol that is printed."""
    board = outcome.written.leaderboard
    board = board[board["protocol"] == only] if only else board
    if json:
        typer.echo(jsonlib.dumps(_summary(outcome, board), indent=1))
        return
    for (protocol, condition, scope, access), rows in board.groupby(SECTION, sort=False):
        place = "" if scope == "person" else f", {scope} trials"
        _table(f"{protocol}: {condition}{place}, {access}", rows)
    typer.echo(f"runs done: {outcome.done} of {outcome.planned}, failed: {len(outcome.failed)}")
    if outcome.resumed:
        typer.echo(outcome.resumed, err=True)
    for left in outcome.written.plan["left_out"]:
        typer.echo(f"left out of {left['protocol']}: {left['method']} needs {left['why']}", err=True)
    for run in outcome.failed[:3]:
        typer.secho(f"failed: {outcome.results.parent / 'runs' / run / 'ERROR'}", fg="red", err=True)
    for path in (outcome.results, outcome.leaderboard, outcome.report):
        typer.echo(str(path))


def _summary(outcome: Outcome, board: pd.DataFrame) -> dict[str, object]:
    return {
        "results": str(outcome.results),
        "leaderboard": str(outcome.leaderboard),
        "report": str(outcome.report),
        "planned": outcome.planned,
        "done": outcome.done,
        "failed": list(outcome.failed),
        "rows": jsonlib.loads(board.to_json(orient="records")),
    }


def _table(title: str, rows: pd.DataFrame) -> None:
    """Plain text, so that no number is cut off however narrow the terminal is."""
    from myoshift.bench import stats

    people, places = rows["people"].max(), rows["institutions"].max()
    table = [("method", "r by person", "by institution", "best r", "difference")]
    for row in rows.to_dict("records"):
        r = f"{row['r']:.3f} {stats.bracket(row['r_hierarchical_low'], row['r_hierarchical_high'])}"
        known = row["difference"] == row["difference"]  # not NaN
        against = (f"{row['difference']:+.3f} " if known else "") + str(row["verdict"]).partition(" (")[0]
        table.append((row["method"], r, f"{row['r_institution']:.3f}", f"{row['r_best']:.3f}", against))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    typer.secho(f"{title} ({stats.sample(people, places)})", bold=True)
    for cells in table:
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        typer.echo(f"  {line.rstrip()}")
