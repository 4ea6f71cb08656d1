"""`myoshift fit-paths`: the table of an OpenSim model, for `simulate --table`."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from myoshift.errors import ConfigError

if TYPE_CHECKING:
    from myoshift.simulate.fit.osim import Fitted

SHOWN = 5  # muscles that fit worst


def command(
    file: Annotated[Path, typer.Argument(metavar="MODEL.osim", help="OpenSim model with muscles of both legs.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Table to write (JSON).")],
    height: Annotated[
        float | None, typer.Option(help="m, of the person (default: that to expect of the model's mass).")
    ] = None,
    convention: Annotated[
        str, typer.Option(help="How the model counts its coordinates: rajagopal, gait2392, kul, kul_mri.")
    ] = "rajagopal",
    poses: Annotated[int, typer.Option(min=200, help="Random poses to fit to; a tenth more are held out.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the poses.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Fit polynomial muscle paths to an OpenSim model (extra `opensim`); write them with segments and points."""
    from rich.console import Console
    from rich.progress import Progress

    from myoshift.anatomy import CONVENTIONS
    from myoshift.formats import hash_file
    from myoshift.simulate import table
    from myoshift.simulate.fit.osim import fit_model, total

    if convention not in CONVENTIONS:
        raise ConfigError(f"no convention {convention!r}", mend=f"name one of {', '.join(CONVENTIONS)}")
    if out.is_dir() or not out.parent.is_dir():  # said before the minute of work, not after
        raise ConfigError(
            "the table cannot be written there", where=out, mend="name a file in a folder that is there"
        )
    with Progress(console=Console(stderr=True), disable=json, transient=True) as bar:
        task = bar.add_task("poses", total=total(poses))
        fitted = fit_model(
            file,
            height=height,
            convention=convention,
            poses=poses,
            seed=seed,
            progress=lambda done: bar.update(task, completed=done),
        )
    about = {
        "source": file.name,
        "sha256": hash_file(file),
        "made by": f"myoshift fit-paths --convention {convention} --poses {poses} --seed {seed}",
        "height": "given" if height is not None else "expected of the mass",
        "held-out error": {
            **fitted.summary(),
            "muscles": {error.muscle: [error.length, error.moment_arm] for error in fitted.errors},
        },
        "flags": [flag.message for flag in fitted.flags],
    }
    table.save(fitted.model, out, about)
    if json:
        typer.echo(jsonlib.dumps(_facts(fitted, about), indent=2))
    else:
        _show(fitted, out, height is None)


def _facts(fitted: Fitted, about: dict[str, Any]) -> dict[str, Any]:
    model = fitted.model
    return {
        "name": model.name,
        "mass": model.mass,
        "height": model.height,
        "muscles": {side: list(leg.names) for side, leg in model.legs.items()},
        "segments": [segment.name for segment in model.segments],
        "points": len(model.points),
        **about,
    }


def _show(fitted: Fitted, out: Path, expected: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    model, summary = fitted.model, fitted.summary()
    counts = " + ".join(str(len(leg.names)) for leg in model.legs.values())
    told = " (expected of the mass; --height states it)" if expected else ""
    typer.echo(f"{out}: {model.name}, {model.mass:.1f} kg, {model.height:.2f} m{told}")
    typer.echo(f"{counts} muscles, {len(model.points)} path points, {len(model.segments)} segments")
    shown = Table(title="RMS error at held-out poses, mm")
    for column in ("muscle", "length", "worst moment arm"):
        shown.add_column(column, justify="left" if column == "muscle" else "right")
    for name in ("median", "largest"):
        shown.add_row(name, *(f"{1e3 * summary[f'{what} {name}']:.2f}" for what in ("length", "moment arm")))
    shown.add_section()
    for error in sorted(fitted.errors, key=lambda error: -error.moment_arm)[:SHOWN]:
        shown.add_row(error.muscle, f"{1e3 * error.length:.2f}", f"{1e3 * error.moment_arm:.2f}")
    Console().print(shown)
    for flag in fitted.flags:
        typer.echo(f"{flag.code}: {flag.message}")
