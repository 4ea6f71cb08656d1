"""`myoshift view`: what is refused, the page, and a server that Ctrl-C ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.viewer.desk import write_activation, write_desk
from myoshift.cli import view
from myoshift.cli.main import app
from myoshift.errors import ConfigError, DataRefused

PROGRAM = Path(sys.executable).with_name("myoshift")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return write_desk(tmp_path_factory.mktemp("desk"))


def raised(*arguments):
    return CliRunner().invoke(app, ["view", *map(str, arguments)]).exception


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--export", "page.pdf"), "the page is an HTML file"),
        (("--export", "page.html", "--port", "9000"), "a page needs no port"),
        (("--export", "page.html", "--emg", "emg.sto"), "a page shows no EMG"),
        (("--emg-kind", "raw"), "--emg-kind without --emg"),
        (("--port", "0"), "there is no port 0"),
        (("--port", "70000"), "there is no port 70000"),
    ],
)
def test_options_that_make_no_sense_are_refused(arguments, why, desk):
    error = raised(desk / "activation.sto", *arguments)
    assert isinstance(error, ConfigError)
    assert error.exit_code == 2
    assert why in str(error)


def test_files_of_different_recordings_are_refused(desk, tmp_path):
    late = write_activation(tmp_path / "late.sto", start=500.0)
    error = raised(late, "--motion", desk / "walk.mot")
    assert isinstance(error, DataRefused)
    assert error.exit_code == 3
    assert "shares no time" in str(error)


def test_a_port_that_is_taken_is_one_message(desk):
    pytest.importorskip("viser", reason="the extra `viewer` is not installed")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        error = raised(desk / "activation.sto", "--no-browser", "--port", held.getsockname()[1])
    assert isinstance(error, ConfigError)
    assert "cannot be had" in str(error)


def test_without_viser_one_message_says_what_to_install(desk, monkeypatch):
    monkeypatch.setitem(sys.modules, "viser", None)
    error = raised(desk / "activation.sto", "--no-browser")
    assert isinstance(error, ConfigError)
    assert "pip install 'myoshift[viewer]'" in str(error)


def test_a_page_is_written_and_nothing_is_served(desk, tmp_path):
    pytest.importorskip("viser", reason="the extra `viewer` is not installed")
    write_activation(tmp_path / "short.sto")
    done = CliRunner().invoke(app, ["view", str(tmp_path / "short.sto"), "--export", str(tmp_path / "page.html")])
    assert done.exit_code == 0, done.output
    assert done.stdout.strip().splitlines()[-1] == str(tmp_path / "page.html")
    assert "short.sto" in (tmp_path / "page.html").read_text()


def test_a_browser_of_the_terminal_is_none(monkeypatch):
    import webbrowser

    def nowhere():
        raise webbrowser.Error("none")

    asked = []
    window = webbrowser.BackgroundBrowser("firefox")
    monkeypatch.setattr(window, "open", lambda address: asked.append(address) or True)
    for found, opened in (
        (lambda: webbrowser.GenericBrowser("w3m"), False),
        (nowhere, False),
        (lambda: window, True),
    ):
        monkeypatch.setattr(webbrowser, "get", found)
        assert view._opened("http://127.0.0.1:1") is opened
    assert asked == ["http://127.0.0.1:1"]


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as SIGINT")
def test_it_serves_without_a_browser_until_ctrl_c(desk):
    pytest.importorskip("viser", reason="the extra `viewer` is not installed")
    command = [PROGRAM, "view", desk / "activation.sto", "--motion", desk / "walk.mot", "--no-browser"]
    served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        said = served.stdout.readline()
        assert said.startswith("http://127.0.0.1:"), served.stderr.read() if served.poll() is not None else said
        with urllib.request.urlopen(said.split()[0], timeout=10) as answer:
            assert answer.status == 200
        served.send_signal(signal.SIGINT)
        rest, errors = served.communicate(timeout=60)
    finally:
        served.kill()
    assert served.returncode == 0, errors
    assert rest == "ended\n"
    assert "Traceback" not in errors
