"""`myoshift report`: the HTML page of benchmarks that have been run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    outs: Annotated[list[Path], typer.Argument(help="Folders that `myoshift bench` wrote.", metavar="OUT..")],
    page: Annotated[
        Path | None, typer.Option("--page", help="File to write; report.html in the first folder if not given.")
    ] = None,
) -> None:
    """Write report.html again: leaderboards, matrix, muscles, curves, and how the data were split."""
    from myoshift.bench.report import Written, write_report

    typer.echo(str(write_report([Written(out) for out in outs], page)))
