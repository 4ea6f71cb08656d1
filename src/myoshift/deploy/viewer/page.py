"""A page of a motion with coloured muscles that plays anywhere, without a server and without asking the net."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, Template

from myoshift import __version__, formats
from myoshift.deploy.viewer.colours import UNKNOWN, Scheme, colours
from myoshift.deploy.viewer.figure import Figure, beside, floor, serve, stop
from myoshift.deploy.viewer.scene import Scene, in_place
from myoshift.deploy.viewer.tracks import Track, shared
from myoshift.errors import ConfigError, MyoshiftError
from myoshift.types import Flag

RATE = 25.0
"""Frames a second at most: more are not seen, and the page grows with them."""
STEPS = 24  # of the colour bar
TITLE = "<title>"


def write(
    path: Path,
    scene: Scene,
    tracks: Sequence[Track],
    *,
    title: str,
    scheme: Scheme = "blue-red",
    rate: float = RATE,
) -> tuple[Flag, ...]:
    """Write the page, whole or not at all.

    Parameters
    ----------
    scene : of the motion; of one frame if there is none, which then stands still while the colours change
    tracks : activation, of one source, or of two, which are shown side by side
    title : of the page, for example the motion's file

    Returns
    -------
    tuple of Flag
        What the page says beside the picture: what was filled in or left out.

    Raises
    ------
    ConfigError
        When viser is not installed, or there is not one track or two.
    DataRefused
        When motion and activation share no time.
    MyoshiftError
        When the file cannot be written.
    """
    if len(tracks) not in (1, 2):
        raise ConfigError(f"a page shows one source of activation or two, not {len(tracks)}")
    shown, flags = _together(scene, tracks, rate)
    html = _with_legend(_played(shown, tracks, scheme), shown, tracks, title, scheme, flags)
    try:
        formats.write_atomic(path, html.encode())
    except OSError as error:
        raise MyoshiftError(
            "the page cannot be written",
            where=path,
            why=error.strerror or str(error),
            mend="name a folder that is there",
        ) from error
    return flags


def _together(scene: Scene, tracks: Sequence[Track], rate: float) -> tuple[Scene, tuple[Flag, ...]]:
    """The frames that all tracks know, at a rate that is shown, and all flags."""
    flags = [*scene.flags, *(flag for track in tracks for flag in track.flags)]
    if len(scene.time) == 1:  # nobody moves: the first activation says when
        scene = scene.still(np.arange(tracks[0].time[0], tracks[0].time[-1] + 1e-9, 1 / rate))
    for track in tracks:
        frames, cut = shared(scene.time, track)
        scene = scene.frames(frames)
        flags += cut
    return scene.thinned(rate), tuple(dict.fromkeys(flags))


def _played(scene: Scene, tracks: Sequence[Track], scheme: Scheme) -> str:
    """The page that viser makes of the moving scene."""
    centred, course = in_place(scene)
    server = serve()
    try:
        ground = floor(server, centred, figures=len(tracks))
        figures = [
            Figure(server, centred, scheme, name=f"body{number}", offset=beside(number))
            for number in range(len(tracks))
        ]
        activations = [track.muscles(scene.muscles, scene.time) for track in tracks]
        for figure, activation in zip(figures, activations, strict=True):
            figure.show(0, activation[0])
        recorder = server.get_scene_serializer()
        for frame, step in enumerate(np.diff(scene.time, append=scene.time[-1:])):
            ground.move(course[frame])
            for figure, activation in zip(figures, activations, strict=True):
                figure.show(frame, activation[frame])
            recorder.insert_sleep(float(step))
        return recorder.as_html()
    finally:
        stop(server)


def _with_legend(
    html: str, scene: Scene, tracks: Sequence[Track], title: str, scheme: Scheme, flags: tuple[Flag, ...]
) -> str:
    """The page with its own title, and a legend over the picture."""
    bar = [_css(colour) for colour in colours(np.linspace(0.0, 1.0, STEPS), scheme)]
    legend = _template().render(
        title=title,
        tracks=tracks,
        span=f"{scene.time[0]:.2f} to {scene.time[-1]:.2f} s",
        coloured=[int(np.isfinite(track.muscles(scene.muscles, scene.time)).any(axis=0).sum()) for track in tracks],
        count=len(scene.muscles),
        bar=", ".join(bar),
        unknown=_css(UNKNOWN),
        flags=flags,
        version=__version__,
    )
    head, _, body = html.rpartition("</body>")
    return f"{head}{legend}</body>{body}"


def _css(colour: Sequence[int]) -> str:
    red, green, blue = (int(part) for part in colour)
    return f"rgb({red},{green},{blue})"


@cache
def _template() -> Template:
    loader = PackageLoader("myoshift.deploy.viewer", ".")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
        "legend.html"
    )
