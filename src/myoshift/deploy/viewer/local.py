"""A viser server that only this machine's own pages reach.

viser would give the recording a public address, through a server of its makers, when a page asks for it, and answers
every page that is open in the browser, whoever wrote it. Recordings of people are not for either.
"""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from myoshift.deploy.viewer import figure
from myoshift.errors import ConfigError

if TYPE_CHECKING:
    import viser

HOST = "127.0.0.1"
OWN = (HOST, "localhost")
FIRST = 8080
"""The port that is taken when none is asked for; if it is not free, the next."""
TRIED = 100


def serve(port: int | None = None) -> viser.ViserServer:
    """A server on 127.0.0.1 that shares nothing.

    Raises
    ------
    ConfigError
        When viser is not installed, or the port asked for (or every port, where None) is taken or not allowed.
    """
    chosen = _free() if port is None else port
    _refuse_taken(chosen)
    server = figure.serve(chosen, HOST)
    if server.get_port() != chosen:
        figure.stop(server)
        raise ConfigError(
            f"port {chosen} was taken meanwhile", where=HOST, mend="try again, or choose another --port"
        )
    _share_nothing(server)
    _refuse_strangers(server)
    return server


def _free() -> int:
    for port in range(FIRST, FIRST + TRIED):
        with contextlib.suppress(ConfigError):
            _refuse_taken(port)
            return port
    raise ConfigError(
        "no port is free", where=HOST, why=f"tried {FIRST} to {FIRST + TRIED - 1}", mend="choose one with --port"
    )


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        if os.name == "posix":  # a port that was left just now is free; elsewhere this would take it from others
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"port {port} cannot be had",
                where=HOST,
                why=getattr(error, "strerror", None) or str(error),
                mend="choose another --port, or leave it out for the next that is free",
            ) from error


def _share_nothing(server: viser.ViserServer) -> None:
    """No public address, whatever a page asks for."""

    def refused(verbose: bool = True) -> None:
        return None

    server.request_share_url = refused  # type: ignore[method-assign]


def _refuse_strangers(server: viser.ViserServer) -> None:
    """Hang up on a page that another site has written: its `Origin` says so."""

    async def look(client: Any) -> None:
        connection = server._websock_server._live_connections[client.client_id]
        headers = connection.request.headers if connection.request else {}
        origin = urlsplit(headers.get("Origin", f"http://{HOST}"))
        if origin.hostname not in OWN:
            await connection.close(1008, "pages of other sites are not served")

    server._websock_server.on_client_connect(look)
