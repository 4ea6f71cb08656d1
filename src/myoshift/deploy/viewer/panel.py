"""The controls of the viewer: what is shown, and what a click makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from myoshift.deploy.viewer.colours import SCHEMES, colours
from myoshift.deploy.viewer.keys import Key
from myoshift.deploy.viewer.playback import SPEEDS, Playback
from myoshift.deploy.viewer.shown import BOUND, SIDES, SPANS, Shown

if TYPE_CHECKING:
    import viser

Change = Callable[[Callable[[Shown], Shown]], None]
"""Takes what turns the state into another one."""
KEYS = (
    "space: play, pause", "← →: one frame", "home, end: first, last frame", "[ ] or ↑ ↓: slower, faster",
    "m, n: next, previous muscle", "s: side", "c: colours", "Ctrl-K: all of these",
)  # fmt: skip


class Panel:
    """Controls in a viser server that show a state and ask for another one.

    Parameters
    ----------
    change : called with a function of the state, from any thread
    title : of what is shown
    """

    def __init__(self, gui: viser.GuiApi, first: Shown, change: Change, *, title: str, emg: bool) -> None:
        self._change = change
        gui.add_html(_title(title))
        time = first.playback
        self._play = gui.add_button("Play", hint="space")
        self._time = gui.add_slider(
            "time (s)", min=time.start, max=max(time.stop, time.start + 0.001), step=0.001,
            initial_value=time.time, hint="arrows: one frame; home, end",
        )  # fmt: skip
        speeds = tuple(_times(speed) for speed in SPEEDS)
        self._speed = gui.add_dropdown("speed", speeds, initial_value=_times(time.speed), hint="[ slower, ] faster")
        self._loop = gui.add_checkbox("loop", time.loop)
        self._muscle = gui.add_dropdown("muscle", first.muscles, initial_value=first.muscle, hint="m, n")
        self._sides = gui.add_dropdown("side", tuple(SIDES), initial_value=_word(first), hint="s")
        self._scheme = gui.add_dropdown("colours", SCHEMES, initial_value=first.scheme, hint="c")
        self._bar = gui.add_html(_bar(first))
        self._span = gui.add_dropdown("chart", tuple(SPANS), initial_value=_span(first), hint="seconds at once")
        self._delay = gui.add_slider(
            "delay (ms)", min=round(-1000 * BOUND), max=round(1000 * BOUND), step=5,
            initial_value=round(1000 * first.delay), visible=emg,
            hint="positive: the activation comes after the EMG, so the EMG is drawn so much later",
        )  # fmt: skip
        gui.add_html(f'<div style="font-size:0.7rem;padding:0.2rem 0.7rem;opacity:0.75">{"<br>".join(KEYS)}</div>')
        self._listen()

    def _listen(self) -> None:
        """Ask for a change whenever somebody, and not `show`, moves a control."""
        self._play.on_click(self._asking(lambda shown, _: _played(shown, Playback.toggled)))
        hows: tuple[tuple[Any, Callable[[Shown, Any], Shown]], ...] = (
            (self._time, lambda shown, value: _played(shown, lambda each: each.moved(value))),
            (self._speed, lambda shown, value: _played(shown, lambda each: each.paced(float(value[1:])))),
            (self._loop, lambda shown, value: _played(shown, lambda each: replace(each, loop=value))),
            (self._muscle, lambda shown, value: replace(shown, muscle=value)),
            (self._sides, lambda shown, value: replace(shown, sides=SIDES[value])),
            (self._scheme, lambda shown, value: replace(shown, scheme=value)),
            (self._span, lambda shown, value: replace(shown, span=SPANS[value])),
            (self._delay, lambda shown, value: shown.delayed(value / 1000)),
        )
        for control, how in hows:
            control.on_update(self._asking(how))

    def _asking(self, how: Callable[[Shown, Any], Shown]) -> Callable[[Any], None]:
        def asked(event: Any) -> None:
            if event.client_id is not None:
                self._change(lambda shown: how(shown, event.target.value))

        return asked

    def show(self, shown: Shown) -> None:
        """Let every control say what is shown; those that say so already send nothing."""
        time = shown.playback
        label = "Pause" if time.playing else "Play"
        if self._play.label != label:
            self._play.label = label
        says: tuple[tuple[Any, object], ...] = (
            (self._time, time.time),
            (self._speed, _times(time.speed)),
            (self._loop, time.loop),
            (self._muscle, shown.muscle),
            (self._sides, _word(shown)),
            (self._scheme, shown.scheme),
            (self._span, _span(shown)),
            (self._delay, round(1000 * shown.delay)),
        )
        for control, value in says:
            control.value = value
        if self._bar.content != _bar(shown):
            self._bar.content = _bar(shown)


def keys(change: Change) -> tuple[Key, ...]:
    """What the keyboard does."""

    def key(name: str, label: str, how: Callable[[Shown], Shown]) -> Key:
        return Key(key=name, label=label, does=lambda: change(how))

    def time(name: str, label: str, how: Callable[[Playback], Playback]) -> Key:
        return key(name, label, lambda shown: _played(shown, how))

    return (
        time("space", "Play, pause", Playback.toggled),
        time("arrowright", "One frame on", lambda each: each.stepped(1)),
        time("arrowleft", "One frame back", lambda each: each.stepped(-1)),
        time("home", "First frame", lambda each: each.moved(each.start)),
        time("end", "Last frame", lambda each: each.moved(each.stop)),
        time("]", "Faster", Playback.faster),
        time("[", "Slower", Playback.slower),
        time("arrowup", "Faster", Playback.faster),
        time("arrowdown", "Slower", Playback.slower),
        key("M", "Next muscle", Shown.next_muscle),
        key("N", "Previous muscle", lambda shown: shown.next_muscle(-1)),
        key("S", "Both sides, right, left", Shown.next_side),
        key("C", "Other colours", Shown.next_scheme),
    )


def _played(shown: Shown, how: Callable[[Playback], Playback]) -> Shown:
    return replace(shown, playback=how(shown.playback))


def _times(speed: float) -> str:
    return f"x{speed:g}"


def _word(shown: Shown) -> str:
    return next(word for word, sides in SIDES.items() if sides == shown.sides)


def _span(shown: Shown) -> str:
    return next(word for word, span in SPANS.items() if span == shown.span)


def _title(text: str) -> str:
    return f'<div style="font-size:0.8rem;padding:0.3rem 0.7rem;overflow-wrap:anywhere">{escape(text)}</div>'


def _bar(shown: Shown) -> str:
    """Activation from 0 to 1 in its colours."""
    stops = ", ".join("rgb({}, {}, {})".format(*colours(value / 8, shown.scheme)) for value in range(9))
    grey = "rgb({}, {}, {})".format(*colours(float("nan"), shown.scheme))
    return (
        '<div style="font-size:0.7rem;padding:0.2rem 0.7rem">activation '
        f'<span style="display:inline-block;width:8rem;height:0.7rem;background:linear-gradient(90deg, {stops});'
        'vertical-align:middle;margin:0 0.3rem"></span> '
        f'<div>0 to 1; <span style="color:{grey}">&#9632;</span> grey: not known</div></div>'
    )
