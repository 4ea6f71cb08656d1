"""`myoshift calibrate`: a model made one person's own with a few seconds of EMG."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from myoshift.cli.targets import AngleUnit, Convention
from myoshift.errors import ConfigError

if TYPE_CHECKING:
    from myoshift.deploy.personal import Personal

WIDE = 160
UNITS = {"offset": " (s)", "delay": " (s)", "cutoff": " (Hz)"}
"""Of parameters that have one; `offset` is the delay that all muscles share."""


def command(
    model: Annotated[Path, typer.Option("--model", help="Folder that `myoshift train` wrote.")],
    data: Annotated[
        list[Path],
        typer.Option("--data", help="A file of the calibration: joint angles, EMG or both. May be given again."),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the personal model.")],
    more: Annotated[list[Path] | None, typer.Argument(help="More files of the calibration.")] = None,
    calibrators: Annotated[
        str, typer.Option(help="Calibrators joined by +, each on what those before it have left.")
    ] = "physiology+last_layer",
    seconds: Annotated[float | None, typer.Option(help="Use only the first so many seconds of EMG.")] = None,
    emg_kind: Annotated[
        Literal["raw", "envelope"] | None, typer.Option(help="What the EMG of files is; it is not guessed.")
    ] = None,
    convention: Convention = "rajagopal",
    angle_unit: AngleUnit = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Calibrate a model for one person: checks each channel, says what changed, writes a model folder."""
    if seconds is not None and not seconds > 0:
        raise ConfigError(f"cannot calibrate with {seconds:g} s", mend="give --seconds above 0, or leave it out")
    from myoshift.deploy.pairs import Stated, read_pairs
    from myoshift.deploy.personal import calibrate
    from myoshift.predictor import Predictor
    from myoshift.predictor.folder import refuse_foreign

    refuse_foreign(out.resolve())  # before the work, not after
    predictor = Predictor.load(model)
    stated = Stated(emg_kind=emg_kind, convention=convention, angle_unit=angle_unit)
    pairs = read_pairs([*data, *(more or [])], stated, predictor.problem.rate)
    found = calibrate(predictor, [recording for recording, _ in pairs], calibrators, seconds)
    found.predictor.save(out)
    if json:
        typer.echo(jsonlib.dumps({"model": str(out), **found.report()}, indent=2, allow_nan=False))
    else:
        _show(found, out)


def _show(found: Personal, out: Path) -> None:
    from rich.console import Console

    from myoshift.deploy.personal import ON

    card = found.predictor.card["calibration"]
    console = Console()
    if not console.is_terminal:  # in a file or pipe nothing needs to be folded to 80 letters
        console.width = WIDE
    channels = [(c.channel, c.status, _number(c.r), _number(c.lag), "; ".join(c.reasons)) for c in found.channels]
    console.print(_table("channels", ("channel", "verdict", "best r", "lag s", "why"), channels))
    changes = [_change(c) for c in card["changes"] if c["value"] or c["low"] is not None]
    console.print(_table("what changed", ("muscle", "parameter", "value", "95 %", "verdict"), changes))
    fits = [(f.channel, *map(_number, (f.r, f.r_after, f.rmse, f.rmse_after))) for f in found.fits]
    console.print(_table(f"fit {ON}", ("channel", "r before", "after", "RMSE before", "after"), fits))
    if found.unused:
        typer.secho(f"note: no output of the model: {', '.join(found.unused)}", err=True)
    names = "+".join(card["calibrators"]) or "nothing"
    typer.echo(f"{out}: calibrated by {names} with {card['seconds']:g} s of EMG, each leg counted")


def _table(title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _change(change: dict[str, Any]) -> tuple[str, ...]:
    low, high = change["low"], change["high"]
    interval = "" if low is None or high is None else f"{low:.3f}..{high:.3f}"
    unit = UNITS.get(change["parameter"], "")
    return change["output"], f"{change['parameter']}{unit}", f"{change['value']:.3f}", interval, change["verdict"]


def _number(value: float) -> str:
    return "" if value != value else f"{value:.2f}"
