"""`myoshift virtual-lab`: randomised laboratories, simulated and stored."""

from __future__ import annotations

import json as jsonlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from myoshift.simulate.domain import Person


def command(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write: one store per laboratory.")],
    subjects: Annotated[int, typer.Option(min=1, help="People, shared out among the laboratories.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random draw.")] = 0,
    config: Annotated[
        Path | None, typer.Option(help="YAML with other ranges, movements, laboratories; the rest keeps its default.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print every person as JSON instead of tables.")] = False,
) -> None:
    """Draw people and laboratories from declared ranges, simulate their muscles, and store what their sensors see."""
    from rich.console import Console
    from rich.progress import Progress

    from myoshift.formats.settings import read_settings
    from myoshift.simulate.domain import write_labs
    from myoshift.simulate.randomise import Config

    chosen = read_settings(config, Config) if config else Config()
    with Progress(console=Console(stderr=True), disable=json, transient=True) as bar:
        task = bar.add_task("virtual-lab", total=subjects)
        people = write_labs(out, subjects, seed, chosen, progress=lambda _: bar.advance(task))
    if json:
        typer.echo(jsonlib.dumps([asdict(person) for person in people], indent=2))
    else:
        _show(people, out)
    if not any(person.recordings for person in people):
        raise typer.Exit(1)


def _show(people: Sequence[Person], out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    hours = sum(person.seconds for person in people) / 3600
    table = Table(title=f"{sum(bool(p.recordings) for p in people)} people, {hours:.2f} h")
    rows = [
        _row(lab, [p for p in people if p.laboratory == lab]) for lab in dict.fromkeys(p.laboratory for p in people)
    ]
    for column in rows[0]:
        table.add_column(column, no_wrap=True)
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)
    for what in ("rejected", "left_out"):
        said = {"rejected": "rejected and drawn again", "left_out": "movements left out"}[what]
        for why, count in Counter(_kind(why) for person in people for why in getattr(person, what)).most_common():
            typer.echo(f"{said}: {count} x {why}")
    for person in people:
        if not person.recordings:
            typer.echo(f"left out: {person.subject} of {person.laboratory}, {len(person.rejected)} draws rejected")
    typer.echo(str(out))


def _row(lab: str, people: Sequence[Person]) -> dict[str, Any]:
    there = [person for person in people if person.recordings] or people
    return {
        "lab": lab,
        "people": sum(bool(person.recordings) for person in people),
        "age": _span([person.age for person in there], "0f"),
        "kg": _span([person.mass for person in there], "0f"),
        "m": _span([person.height for person in there], "2f"),
        "trials": sum(person.recordings for person in people),
        "hours": f"{sum(person.seconds for person in people) / 3600:.2f}",
        "rejected": sum(len(person.rejected) for person in people),
    }


def _span(values: Sequence[float], digits: str) -> str:
    low, high = (f"{value:.{digits}}" for value in (min(values), max(values)))
    return low if low == high else f"{low}-{high}"


def _kind(why: str) -> str:
    """The movement of a rejection, without its numbers."""
    return f"{why.partition(':')[0]}: the muscles do not explain the motion"
