"""Who reaches the server: this machine's own pages, on the port that was asked for."""

from __future__ import annotations

import asyncio
import socket

import pytest

from myoshift.errors import ConfigError

viser = pytest.importorskip("viser", reason="the extra `viewer` is not installed")
from myoshift.deploy.viewer import figure, local  # noqa: E402


@pytest.fixture(scope="module")
def server():
    served = local.serve()
    yield served
    figure.stop(served)


@pytest.fixture
def taken():
    with socket.socket() as held:
        held.bind((local.HOST, 0))
        held.listen()
        yield held.getsockname()[1]


def answers(host: str, port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(1.0)
        return caller.connect_ex((host, port)) == 0


def test_only_this_machine_is_answered(server):
    assert server.get_host() == "127.0.0.1"
    assert answers("127.0.0.1", server.get_port())
    assert not answers("127.0.0.2", server.get_port())  # another address of this machine: it does not listen on all


def test_a_port_that_is_taken_is_refused(taken):
    with pytest.raises(ConfigError, match=f"port {taken} cannot be had"):
        local.serve(taken)


def test_without_a_port_the_next_free_one_is_taken(taken, monkeypatch):
    monkeypatch.setattr(local, "FIRST", taken)
    served = local.serve()
    try:
        assert taken < served.get_port() < taken + local.TRIED
    finally:
        figure.stop(served)


def test_no_free_port_at_all(taken, monkeypatch):
    monkeypatch.setattr(local, "FIRST", taken)
    monkeypatch.setattr(local, "TRIED", 1)
    with pytest.raises(ConfigError, match="no port is free"):
        local.serve()


def test_nothing_is_shared_whatever_a_page_asks(server):
    assert server.request_share_url() is None
    assert server._share_tunnel is None


@pytest.mark.parametrize(
    ("origin", "answered"),
    [("http://127.0.0.1", True), (None, True), ("http://example.org", False), ("null", False)],
)
def test_pages_of_other_sites_hear_nothing(server, origin, answered):
    assert asyncio.run(heard(server.get_port(), origin)) is answered


async def heard(port: int, origin: str | None) -> bool:
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    protocol = f"viser-v{viser.__version__}"
    async with connect(f"ws://127.0.0.1:{port}", origin=origin, subprotocols=[protocol]) as connection:
        try:
            return bool(await asyncio.wait_for(connection.recv(), 5.0))
        except ConnectionClosed:
            return False
