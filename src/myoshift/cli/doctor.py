"""`myoshift doctor`: what is installed, what is missing, where caches are."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from myoshift.cli.examination import Finding

COLOURS = {"ok": "green", "missing": "yellow", "broken": "red"}


def command(
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")] = False,
) -> None:
    """What is installed and what is missing, where data and caches lie; exit code 1 when the core does not work."""
    from myoshift.cli.examination import examine, works

    findings = examine()
    if json:
        shown = {"works": works(findings), "findings": [asdict(finding) for finding in findings]}
        typer.echo(jsonlib.dumps(shown, indent=2))
    else:
        _show(findings)
        typer.echo("the core works" if works(findings) else "the core does not work")
    raise typer.Exit(0 if works(findings) else 1)


def _show(findings: tuple[Finding, ...]) -> None:
    part = ""
    for finding in findings:
        if finding.part != part:
            part = finding.part
            typer.secho(part, bold=True)
        typer.echo(f"  {finding.name:<14}", nl=False)
        typer.secho(f"{finding.status:<8}", fg=COLOURS[finding.status], nl=False)
        typer.echo(f"{finding.found}{f' -> {finding.mend}' if finding.mend else ''}")
