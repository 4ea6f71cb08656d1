"""Keys as viser is told of them; what they do in a browser is tried in test_app."""

from __future__ import annotations

from types import SimpleNamespace
from typing import get_args

import pytest

from myoshift.deploy.viewer.keys import KEPT, Key, bind
from myoshift.deploy.viewer.panel import keys

messages = pytest.importorskip("viser._messages", reason="the extra `viewer` is not installed")


def bound(*given):
    """What a server is sent, and the commands it has."""
    sent, commands = [], {}

    def add_command(label, *, hotkey):
        commands[hotkey] = SimpleNamespace(label=label, on_trigger=lambda call: commands.update({hotkey: call}))
        return commands[hotkey]

    server = SimpleNamespace(
        _websock_server=SimpleNamespace(queue_message=sent.append), gui=SimpleNamespace(add_command=add_command)
    )
    bind(server, given)
    return sent, commands


def test_a_command_does_what_its_key_says():
    done = []
    _, commands = bound(Key(key="M", label="one", does=lambda: done.append(1)), Key(key="N", label="two", does=list))
    commands["M"](None)
    commands["N"](None)
    assert done == [1]


def test_the_page_is_told_which_keys_the_camera_does_not_get():
    (sent,), _ = bound()
    assert isinstance(sent, messages.RunJavascriptMessage)
    assert all(f'"{code}"' in sent.source for code in KEPT)
    assert "%s" not in sent.source


def test_viser_knows_the_keys():
    known = set(get_args(messages.HotkeyKey)) | {"[", "]"}  # these are not in its list, and the browser knows them
    assert {key.key for key in keys(lambda how: None)} <= known
