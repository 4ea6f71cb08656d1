"""`myoshift simulate`: activations by static optimisation for motion files."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from myoshift.cli.targets import AngleUnit, Convention, progress, targets
from myoshift.errors import ConfigError, DataRefused

if TYPE_CHECKING:
    from myoshift.simulate.model import Model
    from myoshift.simulate.recording import Simulated
    from myoshift.types import Flag, Side

RATE = 100.0  # Hz, as of the store
LEAST = 0.5  # share of frames that must be feasible


@dataclass(frozen=True, kw_only=True)
class Forces:
    """The options about force plates."""

    grf: Path | None
    loads: Path | None
    sides: Mapping[str, Side]
    unit: Literal["m", "mm"]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The options about motion files."""

    convention: str
    angle_unit: Literal["deg", "rad"] | None


def command(
    files: Annotated[list[Path], typer.Argument(help="OpenSim motion files (.mot, .sto).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The .sto to write; a folder for several files.")],
    grf: Annotated[Path | None, typer.Option(help="Ground reaction forces of the one motion file.")] = None,
    loads: Annotated[
        Path | None, typer.Option(help="OpenSim's ExternalLoads (.xml): which columns are which foot.")
    ] = None,
    grf_side: Annotated[
        str, typer.Option(metavar="PREFIX=r,PREFIX=l", help="Which foot, by what the labels of a plate begin with.")
    ] = "",
    grf_unit: Annotated[Literal["m", "mm"], typer.Option(help="Of the centres of pressure.")] = "m",
    mass: Annotated[float | None, typer.Option(help="kg, of the person; needed with --grf.")] = None,
    height: Annotated[float | None, typer.Option(help="m (default: that to expect of the mass).")] = None,
    table: Annotated[
        Path | None, typer.Option(help="Model that `fit-paths` wrote; the embedded one by default.")
    ] = None,
    exponent: Annotated[float, typer.Option(help="Of the activations in the cost; more than 1.")] = 2.0,
    reserves: Annotated[
        Path | None, typer.Option(help="Also write joint moments and reserves: a .sto; a folder for several files.")
    ] = None,
    convention: Convention = "rajagopal",
    angle_unit: AngleUnit = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")] = False,
) -> None:
    """Activation of 80 leg muscles that explains a motion, with or without measured ground reaction forces."""
    activations = targets(files, out, "activation")
    aside: list[Path] | list[None] = targets(files, reserves, "moments") if reserves else [None] * len(files)
    forces = _forces(files, grf, loads, grf_side, grf_unit, mass)
    if not exponent > 1:
        raise ConfigError(f"--exponent {exponent:g}", why="the cost must be strictly convex", mend="give more than 1")
    model, notes = _model(table, mass, height)
    reading = Reading(convention=convention, angle_unit=angle_unit)
    summaries = []
    with progress("simulate", len(files), quiet=json) as advance:
        for file, target, beside in zip(files, activations, aside, strict=True):
            found = _simulated(file, reading, model, forces, exponent)
            _write(found, file, target, beside)
            summaries.append(_summary(file, target, found, model, bool(forces.grf)))
            if not json:
                _tell(summaries[-1], (*notes, *found.recording.flags, *found.simulation.flags))
            advance()
    if json:
        typer.echo(jsonlib.dumps(summaries, indent=2, allow_nan=False))


def _forces(
    files: list[Path],
    grf: Path | None,
    loads: Path | None,
    stated: str,
    unit: Literal["m", "mm"],
    mass: float | None,
) -> Forces:
    if grf is None and (loads or stated):
        raise ConfigError("forces are described, but none are given", mend="name their file with --grf")
    if loads and stated:
        raise ConfigError("--loads and --grf-side both say which foot it is", mend="give one of them")
    if grf and len(files) > 1:
        raise ConfigError(
            "one file of forces for several motions", why=f"{len(files)} motion files", mend="simulate them apart"
        )
    if grf and mass is None:
        raise ConfigError("--grf needs --mass", why="forces must carry the person's weight", mend="state it in kg")
    return Forces(grf=grf, loads=loads, sides=_sides(stated), unit=unit)


def _sides(stated: str) -> dict[str, Side]:
    """`ground_force=r,1_ground_force=l` as plates and their feet."""
    sides: dict[str, Side] = {}
    for part in filter(None, stated.split(",")):
        prefix, _, side = part.strip().rpartition("=")
        if side not in ("r", "l") or not prefix or prefix in sides:
            raise ConfigError(
                f"--grf-side {part!r} is not understood", mend="write PREFIX=r,PREFIX=l, each prefix once"
            )
        sides[prefix] = "r" if side == "r" else "l"
    return sides


