"""The live viewer: a server on this machine alone, one state, and a loop that draws what has changed of it.

Browsers ask for changes from many threads; each is made under one lock. One loop draws, at most 30 times a second,
and waits while nothing moves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from myoshift.deploy.viewer import local, traces
from myoshift.deploy.viewer.chart import Chart
from myoshift.deploy.viewer.content import Content
from myoshift.deploy.viewer.figure import Figure, beside, floor, stop
from myoshift.deploy.viewer.keys import bind
from myoshift.deploy.viewer.panel import Panel, keys
from myoshift.deploy.viewer.scene import Scene, in_place
from myoshift.deploy.viewer.shown import Shown
from myoshift.types import Side

PERIOD = 1 / 30
"""s between two drawings."""
TITLES: dict[Side, str] = {"r": "Right", "l": "Left"}


class Viewer:
    """A content in the browser.

    Parameters
    ----------
    content : what is shown
    port : of 127.0.0.1; None takes 8080, or the next that is free
    clock : reading in s that playing follows

    Raises
    ------
    ConfigError
        When viser is not installed, or the port cannot be had.
    """

    def __init__(
        self, content: Content, port: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._content, self._clock = content, clock
        self._lock, self._news, self._done = threading.Lock(), threading.Event(), threading.Event()
        offered = traces.offered(content.tracks, content.emg)
        self._shown = Shown(playback=content.playback.at(clock()), muscles=offered, muscle=offered[0])
        self._drawn: Shown | None = None
        self._failed: Exception | None = None
        self.server = local.serve(port)
        self._build()
        self._draw(self.shown)
        self._loop = threading.Thread(target=self._run, name="viewer", daemon=True)
        self._loop.start()

    @property
    def address(self) -> str:
        """Where a browser of this machine finds it."""
        return f"http://127.0.0.1:{self.server.get_port()}"

    @property
    def shown(self) -> Shown:
        """What is shown now."""
        with self._lock:
            self._shown = self._shown.at(self._clock())
            return self._shown

    def change(self, how: Callable[[Shown], Shown]) -> None:
        """Show something else; may be called from any thread."""
        with self._lock:
            self._shown = how(self._shown.at(self._clock()))
        self._news.set()

    def wait(self) -> None:
        """Serve until somebody closes the viewer, or raise what ended it."""
        while not self._done.wait(0.5):  # so short that Ctrl-C is heard on every system
            pass
        if self._failed:
            raise self._failed

    def close(self) -> None:
        """End the loop and the server."""
        self._done.set()
        self._news.set()
        self._loop.join()
        stop(self.server)

    def _build(self) -> None:
        gui = self.server.gui
        scene, self._course = in_place(self._content.scene)
        names = [track.name for track in self._content.tracks]
        self._figures = [
            Figure(self.server, scene, self._shown.scheme, name=f"body{k}", offset=beside(k))
            for k in range(len(names))
        ]
        if len(names) > 1:
            self._label(scene, names)
        self._floor = floor(self.server, scene, figures=len(names))
        gui.configure_theme(show_logo=False, show_share_button=False, control_width="medium")
        gui.set_panel_label("myoshift")
        gui.main_panel.dock_left()
        measured = self._content.emg is not None
        self._panel = Panel(gui, self._shown, self.change, title=self._content.title, emg=measured)
        charts = gui.add_panel()
        with charts.add_tab("Activation and EMG" if measured else "Activation"):
            self._charts = {side: Chart(gui, heading, emg=measured) for side, heading in TITLES.items()}
        charts.dock_right()
        charts.set_width(430)
        bind(self.server, keys(self.change))

    def _label(self, scene: Scene, names: list[str]) -> None:
        """Above each head, whose activation it shows."""
        above = scene.origins[0].mean(axis=0)
        above[1] = scene.origins[0, :, 1].max() + 0.35
        for k, name in enumerate(names):
            self.server.scene.add_label(f"/body{k}/name", name, position=above, anchor="bottom-center")

    def _run(self) -> None:
        try:
            self._follow()
        except Exception as error:  # nobody looks into this thread: whoever waits is told
            self._failed = error
            self._done.set()

    def _follow(self) -> None:
        while not self._done.wait(PERIOD):
            self._news.clear()
            shown = self.shown
            if shown.playback.playing and not self.server.get_clients():
                continue
            self._draw(shown)
            if not shown.playback.playing:
                self._news.wait()

    def _draw(self, shown: Shown) -> None:
        """Bring the screen from what was drawn last to `shown`."""
        before, self._drawn = self._drawn, shown
        with self.server.atomic():
            self._draw_figures(shown, before)
            self._draw_charts(shown, before)
            self._panel.show(shown)

    def _draw_figures(self, shown: Shown, before: Shown | None) -> None:
        scene, now = self._content.scene, shown.playback.time
        frame = int(np.abs(scene.time - now).argmin())
        self._floor.move(self._course[frame])
        for each, track in zip(self._figures, self._content.tracks, strict=True):
            if before is None or before.scheme != shown.scheme:
                each.paint(shown.scheme)
            if before is None or before.sides != shown.sides:
                each.side(shown.sides)
            if before is None or before.playback.time != now:
                each.show(frame, track.muscles(scene.muscles, now))

    def _draw_charts(self, shown: Shown, before: Shown | None) -> None:
        time = shown.playback
        stretch = traces.stretch(time.time, shown.span, time.start, time.stop)
        for side, chart in self._charts.items():
            if before is None or before.sides != shown.sides:
                chart.show(shown.sides in ("both", side))
            if before is None or before.muscle != shown.muscle:
                chart.set(traces.of(shown.muscle, side, self._content.tracks, self._content.emg))
            if shown.sides in ("both", side) and _differ(before, shown):
                chart.draw(time.time, stretch, shown.delay)


def _differ(before: Shown | None, shown: Shown) -> bool:
    """Whether anything that a chart shows has changed."""

    def seen(each: Shown) -> tuple[Any, ...]:
        return each.playback.time, each.muscle, each.sides, each.delay, each.span

    return before is None or seen(before) != seen(shown)
