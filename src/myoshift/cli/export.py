"""`myoshift export`: a model as ONNX, for programs that have neither Python nor torch."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer


def command(
    model: Annotated[Path, typer.Option("--model", help="Folder that `myoshift train` or `calibrate` wrote.")],
    onnx: Annotated[Path, typer.Option("--onnx", help="The .onnx file to write, for whole recordings.")],
    step: Annotated[
        Path | None, typer.Option("--step", help="A second .onnx file, of a causal model: one frame and its state.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """A model as ONNX files that onnxruntime runs alone, compared with the model before they are written."""
    from myoshift.deploy.onnx import export

    files = export(model, onnx, step)
    if json:
        typer.echo(jsonlib.dumps({"files": [asdict(each) for each in files]}, indent=2, allow_nan=False))
        return
    for each in files:
        ports = f"{', '.join(each.inputs)} -> {', '.join(each.outputs)}"
        compared = "" if each.difference is None else f", differs from the model by {each.difference:.1e} at most"
        typer.echo(f"{each.file}: {ports}, {each.size / 1000:.0f} kB, opset {each.opset}{compared}")
    if any(each.difference is None for each in files):
        typer.secho("note: not compared with the model: onnxruntime is not installed", err=True)
