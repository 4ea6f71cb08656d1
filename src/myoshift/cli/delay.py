"""`myoshift delay`: by how much EMG comes before what a simulation, a joint moment or a model makes of the motion."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from myoshift.cli.targets import AngleUnit, Convention
from myoshift.errors import ConfigError, DataRefused

if TYPE_CHECKING:
    from myoshift.deploy.timing import Timing
    from myoshift.predictor import Predictor
    from myoshift.types import Recording

RATE = 100.0  # Hz, as of the store
WIDE = 160

Group = tuple[str, list["Recording"], float | None]
"""Name, recordings that are timed together, and the lowest rate of their files where that is known."""


def command(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Joint angles and EMG of a recording: .mot, .sto or .csv tables.")
    ] = None,
    dataset: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A registered data set; may be given again.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the data sets (default: MYOSHIFT_DATA).")] = None,
    against: Annotated[
        Literal["simulated", "torque", "model"], typer.Option(help="What the EMG is timed by.")
    ] = "simulated",
    model: Annotated[
        Path | None, typer.Option(help="Folder that `myoshift train` wrote, for --against model.")
    ] = None,
    by: Annotated[
        Literal["recording", "person"],
        typer.Option(help="One delay each, or one for a person's recordings of a task."),
    ] = "recording",
    emg_kind: Annotated[
        Literal["raw", "envelope"] | None, typer.Option(help="What the EMG of files is; it is not guessed.")
    ] = None,
    mass: Annotated[float | None, typer.Option(help="kg, of the person of the files.")] = None,
    height: Annotated[float | None, typer.Option(help="m, of the person of the files.")] = None,
    convention: Convention = "rajagopal",
    angle_unit: AngleUnit = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the delays to this .svg, and write them to a .csv beside it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Delays between EMG and activation: each with its interval, and a verdict whether the data tell it."""
    _refuse_unclear(files, dataset, against, model, plot)
    predictor = _loaded(model)
    rate = predictor.problem.rate if predictor else RATE
    if dataset:
        groups = _of_datasets(dataset, data, rate, by)
    else:
        from myoshift.deploy.pairs import Stated, read_pairs

        stated = Stated(emg_kind=emg_kind, convention=convention, angle_unit=angle_unit, mass=mass, height=height)
        pairs = read_pairs(files or [], stated, rate)
        groups = [(each.id, [each], native) for each, native in pairs]
    from myoshift.deploy.timing import timings

    rows = [
        row for name, group, native in groups for row in timings(group, against, predictor, name=name, native=native)
    ]
    if plot:
        from myoshift.deploy.delay_figure import write

        write(plot, rows)
    if json:
        typer.echo(jsonlib.dumps({"rows": [row.row() for row in rows]}, indent=2, allow_nan=False))
    else:
        _show(rows)


def _refuse_unclear(
    files: Sequence[Path] | None, dataset: Sequence[str] | None, against: str, model: Path | None, plot: Path | None
) -> None:
    if bool(files) == bool(dataset):
        raise ConfigError(
            "files and --dataset are both given" if files else "nothing to time",
            mend="name tables of joint angles and EMG, or a registered data set with --dataset",
        )
    if (against == "model") != (model is not None):
        raise ConfigError(
            "--against model needs --model, and --model needs --against model",
            mend="name the folder that `myoshift train` wrote with --model, or leave both out",
        )
    if plot and plot.suffix != ".svg":
        raise ConfigError(f"cannot draw {plot.suffix or 'this'!r}", where=plot, mend="give a name that ends in .svg")


def _loaded(model: Path | None) -> Predictor | None:
    if model is None:
        return None
    from myoshift.predictor import Predictor

    return Predictor.load(model)


def _of_datasets(names: Sequence[str], data: Path | None, rate: float, by: str) -> list[Group]:
    """Recordings with measured EMG, alone or with the others of the person and task."""
    from myoshift.datasets import Preparation, load, recordings
    from myoshift.deploy.timing import measured

    groups: dict[str, Group] = {}
    for name in dict.fromkeys(names):
        info = load(name).info
        native = min((*info.motion_rates, *info.emg_rates), default=None)
        for each in recordings([name], data, Preparation(rate=rate)):
            key = each.id if by == "recording" else f"{name}/{each.subject}/{each.population}-{each.task}"
            if measured(each):
                groups.setdefault(key, (key, [], native))[1].append(each)
    if not groups:
        raise DataRefused(
            "no recording has measured EMG beside its motion", where=", ".join(names), mend="name another data set"
        )
    return list(groups.values())


def _show(rows: Sequence[Timing]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:  # in a file or pipe nothing needs to be folded to 80 letters
        console.width = WIDE
    for name in dict.fromkeys(row.recording for row in rows):
        table = Table(title=Text(name), title_justify="left")
        for heading in ("muscle", "delay s", "95 %", "r", "best r", "against", "verdict", "why"):
            table.add_column(heading, overflow="fold")
        for row in rows:
            if row.recording == name:
                table.add_row(*(Text(cell) for cell in _cells(row)))
        console.print(table)
    console.print("A positive delay: the activation, the moment or the prediction comes after the EMG.")


def _cells(row: Timing) -> tuple[str, ...]:
    delay = "" if row.delay is None else f"{row.delay:.3f}"
    interval = "" if row.low is None or row.high is None else f"{row.low:.3f}..{row.high:.3f}"
    fits = ("" if value != value else f"{value:.2f}" for value in (row.r0, row.r_best))
    return row.muscle, delay, interval, *fits, row.against, row.verdict, row.why
