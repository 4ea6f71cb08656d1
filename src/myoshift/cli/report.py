"""`myoshift report`: the HTML page of benchmarks that have been run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    outs: Annotated[list[Path], typer.Argument(help="Folders that `myoshift bench` wrote.", metavar="OUT..")],
    page: Annotated[
        Path | None, typer.Option("--page", help="File to write; report.html in the first folder if not given.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the leaderboards as Markdown tables instead.")
    ] = False,
    against: Annotated[
        str, typer.Option("--against", help="With --markdown: the method that differences are taken against.")
    ] = "",
    cards: Annotated[
        Path | None, typer.Option("--cards", help="Folder for the cards of data sets, methods and models as well.")
    ] = None,
) -> None:
    """Write report.html again: leaderboards, matrix, muscles, curves, and how the data were split."""
    from myoshift.bench import stats
    from myoshift.bench.markdown import tables
    from myoshift.bench.report import Written, write_report
    from myoshift.cli.bench import write_cards

    written = [Written(out) for out in outs]
    for each in written if cards else ():
        write_cards(each, cards or Path())
    if not markdown:
        typer.echo(str(write_report(written, page)))
        return
    for each in written:
        spec = each.spec.against(against) if against else each.spec
        for heading, text in tables(stats.leaderboard(each.results, spec)).items():
            typer.echo(f"### {heading}\n\n{text}\n")
