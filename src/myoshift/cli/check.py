"""`myoshift check`: what is wrong with a DOMAIN, a folder, a file or a data set, and how to mend it."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from myoshift.datasets.judgement import Judgement

WIDE = 160


def command(
    target: Annotated[str, typer.Argument(help="A DOMAIN, another folder, a file, or the name of a data set.")],
    emg: Annotated[
        Literal["raw", "envelope"] | None, typer.Option(help="Judge the columns of tables as EMG of this kind.")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Hz, for .csv tables that have no time.")] = None,
    time: Annotated[str | None, typer.Option(help="The column of .csv tables that holds seconds.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder with one folder per data set.")] = None,
    page: Annotated[Path | None, typer.Option("--page", help="Write verdicts and traces to this HTML page.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Verdicts on units, sides, signs, clocks and copies; exit code 3 when anything is refused, 0 with flags."""
    from myoshift.datasets import checking

    options = {name: value for name, value in (("rate", rate), ("time", time)) if value is not None}
    found = checking.check_target(target, root=data, emg=emg, **options)
    if page is not None:
        typer.echo(str(found.write(page)), err=True)
    if json:
        typer.echo(jsonlib.dumps(_plain(found), indent=2, allow_nan=False))
    else:
        _show(found.title, found.judgements)
    if any(each.verdict == "refused" for each in found.judgements):
        raise typer.Exit(3)


def _plain(found: Any) -> dict[str, Any]:
    from myoshift.datasets.judgement import counts

    return {
        "target": found.title,
        "counts": counts(found.judgements),
        "judgements": [asdict(each) for each in found.judgements],
        "thresholds": _finite(asdict(found.thresholds)),
    }


def _finite(values: Any) -> Any:
    """JSON has no infinity: a limit that is never reached is null."""
    if isinstance(values, dict):
        return {name: _finite(value) for name, value in values.items()}
    return None if isinstance(values, float) and values in (float("inf"), float("-inf")) else values


def _show(title: str, judgements: Sequence[Judgement]) -> None:
    """All that did not pass, and for each rule how often it did."""
    from collections import Counter

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from myoshift.datasets.judgement import counts

    console = Console()
    if not console.is_terminal:
        console.width = WIDE
    said = ", ".join(f"{number} {verdict}" for verdict, number in counts(judgements).items())
    console.print(Text(f"{title}: {said}"))
    table = Table()
    for heading in ("rule", "where", "verdict", "why", "to mend"):
        table.add_column(heading, overflow="fold")
    for each in judgements:
        if each.verdict != "pass":
            cells = (each.rule, each.where, each.verdict, each.why, each.mend)
            table.add_row(*(Text(_printable(cell)) for cell in cells))
    if table.rows:
        console.print(table)
    passed = Counter(each.rule for each in judgements if each.verdict == "pass")
    if passed:
        console.print(Text("passed: " + ", ".join(f"{rule} {number}" for rule, number in passed.items())))


def _printable(text: str) -> str:
    """Names come from files: no control characters reach the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
