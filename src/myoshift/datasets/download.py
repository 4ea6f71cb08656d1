"""One file over the network: TLS only, a known size and content hash, a broken transfer goes on where it ended."""

from __future__ import annotations

import ipaddress
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from myoshift import formats
from myoshift.errors import DataRefused, IntegrityError
from myoshift.formats.detect import HEADER_LIMIT, sniff

SECONDS = 30.0  # without a byte before a server is given up
CHUNK = 1 << 20
HOPS = 5  # redirects
AGAIN = "check the connection and run the command again; what has arrived is kept"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be fetched: address, size and SHA-256 of the content."""

    url: str
    bytes: int
    sha256: str


def safe(url: str) -> bool:
    """Whether an address is https, or plain http on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname))


def _is_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def fetch(wanted: Wanted, target: Path) -> None:
    """Fetch a file; it gets its name when its size and its hash are right.

    What arrives is kept beside it in `NAME.HASH.part`, and a later call asks the server for the rest. A server that
    cannot start in the middle sends the whole file again.

    Raises
    ------
    DataRefused
        When the address or a redirect is not safe, the server cannot be reached or sends a web page, the disk is
        full, or the folder cannot be written.
    IntegrityError
        When another content arrives than the hash names; it is not kept.
    """
    part = target.with_name(f"{target.name}.{wanted.sha256[:8]}.part")
    with _written(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        begun = part.stat().st_size if part.exists() else 0
        for start in dict.fromkeys((begun, 0)):  # a part that does not lead to the content is given up once
            _transfer(wanted, part, start)
            if part.stat().st_size == wanted.bytes and formats.hash_file(part) == wanted.sha256:
                part.replace(target)
                return
            part.unlink()
    raise IntegrityError(
        "the server sent another file than expected",
        where=wanted.url,
        why=f"expected {wanted.bytes} bytes of sha256 {wanted.sha256[:16]}...",
        mend="run the command again later, or name another server with MYOSHIFT_MIRROR",
    )


def _transfer(wanted: Wanted, part: Path, start: int) -> None:
    """Add what is missing to the part; all of it anew from a server that does not send the rest."""
    if start >= wanted.bytes > 0:
        return
    room, missing = shutil.disk_usage(part.parent).free, wanted.bytes - start
    if room < missing:
        why = f"{missing} bytes to come, {room} bytes free"
        raise DataRefused("the disk has no room", where=part.parent, why=why, mend="name another folder with --data")
    with _answer(wanted.url, start) as answer:
        if start and answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            _save(answer, part, "ab", missing)
        elif not start or answer.status_code == 200:
            _save(answer, part, "wb", wanted.bytes)


def _save(answer: Any, part: Path, mode: str, most: int) -> None:
    """Write the body as it comes, and no more than one byte too much; a web page is refused before it is written."""
    chunks = answer.iter_content(CHUNK)
    first = next(chunks, b"")
    if mode == "wb" and first and sniff(first[:HEADER_LIMIT]) == "html":
        raise DataRefused(
            "the server sent an HTML page in place of data",
            where=answer.url,
            mend="open the address in a browser to see what it says",
        )
    with part.open(mode) as file:
        while first and most >= 0:
            file.write(first[: most + 1])
            most -= len(first)
            first = next(chunks, b"")


@contextmanager
def _answer(url: str, start: int) -> Iterator[Any]:
    """The answer to a request from byte `start` on; every redirect must be as safe as the address was."""
    import requests

    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        for _ in range(HOPS + 1):
            with requests.get(url, headers=headers, stream=True, timeout=SECONDS, allow_redirects=False) as answer:
                if not answer.is_redirect:
                    if answer.status_code != 416:  # nothing from there on: the part is no part of this file
                        answer.raise_for_status()
                    yield answer
                    return
                url = _next(url, answer.headers["Location"])
        raise DataRefused("the server redirects again and again", where=url, mend="name another with MYOSHIFT_MIRROR")
    except requests.RequestException as error:
        raise DataRefused("a file could not be downloaded", where=url, why=str(error), mend=AGAIN) from error


def _next(url: str, location: str) -> str:
    found = urljoin(url, location)
    if not safe(found) or (urlsplit(url).scheme == "https" and urlsplit(found).scheme != "https"):
        raise DataRefused(
            "the server redirects to an address that is not safe",
            where=url,
            why=f"to {found[:200]}; https is needed",
            mend="tell the publisher; nothing was downloaded",
        )
    return found


@contextmanager
def _written(target: Path) -> Iterator[None]:
    import requests

    try:
        yield
    except requests.RequestException:
        raise
    except OSError as error:
        raise DataRefused(
            "the download could not be written", where=target, why=str(error), mend="name another folder with --data"
        ) from error


def mirror(source: str) -> str:
    """The server that MYOSHIFT_MIRROR names in place of `source`, without a slash at the end."""
    return os.environ.get("MYOSHIFT_MIRROR", source).rstrip("/")
