"""`myoshift train`: one model from every lab of a benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder with one folder per data set (default: MYOSHIFT_DATA).")
]


def command(
    spec: Annotated[Path, typer.Argument(help="Benchmark file, or the name of a shipped one: gait, knee, ...")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Model folder to write.")],
    method: Annotated[str, typer.Option(help="Which of the benchmark's methods to train.")] = "ensemble",
    data: DataOption = None,
    seed: Annotated[int, typer.Option(help="Seed of every random draw.")] = 0,
    simulated: Annotated[
        Literal["none", "fixed", "drawn"] | None,
        typer.Option(help="Learn from the benchmark's simulated source alone, as this sensor sees it."),
    ] = None,
) -> None:
    """Train one model on all people of a benchmark and write its folder."""
    from rich.console import Console

    from myoshift.bench import build
    from myoshift.bench import spec as specs
    from myoshift.predictor.folder import refuse_foreign

    benchmark = specs.read(spec)
    refuse_foreign(out.resolve())  # before the minutes of training, not after
    people = "simulated people" if simulated else ", ".join((*benchmark.datasets, *benchmark.domains))
    with Console(stderr=True).status(f"training {method} on {people}"):
        predictor = build.fit(benchmark, method, data, seed=seed, simulated=simulated)
    predictor.save(out)
    typer.echo(str(out))
