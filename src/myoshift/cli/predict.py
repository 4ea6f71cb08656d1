"""`myoshift predict`: muscle activation for motion files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from myoshift.cli.targets import AngleUnit, Convention, targets

if TYPE_CHECKING:
    from myoshift.predictor import Predictor


def command(
    files: Annotated[list[Path], typer.Argument(help="OpenSim motion files (.mot, .sto).")],
    model: Annotated[Path, typer.Option("--model", help="Folder that `myoshift train` wrote.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The .sto to write; a folder for several files.")],
    convention: Convention = "rajagopal",
    angle_unit: AngleUnit = None,
) -> None:
    """Per-muscle activation for motion files, as tables that OpenSim opens."""
    tables = targets(files, out, "activation")
    from myoshift.predictor import Predictor

    predictor = Predictor.load(model)
    for file, target in zip(files, tables, strict=True):
        _predict(predictor, file, target, convention, angle_unit)
        typer.echo(str(target))


def _predict(
    predictor: Predictor, file: Path, target: Path, convention: str, unit: Literal["deg", "rad"] | None
) -> None:
    from myoshift import formats
    from myoshift.deploy import predict_file

    table = predict_file(predictor, file, convention=convention, angle_unit=unit)
    target.parent.mkdir(parents=True, exist_ok=True)
    formats.write_sto(target, table, in_degrees=False, name=f"activation {file.stem}")
    for flag in table.flags:
        typer.secho(f"note: {flag.where or file.name}: {flag.message}", err=True)
