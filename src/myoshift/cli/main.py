"""`myoshift`: wires the verbs together and turns errors into one message and an exit code.

Exit codes: 0 done, 1 failed, 2 usage, 3 data refused. Every verb imports what it needs when it runs, so that
`myoshift --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

from myoshift import __version__
from myoshift.cli import (
    bench,
    calibrate,
    check,
    datasets,
    delay,
    demo,
    fit_paths,
    import_,
    inspect,
    plan,
    predict,
    report,
    simulate,
    synergies,
    train,
    view,
    virtual_lab,
)
from myoshift.cli import list as listing
from myoshift.errors import MyoshiftError

app = typer.Typer(
    name="myoshift",
    help="Motion in, per-muscle activation out, in labs the model has never seen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.command)
app.command("inspect")(inspect.command)
app.command("check")(check.command)
app.add_typer(datasets.app, name="datasets")
app.command("import")(import_.command)
app.command("fit-paths")(fit_paths.command)
app.command("virtual-lab")(virtual_lab.command)
app.command("bench")(bench.command)
app.command("report")(report.command)
app.command("train")(train.command)
app.command("calibrate")(calibrate.command)
app.command("plan")(plan.command)
app.command("predict")(predict.command)
app.command("simulate")(simulate.command)
app.command("synergies")(synergies.command)
app.command("delay")(delay.command)
app.command("view")(view.command)
app.command("list")(listing.command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"myoshift {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Motion in, per-muscle activation out, in labs the model has never seen."""


def main() -> None:
    """Run one verb; an error raised on purpose, or by the system about a file, becomes one message on stderr."""
    try:
        app()
    except MyoshiftError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # a folder that is a file, read-only, full: the system says which and why
        failed = MyoshiftError(
            "the output cannot be written",
            where=str(error.filename2 or error.filename or ""),
            why=error.strerror or str(error),
            mend="name a place that can be written, with free space",
        )
        typer.secho(f"error: {failed}", fg="red", err=True)
        _leave_nothing_to_flush()
        sys.exit(failed.exit_code)


def _leave_nothing_to_flush() -> None:
    """Where the screen itself is full, Python would fail once more at its end, with another exit code."""
    with suppress(OSError):
        sys.stdout.flush()
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
