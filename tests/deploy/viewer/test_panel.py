"""The controls and keys of the panel, told apart from what the viewer itself writes into them."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from myoshift.deploy.viewer.panel import KEYS, Panel, keys
from myoshift.deploy.viewer.playback import Playback
from myoshift.deploy.viewer.shown import Shown

SHOWN = Shown(
    playback=Playback(start=0.0, stop=4.0, step=0.02, time=1.0), muscles=("soleus", "gasmed"), muscle="soleus"
)


class Control:
    def __init__(self, label, value, **rest):
        self.label, self.value, self.rest, self.calls = label, value, rest, []

    def on_update(self, call):
        self.calls.append(call)

    on_click = on_update

    def moved(self, value, client=0):
        """As a browser does it, or (None) the viewer."""
        self.value = value
        for call in self.calls:
            call(SimpleNamespace(client_id=client, target=self))


class Gui:
    def __init__(self):
        self.by_label = {}

    def _add(self, label, value, **rest):
        return self.by_label.setdefault(label, Control(label, value, **rest))

    def add_html(self, content):
        return SimpleNamespace(content=content)

    def add_button(self, label, **rest):
        return self._add(label, False, **rest)

    def add_slider(self, label, initial_value, **rest):
        return self._add(label, initial_value, **rest)

    def add_dropdown(self, label, options, initial_value, **rest):
        return self._add(label, initial_value, **rest)

    def add_checkbox(self, label, value):
        return self._add(label, value)


@contextmanager
def panel(emg=True):
    """The state, the controls by label, and the panel."""
    held = SimpleNamespace(shown=SHOWN)

    def change(how):
        held.shown = how(held.shown)

    gui = Gui()
    yield held, gui.by_label, Panel(gui, SHOWN, change, title="<b>file</b>", emg=emg)


@pytest.mark.parametrize(
    ("label", "value", "seen", "expected"),
    [
        ("Play", True, lambda s: s.playback.playing, True),
        ("time (s)", 2.5, lambda s: s.playback.time, 2.5),
        ("speed", "x0.25", lambda s: s.playback.speed, 0.25),
        ("loop", False, lambda s: s.playback.loop, False),
        ("muscle", "gasmed", lambda s: s.muscle, "gasmed"),
        ("side", "left", lambda s: s.sides, "l"),
        ("colours", "colour-blind", lambda s: s.scheme, "colour-blind"),
        ("chart", "all", lambda s: s.span, float("inf")),
        ("delay (ms)", -40, lambda s: s.delay, -0.04),
    ],
)
def test_a_control_asks_for_its_change_and_what_the_viewer_writes_for_none(label, value, seen, expected):
    with panel() as (held, controls, _):
        controls[label].moved(value, client=None)
        assert held.shown == SHOWN
        controls[label].moved(value)
        assert seen(held.shown) == expected


def test_controls_say_what_is_shown():
    with panel() as (_, controls, shown):
        now = SHOWN.next_muscle().next_side().next_scheme().delayed(0.06)
        shown.show(now)
        assert controls["muscle"].value == "gasmed"
        assert controls["side"].value == "right"
        assert controls["colours"].value == "colour-blind"
        assert controls["delay (ms)"].value == 60
        shown.show(SHOWN)
        assert controls["side"].value == "both"


def test_no_delay_without_emg():
    with panel(emg=False) as (_, controls, _):
        assert controls["delay (ms)"].rest["visible"] is False


def test_every_key_changes_what_is_shown_and_stands_in_the_panel():
    held = SimpleNamespace(shown=SHOWN)

    def change(how):
        held.shown = how(SHOWN)

    written = " ".join(KEYS)
    signs = {"arrowright": "→", "arrowleft": "←", "arrowup": "↑", "arrowdown": "↓"}
    for key in keys(change):
        held.shown = SHOWN
        key.does()
        assert held.shown != SHOWN, key.label
        assert signs.get(key.key, key.key.lower()) in written
    assert len({key.key for key in keys(change)}) == len(keys(change))
