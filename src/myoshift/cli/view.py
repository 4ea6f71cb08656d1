"""`myoshift view`: activation on a moving body, in the browser of this machine or as a page to send."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from myoshift.cli.targets import AngleUnit, Convention
from myoshift.errors import ConfigError

if TYPE_CHECKING:
    from myoshift.deploy.viewer.app import Viewer
    from myoshift.types import Flag


def command(
    activation: Annotated[Path, typer.Argument(help="Activation: what `predict` or `simulate` wrote.")],
    motion: Annotated[
        Path | None, typer.Option(help="Joint angles of the same recording; without them the body stands still.")
    ] = None,
    emg: Annotated[Path | None, typer.Option(help="EMG of the same recording, on the same clock.")] = None,
    emg_kind: Annotated[
        Literal["raw", "envelope"] | None, typer.Option(help="What the EMG is; it is not guessed.")
    ] = None,
    compare: Annotated[Path | None, typer.Option(help="Other activation, on a second body beside the first.")] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="PAGE.html", help="Write a page that needs no server, and end.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port of 127.0.0.1 (default: 8080, or the next that is free).")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
    convention: Convention = "rajagopal",
    angle_unit: AngleUnit = None,
) -> None:
    """Watch activation and EMG: a body whose muscles are coloured, and traces, on one clock."""
    _refuse_unclear(export, port, emg, emg_kind)
    from myoshift.deploy.pairs import Stated
    from myoshift.deploy.viewer.content import read

    stated = Stated(emg_kind=emg_kind, convention=convention, angle_unit=angle_unit)
    content = read(activation, motion=motion, emg=emg, compare=compare, stated=stated)
    if export is not None:
        from myoshift.deploy.viewer import page

        flags = page.write(export, content.scene, content.tracks, title=(motion or activation).name)
        _note((*content.flags, *flags))
        typer.echo(str(export))
        return
    _note(content.flags)
    from myoshift.deploy.viewer.app import Viewer

    _serve(Viewer(content, port), browser)


def _refuse_unclear(export: Path | None, port: int | None, emg: Path | None, kind: str | None) -> None:
    if export is not None and export.suffix.lower() not in (".html", ".htm"):
        raise ConfigError("the page is an HTML file", where=export, mend="give a name that ends in .html")
    if export is not None and port is not None:
        raise ConfigError("a page needs no port", mend="leave out --port, or --export")
    if export is not None and emg is not None:
        raise ConfigError("a page shows no EMG", mend="leave out --emg, or watch it live without --export")
    if kind is not None and emg is None:
        raise ConfigError("--emg-kind without --emg", mend="name the file with --emg, or leave --emg-kind out")
    if port is not None and not 0 < port < 65536:
        raise ConfigError(f"there is no port {port}", mend="give a --port from 1024 to 65535, or leave it out")


def _note(flags: tuple[Flag, ...]) -> None:
    for flag in dict.fromkeys(flags):
        typer.secho(f"note: {flag.where + ': ' if flag.where else ''}{flag.message}", err=True)


def _serve(viewer: Viewer, browser: bool) -> None:
    typer.echo(f"{viewer.address} (from this machine only; Ctrl-C ends it)")
    if browser and not _opened(viewer.address):
        typer.secho("note: no browser was found; open that address in one", err=True)
    try:
        viewer.wait()
    except KeyboardInterrupt:
        typer.echo("ended")
    finally:
        viewer.close()


def _opened(address: str) -> bool:
    """Whether a browser with a window has been asked; one in the terminal cannot show this."""
    import webbrowser

    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    in_terminal = isinstance(found, webbrowser.GenericBrowser) and not isinstance(found, webbrowser.BackgroundBrowser)
    return not in_terminal and found.open(address)