def _model(table: Path | None, mass: float | None, height: float | None) -> tuple[Model, tuple[Flag, ...]]:
    """The model of the person, and notes about what was not stated."""
    from myoshift.simulate import scaling
    from myoshift.simulate import table as tables
    from myoshift.types import Flag

    model = tables.load(table)
    if table is not None:  # a model of somebody: what is not stated is as in it
        heavy, tall = mass or model.mass, height or model.height
    else:
        heavy = mass or model.mass * ((height or model.height) / model.height) ** 2
        tall = height or (scaling.height_of(heavy) if mass else model.height)
    notes = [
        Flag("assumed", f"{name} is not stated: {value:.{digits}f} {unit} assumed")
        for name, given, value, digits, unit in (("mass", mass, heavy, 1, "kg"), ("height", height, tall, 2, "m"))
        if given is None
    ]
    return scaling.scaled(model, heavy, tall), tuple(notes)


def _simulated(file: Path, reading: Reading, model: Model, forces: Forces, exponent: float) -> Simulated:
    from myoshift.deploy import read_motion
    from myoshift.simulate.engine import Objective
    from myoshift.simulate.loads import read_plates
    from myoshift.simulate.recording import simulate_recording

    recording = read_motion(file, RATE, convention=reading.convention, angle_unit=reading.angle_unit)
    plates = read_plates(forces.grf, loads=forces.loads, sides=forces.sides, unit=forces.unit) if forces.grf else None
    try:
        found = simulate_recording(recording, model, plates=plates, objective=Objective(exponent=exponent))
    except DataRefused as error:  # recordings are named by person and trial; here a file is all there is
        where = str(file) if error.where in ("", recording.id) else f"{file}, {error.where}"
        raise DataRefused(error.what, where=where, why=error.why, mend=error.mend) from error
    share = float(found.simulation.feasible.mean())
    if share < LEAST:
        raise DataRefused(
            "the muscles cannot explain the motion",
            where=file,
            why=f"{share:.0%} of the frames are feasible, {LEAST:.0%} are needed; largest reserve "
            f"{_largest(found):.0f} N m{''.join(f'; {flag.message}' for flag in found.simulation.flags[-1:])}",
            mend="check units, signs (--convention), --mass and the forces; --reserves of a part shows where",
        )
    return found


def _write(found: Simulated, file: Path, target: Path, beside: Path | None) -> None:
    from myoshift import formats
    from myoshift.simulate.columns import activations, moments

    target.parent.mkdir(parents=True, exist_ok=True)
    formats.write_sto(target, activations(found), name=f"activation {file.stem}")
    if beside is not None:
        beside.parent.mkdir(parents=True, exist_ok=True)
        formats.write_sto(beside, moments(found), name=f"joint moments and reserves {file.stem}")


def _largest(found: Simulated) -> float:
    import numpy as np

    return float(np.nanmax(np.abs(found.simulation.reserves)))


def _summary(file: Path, target: Path, found: Simulated, model: Model, measured: bool) -> dict[str, Any]:
    import numpy as np

    from myoshift.simulate.columns import vertical_force
    from myoshift.simulate.model import COORDINATES

    simulation, recording = found.simulation, found.recording
    force = None if simulation.reaction is None else vertical_force(simulation.reaction)
    return {
        "file": str(file),
        "out": str(target),
        "frames": len(simulation.feasible),
        "rate": recording.rate,
        "start": recording.start,
        "feasible": float(simulation.feasible.mean()),
        "not feasible": int((~simulation.feasible).sum()),
        "largest reserve": _largest(found),
        "mass": model.mass,
        "height": model.height,
        "model": model.name,
        "ground reaction": "none" if force is None else "measured" if measured else "found",
        "mean vertical force": None if force is None else float(np.nanmean(force)),
        "peak vertical force": None if force is None else float(np.nanmax(force)),
        "filled in": [name for name in COORDINATES if name not in found.measured],
        "notes": [asdict(flag) for flag in (*recording.flags, *simulation.flags)],
    }


def _tell(summary: dict[str, Any], notes: tuple[Flag, ...]) -> None:
    from myoshift.simulate.inverse_dynamics import GRAVITY

    typer.echo(
        f"{summary['out']}: {summary['frames']} frames at {summary['rate']:g} Hz, "
        f"{summary['feasible']:.1%} feasible, largest reserve {summary['largest reserve']:.2f} N m"
    )
    mean, peak = summary["mean vertical force"], summary["peak vertical force"]
    if mean is not None:
        share = mean / (summary["mass"] * GRAVITY)
        typer.echo(
            f"  ground reaction {summary['ground reaction']}: vertical force {mean:.0f} N on average ({share:.2f} of "
            f"body weight), {peak:.0f} N at most"
        )
    if summary["not feasible"]:
        typer.echo(f"  {summary['not feasible']} frames are not feasible, and left out of the file")
    for flag in notes:
        typer.secho(f"note: {flag.where + ': ' if flag.where else ''}{flag.message}", err=True)
