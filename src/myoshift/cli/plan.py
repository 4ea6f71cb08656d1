"""`myoshift plan`: which electrodes, and how many strides, are expected to buy most."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from myoshift.cli.targets import AngleUnit, Convention

if TYPE_CHECKING:
    from myoshift.calibration.planner import Plan

STRIDE = 1.1  # s, of usual walking


def command(
    model: Annotated[Path, typer.Option("--model", help="Folder that `myoshift train` wrote.")],
    seconds: Annotated[float, typer.Option(help="EMG of one leg that there will be.")] = 10.0,
    electrodes: Annotated[int, typer.Option(help="How many muscles will be measured.")] = 2,
    motion: Annotated[
        Path | None, typer.Option(help="A motion file like those to come (default: an embedded level walk).")
    ] = None,
    convention: Convention = "rajagopal",
    angle_unit: AngleUnit = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Which muscles to measure, and for how long, before calibrating: expected under the priors, not measured."""
    from myoshift.calibration.planner import plan, typical
    from myoshift.predictor import Predictor

    predictor = Predictor.load(model)
    rate = predictor.problem.rate
    if motion is None:
        recording = typical(rate)
    else:
        from myoshift.deploy import read_motion

        recording = read_motion(motion, rate, convention=convention, angle_unit=angle_unit)
    simulated = predictor.model.kind == "static_optimisation"
    found = plan(predictor, recording, seconds=seconds, electrodes=electrodes, simulated=simulated)
    if json:
        typer.echo(jsonlib.dumps(asdict(found), indent=2, allow_nan=False))
    else:
        _show(found)


def _show(found: Plan) -> None:
    best = [(each.muscle, f"{each.gain:.1%}") for each in found.electrodes]
    _print(f"electrodes, best first ({found.seconds:g} s)", ("muscle", "variance gone"), best)
    times = [(f"{s:g}", f"{s / STRIDE:.0f}", f"{gain:.1%}") for s, gain in found.by_seconds]
    _print("time, with all of these", ("seconds", "strides", "variance gone"), times)
    left = [(m.muscle, "yes" if m.measured else "", f"{m.before:.3f}", f"{m.after:.3f}") for m in found.muscles]
    _print("SD that the sensors leave", ("muscle", "measured", "before", "after"), left)
    typer.echo("Expected under the priors, not measured. SD in units of a person's 95th percentile.")


def _print(title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
