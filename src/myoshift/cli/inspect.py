"""`myoshift inspect`: what a file holds and what looks wrong with it."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from myoshift.datasets.inspection import Channel, Inspection

SHOWN_GAPS = 5
WIDE = 160
HELP = "A .sto, .mot, .trc, .c3d, .edf, .bdf, .mat, .hdf5, .parquet, .npz, .npy, .csv, .tsv, .txt file."


def command(
    file: Annotated[Path, typer.Argument(help=HELP)],
    emg: Annotated[
        Literal["raw", "envelope"] | None, typer.Option(help="Judge the columns of a table as EMG of this kind.")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Hz, for a table without a rate (text, Parquet).")] = None,
    time: Annotated[str | None, typer.Option(help="The column of such a table that holds seconds.")] = None,
    unit: Annotated[str | None, typer.Option(help="Of channels that state none (text, Parquet, EDF, BDF).")] = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write traces, spectra and verdicts to this HTML page.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Format, channels, rates, units, gaps and verdicts of a file."""
    asked = {"rate": rate, "time": time, "unit": unit}
    stated = {name: value for name, value in asked.items() if value is not None}
    found = _inspected(file, emg, page, stated)
    if json:
        typer.echo(jsonlib.dumps(asdict(found), indent=2, allow_nan=False))
        return
    from rich.console import Console

    console = Console()
    if not console.is_terminal:  # in a file or pipe nothing needs to be folded to 80 letters
        console.width = WIDE
    _show(found, console)


def _inspected(
    file: Path, emg: Literal["raw", "envelope"] | None, page: Path | None, stated: dict[str, Any]
) -> Inspection:
    from myoshift import formats
    from myoshift.errors import ConfigError

    for name in stated:
        kind = formats.kind(file)
        if kind in formats.READERS and name not in formats.options(kind):
            raise ConfigError(
                f"--{name} is not for {kind} files, which state theirs", where=file, mend="leave it out"
            )
    if page is None:
        from myoshift.datasets.inspection import inspect

        return inspect(file, emg=emg, **stated)
    from myoshift.datasets import page as pages

    found, section = pages.of_file(file, emg=emg, **stated)
    pages.write(page, file.name, [section])
    typer.echo(str(page), err=True)
    return found


def _show(found: Inspection, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    length = "no time axis" if found.duration is None else f"{found.duration:.3f} s"
    console.print(Text(f"{found.path}: {found.format}, {length}, {found.events} events"))
    table = Table()
    for heading in ("channel", "samples", "rate Hz", "unit", "min", "max", "missing", "verdict", "why"):
        table.add_column(heading, overflow="fold")
    for channel in found.channels:
        table.add_row(*(Text(_printable(cell)) for cell in _row(channel)))
    console.print(table)
    for start, end in found.gaps[:SHOWN_GAPS]:
        console.print(Text(f"gap: no sample between {start:.4f} and {end:.4f} s"))
    if len(found.gaps) > SHOWN_GAPS:
        console.print(Text(f"... and {len(found.gaps) - SHOWN_GAPS} more gaps"))
    for flag in found.flags:
        console.print(Text(_printable(f"flag: {flag.code}: {flag.message}")))


def _row(channel: Channel) -> tuple[str, ...]:
    low, high = (("" if value is None else f"{value:.4g}") for value in (channel.low, channel.high))
    rate = "" if channel.rate is None else f"{channel.rate:g}"
    missing = f"{channel.missing:.1%}" if channel.missing else ""
    why = "; ".join(channel.reasons)
    return channel.name, str(channel.samples), rate, channel.unit, low, high, missing, channel.verdict, why


def _printable(text: str) -> str:
    """Names come from files: no control characters reach the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
