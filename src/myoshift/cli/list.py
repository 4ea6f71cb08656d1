"""`myoshift list`: what is installed, from the cards, without importing any of it."""

from __future__ import annotations

import json as jsonlib
from typing import Annotated

import typer

from myoshift import registry
from myoshift.errors import ConfigError


def command(
    kind: Annotated[str, typer.Argument(help="One of: " + ", ".join(registry.LISTED) + ".")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page of all methods.")] = False,
) -> None:
    """What is there: datasets, methods, models, sites, muscles, ..."""
    if kind not in registry.LISTED:
        raise ConfigError(f"unknown kind {kind!r}", mend=f"use one of {', '.join(registry.LISTED)}")
    if markdown and (json or kind != "methods"):
        raise ConfigError(
            "only methods have a page", mend="ask for `myoshift list methods --markdown`, or leave it out"
        )
    rows = _rows(kind)
    if markdown:
        from myoshift.cli import catalogue

        typer.echo(catalogue.markdown(rows), nl=False)
    elif json:
        typer.echo(jsonlib.dumps(rows, indent=2))
    else:
        _show(kind, rows)


def _rows(kind: str) -> list[dict[str, str]]:
    if kind == "methods":
        return [row for part in ("methods", "estimators") for row in _with_plug_ins(part, registry.cards(part))]
    if kind in registry.CARDS:
        return _with_plug_ins(kind, registry.cards(kind))
    return {"sites": _sites, "muscles": _muscles, "coordinates": _coordinates}[kind]()


def _sites() -> list[dict[str, str]]:
    from myoshift import anatomy

    return [
        {
            "name": site.name,
            "group": site.group,
            "muscles": ", ".join(f"{muscle} {weight:g}" for muscle, weight in site.muscles.items()),
        }
        for site in map(anatomy.site, anatomy.SITES)
    ]


def _muscles() -> list[dict[str, str]]:
    from myoshift import anatomy

    return [
        {"name": muscle.name, "region": muscle.region, "group": muscle.group, "mint": muscle.mint}
        for muscle in map(anatomy.muscle, anatomy.MUSCLES)
    ]


def _coordinates() -> list[dict[str, str]]:
    from myoshift import anatomy

    return [
        {"name": c.name, "unit": c.unit, "positive": c.positive, "low": f"{c.low:g}", "high": f"{c.high:g}"}
        for c in map(anatomy.coordinate, anatomy.COORDINATES)
    ]


def _with_plug_ins(kind: str, cards: list[dict[str, str]]) -> list[dict[str, str]]:
    """The built-ins' cards, then a row for every plug-in of another package."""
    described = {card["name"] for card in cards}
    others = [name for name in registry.names(kind) if name not in described]
    return cards + [{"name": name, "family": "plug-in"} for name in others]


def _show(kind: str, rows: list[dict[str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{len(rows)} {kind}")
    columns = list(rows[0]) if rows else ["name"]
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "name")
    for row in rows:
        table.add_row(*(row.get(column, "") for column in columns))
    Console().print(table)
