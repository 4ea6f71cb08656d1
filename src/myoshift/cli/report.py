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
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="One page that sets the tests that all folders have side by side; compared.html."
        ),
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the leaderboards as Markdown tables instead.")
    ] = False,
    publish: Annotated[
        Path | None, typer.Option("--publish", help="Write the scores of the one OUT as they are committed, instead.")
    ] = None,
    against: Annotated[
        str, typer.Option("--against", help="With --markdown: the method that differences are taken against.")
    ] = "",
    cards: Annotated[
        Path | None, typer.Option("--cards", help="Folder for the cards of data sets, methods and models as well.")
    ] = None,
) -> None:
    """Write report.html again: what transfers, leaderboards, curves, delays, how the data were split, and limits."""
    from myoshift.bench import committed, stats
    from myoshift.bench.markdown import tables
    from myoshift.bench.report import Written, write_comparison, write_report
    from myoshift.cli.bench import write_cards

    if publish:
        typer.echo(str(committed.publish(outs[0], publish)))
        return
    written = [Written(out) for out in outs]
    for each in written if cards else ():
        write_cards(each, cards or Path())
    if compare:
        typer.echo(str(write_comparison(written, page)))
        return
    if not markdown:
        typer.echo(str(write_report(written, page)))
        return
    for each in written:
        spec = each.spec.against(against) if against else each.spec
        for heading, text in tables(stats.leaderboard(each.results, spec)).items():
            typer.echo(f"### {heading}\n\n{text}\n")
