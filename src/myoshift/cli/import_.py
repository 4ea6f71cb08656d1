"""`myoshift import`: a laboratory's own files as a domain, by a spec in YAML."""

from __future__ import annotations

import json as jsonlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from myoshift.errors import ConfigError

if TYPE_CHECKING:
    from myoshift.datasets.lab import Imported


def command(
    folder: Annotated[Path, typer.Argument(help="Folder with the laboratory's files.")],
    spec: Annotated[Path | None, typer.Option("--spec", help="What the files mean: a lab.yaml.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Domain folder to write; with --init, the lab.yaml.")
    ] = None,
    init: Annotated[
        bool, typer.Option("--init", help="Look at the files and write a first draft of lab.yaml.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in place of an older import of this lab.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON instead of a table.")] = False,
) -> None:
    """Bring your own laboratory: files and a lab.yaml become a domain that benchmarks take."""
    if init:
        _draft(folder, out, spec)
        return
    if spec is None or out is None:
        raise ConfigError("what are the files, and where to?", mend="give --spec lab.yaml and -o DOMAIN, or --init")
    from myoshift.datasets.lab import write

    with _progress(quiet=json) as advance:
        made = write(folder, spec, out, replace=replace, progress=advance)
    summary = _summary(made, out)
    if json:
        typer.echo(jsonlib.dumps(summary, indent=2))
    else:
        _show(summary)


def _draft(folder: Path, out: Path | None, spec: Path | None) -> None:
    from myoshift.datasets.lab.draft import draft
    from myoshift.formats import write_atomic

    if spec is not None:
        raise ConfigError("--init writes a spec, and takes none", mend="leave out --spec")
    text, target = draft(folder), out
    if target is None:
        typer.echo(text, nl=False)
        return
    if target.exists():
        raise ConfigError("there is such a file already", where=target, mend="name another one with -o, or delete it")
    write_atomic(target, text.encode())
    typer.echo(str(target))


def _summary(made: Imported, out: Path) -> dict[str, Any]:
    recordings = made.recordings
    flags = Counter(flag.code for recording in recordings for flag in recording.flags)
    return {
        "domain": str(out),
        "written": made.fresh,
        "dataset": recordings[0].dataset,
        "institution": recordings[0].institution,
        "people": len({each.person for each in recordings}),
        "trials": len(recordings),
        "with EMG": sum(bool(each.activation_names) for each in recordings),
        "seconds": round(sum(each.seconds for each in recordings), 2),
        "tasks": sorted({each.task for each in recordings}),
        "coordinates": sorted({name for each in recordings for name in each.motion_names}),
        "sites": sorted({name for each in recordings for name in each.activation_names}),
        "motion rates": list(made.motion_rates),
        "EMG rates": list(made.emg_rates),
        "flags": dict(sorted(flags.items())),
    }


def _show(summary: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title="imported" if summary["written"] else "there already, and the same", show_header=False)
    for key, value in summary.items():
        if key not in ("domain", "written"):
            table.add_row(Text(key), Text(_said(value), overflow="fold"))
    Console().print(table)
    typer.echo(summary["domain"])


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{code} {count}x" for code, count in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(f"{each:g}" if isinstance(each, float) else str(each) for each in value) or "none"
    return str(value)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """A bar on stderr that each trial moves on."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("import", total=None)
        yield lambda _, total: bar.update(task, total=total, advance=1)
