"""`myoshift synergies`: in how few patterns the muscles of a recording are active together."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from myoshift.errors import ConfigError

if TYPE_CHECKING:
    from rich.table import Table

    from myoshift.deploy.synergies import Found

WRITTEN = (".csv", ".sto", ".svg")


def command(
    files: Annotated[
        list[Path] | None, typer.Argument(help="One person's envelopes or activations (.sto, .mot, .csv).")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="Every person of a data set instead of files.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder with one folder per data set.")] = None,
    rank: Annotated[int | None, typer.Option(help="Number of synergies; found when left out.")] = None,
    kind: Annotated[Literal["raw", "envelope"], typer.Option(help="What the columns are.")] = "envelope",
    columns: Annotated[str, typer.Option(metavar="A,B,..", help="Columns to take (default: known muscles).")] = "",
    as_given: Annotated[
        bool, typer.Option("--as-given", help="Amplitudes as in the file, not over each muscle's 95th percentile.")
    ] = False,
    rate: Annotated[float | None, typer.Option(help="Hz, for a .csv that has no time.")] = None,
    time: Annotated[str | None, typer.Option(help="The column of a .csv that holds seconds, if not `time`.")] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option("-o", "--out", help="Write weights (.csv), activations (.sto) or the plot (.svg); repeat it."),
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Write the plot to this .svg.")] = None,
    seed: Annotated[int, typer.Option(help="Of first guesses and of what is hidden.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Muscle synergies: weights, activations, and their number by two rules."""
    targets = [*(out or ()), *((plot,) if plot else ())]
    _refuse(files, dataset, targets, plot)
    if dataset:
        _tell([_row(found) for found in _people(dataset, data, rank, seed)], json)
        return
    from myoshift.deploy.synergies import of_files

    stated = {name: value for name, value in (("rate", rate), ("time", time)) if value is not None}
    chosen = [name.strip() for name in columns.split(",") if name.strip()]
    found = of_files(files or (), kind=kind, columns=chosen, rank=rank, as_given=as_given, seed=seed, **stated)
    for target in targets:
        _write(found, target)
    if json:
        typer.echo(jsonlib.dumps(_report(found), indent=2, allow_nan=False))
    else:
        _show(found)
    for target in targets:
        typer.echo(str(target), err=json)


def _refuse(files: list[Path] | None, dataset: str | None, targets: list[Path], plot: Path | None) -> None:
    if bool(files) == bool(dataset):
        raise ConfigError("nothing to look at" if not files else "files and a data set", mend="give one of them")
    if dataset and targets:
        raise ConfigError("a data set has no one plot or table", mend="leave out --out and --plot, or use --json")
    for target in targets:
        if target.suffix not in (WRITTEN if target is not plot else (".svg",)):
            raise ConfigError(f"cannot write {target.name!r}", mend=f"give a name ending in {', '.join(WRITTEN)}")


def _people(dataset: str, data: Path | None, rank: int | None, seed: int) -> list[Found]:
    from myoshift import datasets
    from myoshift.deploy.synergies import of_recordings

    return list(of_recordings(datasets.recordings([dataset], data), rank=rank, seed=seed))


def _write(found: Found, target: Path) -> None:
    from myoshift import formats

    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".sto":
        formats.write_sto(target, found.table, name="synergies")
    elif target.suffix == ".csv":
        formats.write_atomic(target, _weights(found).encode())
    else:
        from myoshift.deploy.synergy_figure import draw

        formats.write_atomic(target, draw(found))


def _weights(found: Found) -> str:
    """Weights as a table of text; names that a spreadsheet would run as a formula are quoted."""
    synergies = found.synergies
    lines = [",".join(["muscle", *found.table.names, "vaf"])]
    for muscle, weights, vaf in zip(found.muscles, synergies.weights, synergies.vaf_by_muscle, strict=True):
        name = f"'{muscle}" if muscle[:1] in "=+-@" else muscle
        lines.append(",".join([name.replace(",", " "), *(f"{each:.6g}" for each in (*weights, vaf))]))
    return "\n".join(lines) + "\n"


