"""`myoshift predict`: muscle activation for motion files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from myoshift.errors import ConfigError

if TYPE_CHECKING:
    from myoshift.predictor import Predictor


def command(
    files: Annotated[list[Path], typer.Argument(help="OpenSim motion files (.mot, .sto).")],
    model: Annotated[Path, typer.Option("--model", help="Folder that `myoshift train` wrote.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The .sto to write; a folder for several files.")],
    convention: Annotated[
        str, typer.Option(help="Whose names and signs the angles follow: rajagopal, gait2392, ...")
    ] = "rajagopal",
    angle_unit: Annotated[
        Literal["deg", "rad"] | None, typer.Option(help="For files whose header does not say.")
    ] = None,
) -> None:
    """Per-muscle activation for motion files, as tables that OpenSim opens."""
    targets = _targets(files, out)
    from myoshift.predictor import Predictor

    predictor = Predictor.load(model)
    for file, target in zip(files, targets, strict=True):
        _predict(predictor, file, target, convention, angle_unit)
        typer.echo(str(target))


def _targets(files: list[Path], out: Path) -> list[Path]:
    """One output path per file; names must be told apart."""
    if len(files) == 1 and out.suffix == ".sto":
        return [out]
    if len(files) == 1 and out.suffix:
        raise ConfigError(f"cannot write {out.suffix!r}", where=out, mend="give an output name ending in .sto")
    names = [f"{file.stem}_activation.sto" for file in files]
    if len(set(names)) != len(names):
        raise ConfigError("two files have the same name", why=", ".join(names), mend="predict them apart")
    return [out / name for name in names]


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
