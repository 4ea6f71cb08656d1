"""`myoshift predict`: muscle activation for motion files."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from myoshift.cli.targets import AngleUnit, Convention, apart, progress, targets
from myoshift.errors import ConfigError, MyoshiftError

if TYPE_CHECKING:
    from myoshift.deploy.files import What
    from myoshift.deploy.origin import ModelUsed
    from myoshift.deploy.outputs import Form, Target
    from myoshift.predictor import Predictor

SHOWN = 4
"""Columns that a note names."""
SUFFIXES: tuple[Form, ...] = ("sto", "csv", "parquet")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How motion is read, and what of the model is written."""

    convention: str
    angle_unit: Literal["deg", "rad"] | None
    what: What
    intervals: bool


def command(
    files: Annotated[list[Path], typer.Argument(help="Joint angles: .mot, .sto, .csv, .parquet, Plug-in Gait .c3d.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A .sto, .csv or .parquet; a folder for several files.")],
    model: Annotated[
        Path | None, typer.Option("--model", help="Model folder (default: the one shipped, learned from simulation).")
    ] = None,
    form: Annotated[
        Literal["sto", "csv", "parquet", "bids"] | None,
        typer.Option("--format", help="Of what is written into a folder (default: sto, or what OUT ends in)."),
    ] = None,
    sites: Annotated[bool, typer.Option("--sites", help="What electrodes would see, in place of muscles.")] = False,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Beside each site the ends of its predictive interval.")
    ] = False,
    subject: Annotated[str, typer.Option(help="Label for BIDS, where the file's name has no sub-<label>.")] = "",
    task: Annotated[str, typer.Option(help="Label for BIDS, where the file's name has no task-<label>.")] = "",
    convention: Convention = "rajagopal",
    angle_unit: AngleUnit = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")] = False,
) -> None:
    """Per-muscle activation for motion files, as tables that OpenSim, pandas or BIDS tools open."""
    goals = _goals(files, out, form, subject, task)
    what: What = "sites" if sites else "muscles"
    asked = Asked(convention=convention, angle_unit=angle_unit, what=what, intervals=intervals)
    predictor, used = _model(model, asked)
    if not json:
        typer.secho(f"predicting with {used.name}", err=True)
    done: list[dict[str, Any]] = []
    with progress("predict", len(files), quiet=json) as advance:
        for file, goal in zip(files, goals, strict=True):
            done.append(_tried(predictor, used, file, goal, asked, alone=len(files) == 1))
            if not json:
                _tell(done[-1])
            advance()
    if json:
        shown = {"model": asdict(used), "rate": predictor.problem.rate, "columns": what, "files": done}
        typer.echo(jsonlib.dumps(shown, indent=2, allow_nan=False))
    _end(done)


def _goals(files: Sequence[Path], out: Path, form: Form | None, subject: str, task: str) -> list[Target]:
    """What is written for each file."""
    from myoshift import formats
    from myoshift.deploy.outputs import Target

    if form != "bids" and (subject or task):
        raise ConfigError("--subject and --task are for BIDS", mend="say --format bids, or leave them out")
    if form == "bids":
        if out.suffix:
            raise ConfigError(f"cannot write {out.name!r} as BIDS", mend="give a folder, the root of the data set")
        names = [formats.Name.of(file, subject, task) for file in files]
        paths = apart(files, [name.path(out) for name in names])
        return [Target(path=path, form=form, bids=(name, out)) for path, name in zip(paths, names, strict=True)]
    ending = next((each for each in SUFFIXES if out.suffix == f".{each}"), None)
    if form and ending and form != ending:
        raise ConfigError(f"--format {form}, but {out.name!r} ends in .{ending}", mend="say one of them")
    if out.suffix and not ending:
        raise ConfigError(
            f"cannot write {out.suffix!r}", mend="end the name in .sto, .csv or .parquet, or name a folder"
        )
    chosen: Form = form or ending or "sto"
    return [Target(path=path, form=chosen) for path in targets(files, out, "activation", f".{chosen}")]


def _model(folder: Path | None, asked: Asked) -> tuple[Predictor, ModelUsed]:
    from myoshift.calibration.intervals import refuse_without
    from myoshift.deploy.origin import used
    from myoshift.predictor import Predictor, shipped

    name = f"model {folder}" if folder else "the shipped model, trained on simulation only"
    place = folder or shipped.folder()
    predictor = Predictor.load(place)
    if asked.intervals:
        refuse_without(predictor)
    return predictor, used(predictor, place, name)


def _tried(
    predictor: Predictor, used: ModelUsed, file: Path, goal: Target, asked: Asked, *, alone: bool
) -> dict[str, Any]:
    """What became of a file; one that is refused does not stop the others."""
    try:
        return _predicted(predictor, used, file, goal, asked)
    except MyoshiftError as error:
        if alone:
            raise
        said = {"what": error.what, "where": error.where, "why": error.why, "mend": error.mend}
        return {"file": str(file), "error": said, "exit code": error.exit_code, "message": str(error)}


def _predicted(predictor: Predictor, used: ModelUsed, file: Path, goal: Target, asked: Asked) -> dict[str, Any]:
    from myoshift.deploy.files import predict_file
    from myoshift.deploy.origin import Origin
    from myoshift.deploy.outputs import write

    table = predict_file(
        predictor,
        file,
        convention=asked.convention,
        angle_unit=asked.angle_unit,
        what=asked.what,
        intervals=asked.intervals,
    )
    write(goal, table, Origin(motion=file, model=used, what=asked.what))
    return {
        "file": str(file),
        "out": str(goal.path),
        "columns": list(table.names),
        "rows": len(table.time),
        "start": float(table.time[0]),
        "seconds": table.duration,
        "flags": [asdict(flag) for flag in table.flags],
    }


def _tell(row: dict[str, Any]) -> None:
    if "error" in row:
        typer.secho(f"error: {row['message']}", fg="red", err=True)
        return
    typer.echo(f"{row['out']}: {len(row['columns'])} columns, {row['rows']} rows, {row['seconds']:.2f} s")
    for flag in row["flags"]:
        typer.secho(f"note: {_short(flag['where']) or Path(row['file']).name}: {flag['message']}", err=True)


def _short(where: str) -> str:
    """The first of many columns, and how many there are; JSON has them all."""
    names = where.split(", ")
    return where if len(names) <= SHOWN else f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN} more columns"


def _end(done: Sequence[dict[str, Any]]) -> None:
    """Say how many were refused, and leave with their exit code."""
    refused = [row for row in done if "error" in row]
    if refused:
        typer.secho(f"{len(refused)} of {len(done)} files were refused, the others are done", fg="red", err=True)
        raise typer.Exit(max(row["exit code"] for row in refused))
