"""`myoshift demo`: the main job in virtual laboratories that come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    out: Annotated[Path, typer.Option("--out", help="Folder for runs, results and report.")] = Path("runs/demo"),
) -> None:
    """Learn from simulation, be tested in virtual laboratories, report: under three minutes, no download."""
    from myoshift.bench import campaign
    from myoshift.bench import spec as specs
    from myoshift.cli.bench import cores, progress, show

    benchmark = specs.read("demo")
    with progress("demo") as tell:
        outcome = campaign.run(benchmark, out, workers=cores(), progress=tell)
    show(outcome, only=benchmark.protocols[0].label)
    if outcome.failed:
        raise typer.Exit(1)
