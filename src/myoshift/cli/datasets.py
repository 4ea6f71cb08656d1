"""`myoshift datasets`: the catalogue, downloads, the store, and the facts."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from myoshift import registry
from myoshift.errors import ConfigError

if TYPE_CHECKING:
    from myoshift.datasets.base import DatasetInfo
    from myoshift.datasets.check import Finding
    from myoshift.types import Recording

app = typer.Typer(help="Data sets: list, get, prepare, check.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="Data sets; `myoshift datasets list` names them.")]
All = Annotated[bool, typer.Option("--all", help="Every data set.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder with one folder per data set.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("list")
def catalogue(data: Data = None, json: Json = False) -> None:
    """What there is, and what is here."""
    from myoshift.datasets.base import data_root, files, load

    root, rows = data_root(data), []
    for name in registry.names("datasets"):
        info, paths = load(name).info, [root / name / file.path for file in files(name)]
        rows.append(
            {
                "name": name,
                "institution": info.institution,
                "people": info.people,
                "trials": info.trials,
                "tasks": ", ".join(info.tasks),
                "here": _here(info, root, paths),
                "licence": info.licence if json else info.licence.partition(" (")[0],
            }
        )
    _show(f"{len(rows)} data sets, files in {root}", rows, json)


def _here(info: DatasetInfo, root: Path, paths: list[Path]) -> str:
    """How much of a data set is on this machine."""
    if info.origin is not None:
        return "a copy" if (root / info.name).is_dir() else "no copy"
    return f"{sum(path.is_file() for path in paths)}/{len(paths)} files" if paths else "built in"


@app.command("get")
def download(
    names: Names = None,
    all_: All = False,
    data: Data = None,
    accept: Annotated[
        bool, typer.Option("--accept-terms", help="You accept the terms that the publisher of the set asks for.")
    ] = False,
    archive: Annotated[
        Path | None, typer.Option("--archive", help="Unpack this download of yours instead; of one set.")
    ] = None,
    json: Json = False,
) -> None:
    """Download what is missing and hold every file against its hash."""
    from myoshift.datasets.base import data_root, files, load
    from myoshift.datasets.get import get, unpack_own

    root, rows = data_root(data), []
    chosen = _with_consent(_chosen(names, all_, data), everything=all_)
    if archive is not None and len(chosen) != 1:
        raise ConfigError("an archive is of one data set", why=f"{len(chosen)} are named", mend="name one")
    for name in chosen:
        with _progress(name, len(files(name)), quiet=json) as advance:
            if archive is not None:
                fetched = unpack_own(name, root, archive, progress=advance)
            else:
                fetched = get(name, root, accepted=_accepted(name, accept), progress=advance)
        rows.append(
            {"name": name, "downloaded": fetched, "files": len(files(name)), "licence": load(name).info.licence}
        )
    _show(f"files in {root}", rows, json)


def _with_consent(chosen: tuple[str, ...], *, everything: bool) -> tuple[str, ...]:
    """Print the terms of every set that has some; nobody accepts terms by asking for all sets."""
    from myoshift.datasets.get import terms

    asked = {name: text for name in chosen if (text := terms(name))}
    for name, text in asked.items():
        typer.echo(f"note: {name} is left out: name it to get it" if everything else text, err=True)
    return tuple(name for name in chosen if not (everything and name in asked))


def _accepted(name: str, accept: bool) -> bool:
    """Whether the user accepts the terms: by the option, or asked where somebody sits at a terminal."""
    from myoshift.datasets.base import load

    if accept or load(name).info.origin is None or not sys.stdin.isatty():
        return accept
    return typer.confirm("Do you accept these terms?", err=True)


@app.command("prepare")
def prepare(names: Names = None, all_: All = False, data: Data = None, json: Json = False) -> None:
    """Bring recordings to one vocabulary and one rate, and store them. `--all` leaves out fixtures of a format."""
    from myoshift.datasets import load, recordings

    rows = []
    for name in _chosen(names, all_, data):
        if all_ and load(name).info.fixture:
            typer.echo(f"{name} is a fixture of a file format, too short to be prepared: left out", err=True)
            continue
        with _progress(name, load(name).info.trials, quiet=json) as advance:
            found = recordings([name], data, progress=advance)
        rows += [_row(domain, found) for domain in dict.fromkeys(each.domain for each in found)]
    _show("prepared", rows, json)


@app.command("check")
def check(
    names: Names = None,
    all_: All = False,
    data: Data = None,
    page: Annotated[
        Path | None, typer.Option("--page", help="Folder for a page per data set: traces, spectra, verdicts.")
    ] = None,
    json: Json = False,
) -> None:
    """Hold every stated fact about the data against the files; exit code 1 when one does not hold."""
    from myoshift.datasets.check import check as findings

    chosen = _chosen(names, all_, data)
    found = {name: findings(name, data) for name in chosen}
    if page is not None:
        for name in chosen:
            _draw(name, data, page / f"{name}.html")
    if json:
        typer.echo(jsonlib.dumps({name: [_plain(each) for each in rows] for name, rows in found.items()}, indent=2))
    else:
        for name, rows in found.items():
            _show_findings(name, rows)
    if not all(finding.ok for rows in found.values() for finding in rows):
        raise typer.Exit(1)


def _draw(name: str, data: Path | None, target: Path) -> None:
    """The first trial of each person and task of a data set, as a page."""
    from myoshift.datasets import page as pages
    from myoshift.datasets.base import data_root, load

    sections = pages.of_trials(load(name).trials(data_root(data)))
    note = f"The first trial of each person and task, {pages.SHOWN_TRIALS} at most."
    typer.echo(str(pages.write(target, name, sections, note)), err=True)


def _chosen(names: list[str] | None, everything: bool, data: Path | None) -> tuple[str, ...]:
    """The sets that are named, or all that are here or can be fetched."""
    from myoshift.datasets.base import data_root, within_reach

    known, root = registry.names("datasets"), data_root(data)
    if bool(names) == everything:
        raise ConfigError("which data sets?", mend="name some, or give --all")
    for name in names or ():
        if name not in known:
            raise registry.unknown("dataset", name, known)
    if names:
        return tuple(names)
    for name in known:
        if not within_reach(name, root):
            typer.echo(f"note: {name} is left out: not in {root}, and cannot be fetched", err=True)
    return tuple(name for name in known if within_reach(name, root))


def _row(domain: str, recordings: tuple[Recording, ...]) -> dict[str, Any]:
    here = [each for each in recordings if each.domain == domain]
    return {
        "domain": domain,
        "people": len({each.person for each in here}),
        "recordings": len(here),
        "seconds": round(sum(each.seconds for each in here), 2),
        "with EMG": sum(bool(each.activation_names) for each in here),
        "flags": sum(len(each.flags) for each in here),
    }


def _plain(finding: Finding) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(finding)


def _show(title: str, rows: list[dict[str, Any]], json: bool) -> None:
    if json:
        typer.echo(jsonlib.dumps(rows, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title)
    for column in rows[0] if rows else ("name",):
        table.add_column(column, overflow="fold", no_wrap=column in ("name", "domain"))
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


def _show_findings(name: str, findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    held = sum(finding.ok for finding in findings)
    table = Table(title=f"{name}: {held} of {len(findings)} facts hold")
    for column in ("fact", "expected", "found", ""):
        table.add_column(column, overflow="fold")
    for each in findings:
        mark = Text("ok", "green") if each.ok else Text("differs", "bold red")
        table.add_row(Text(each.fact), Text(each.expected), Text(each.found), mark)
    Console().print(table)


@contextmanager
def _progress(name: str, total: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A bar on stderr that each finished item moves on."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task(name, total=total)
        yield lambda _: bar.advance(task)