def _row(found: Found) -> dict[str, Any]:
    """What is said of one person."""
    hidden = found.hidden
    return {
        "name": found.name,
        "muscles": len(found.muscles),
        "seconds": round(sum(found.pieces) / found.rate, 2),
        "rank": found.synergies.rank,
        "why": found.why,
        "rank by hidden stretches": hidden.rank if hidden else None,
        "rank by VAF": found.curve.rank,
        "rank by plateau": found.curve.plateau,
        "vaf": found.synergies.vaf,
        "least": min((v for v in found.synergies.vaf_by_muscle.tolist() if v == v), default=None),
        "curve": [
            {
                "rank": number + 1,
                "vaf": float(vaf),
                "least": float(found.curve.least[number]),
                "hidden": float(hidden.error[number]) if hidden and number < len(hidden.error) else None,
            }
            for number, vaf in enumerate(found.curve.vaf)
        ],
    }


def _report(found: Found) -> dict[str, Any]:
    from dataclasses import asdict

    synergies = found.synergies
    values = [[None if each != each else each for each in row] for row in synergies.activations.tolist()]
    return {
        **_row(found),
        "rate": found.rate,
        "muscle names": list(found.muscles),
        "vaf by muscle": [None if each != each else each for each in synergies.vaf_by_muscle.tolist()],
        "weights": synergies.weights.tolist(),
        "activations": values,
        "notes": [asdict(flag) for flag in found.flags],
    }


def _tell(rows: list[dict[str, Any]], json: bool) -> None:
    """A line for each person of a data set."""
    if json:
        typer.echo(jsonlib.dumps(rows, indent=2, allow_nan=False))
        return
    table = _table(
        "person", "muscles", "s", "synergies", "by hidden", "by VAF", "by plateau", "VAF", "worst", "VAF 1, 2, .."
    )
    for row in rows:
        vaf = " ".join(f"{each['vaf']:.2f}" for each in row["curve"])
        numbers = (row[f"rank by {rule}"] for rule in ("hidden stretches", "VAF", "plateau"))
        cells = (
            row["name"],
            row["muscles"],
            row["seconds"],
            row["rank"],
            *("none" if n is None else n for n in numbers),
        )
        table.add_row(*map(str, cells), f"{row['vaf']:.3f}", f"{row['least']:.2f}", vaf)
    _print(table)


def _show(found: Found) -> None:
    """The number and why, the curves, the weights."""
    row, synergies = _row(found), found.synergies
    typer.echo(f"{synergies.rank} synergies of {len(found.muscles)} muscles, {row['seconds']:g} s: {found.why}")
    typer.echo(f"VAF {synergies.vaf:.3f}, of the worst muscle {row['least']:.3f}")
    curve = _table("synergies", "VAF", "worst muscle", "error where hidden", "rule")
    for each in row["curve"]:
        rules = [name for name in ("hidden stretches", "VAF", "plateau") if row[f"rank by {name}"] == each["rank"]]
        error = "" if each["hidden"] is None else f"{each['hidden']:.4f}"
        curve.add_row(str(each["rank"]), f"{each['vaf']:.3f}", f"{each['least']:.3f}", error, ", ".join(rules))
    _print(curve)
    weights = _table("muscle", *(str(number + 1) for number in range(synergies.rank)), "VAF")
    for muscle, values, vaf in zip(found.muscles, synergies.weights, synergies.vaf_by_muscle, strict=True):
        weights.add_row(_printable(muscle), *(f"{each:.2f}" for each in values), f"{vaf:.2f}")
    _print(weights)
    for flag in found.flags:
        typer.secho(_printable(f"note: {flag.where + ': ' if flag.where else ''}{flag.message}"), err=True)


def _table(*headings: str) -> Table:
    from rich.table import Table

    table = Table()
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 else "right")
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    console = Console(markup=False)
    if not console.is_terminal:  # in a file or pipe nothing needs to be folded to 80 letters
        console.width = 160
    console.print(table)


def _printable(text: str) -> str:
    """Names come from files: no control characters reach the terminal, and no markup of it."""
    return "".join(letter if letter.isprintable() else "?" for letter in text).replace("[", "\\[")
