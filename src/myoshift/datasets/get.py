"""Download: every file from the commit it was measured at, held against its hash, whole or not at all."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

from myoshift import formats
from myoshift.datasets.base import UpstreamFile, files
from myoshift.errors import ConfigError, DataRefused, IntegrityError

SOURCE = "https://raw.githubusercontent.com"
SECONDS = 30.0  # without a byte before a server is given up


def get(name: str, root: Path, *, progress: Callable[[str], None] = lambda _: None) -> int:
    """Fetch the files of a data set that are not yet there.

    A file that is there with the right content is left alone, so that an interrupted download goes on where it
    stopped. MYOSHIFT_MIRROR names another server with the same layout.

    Parameters
    ----------
    root : data root; files go to `root / name / path`
    progress : told the path of each file that is there now

    Returns
    -------
    int
        How many files were downloaded.

    Raises
    ------
    DataRefused
        When the server cannot be reached, does not have a file or sends another one, the folder cannot be written, or
        a file is published nowhere.
    IntegrityError
        When a file of another content is in the way.
    ConfigError
        When the mirror is neither https nor on this machine.
    """
    base, fetched = _base(), 0
    for file in files(name):
        target = root / name / file.path
        if not target.exists():
            _refuse_without_address(file, target)
            _fetch(file, f"{base}/{_path(file)}", target)
            fetched += 1
        elif formats.hash_file(target) != file.sha256:
            raise IntegrityError(
                f"a file of another content is where {name} belongs",
                where=target,
                why=f"expected sha256 {file.sha256[:16]}...",
                mend="move it away and run the command again",
            )
        progress(file.path)
    return fetched


def _refuse_without_address(file: UpstreamFile, target: Path) -> None:
    if not file.upstream_repo:
        raise DataRefused(
            f"{file.dataset} is published nowhere",
            where=target,
            mend="put a copy of its files there, or name the folder that holds it with --data or MYOSHIFT_DATA",
        )


def _base() -> str:
    """Address of the server, without a slash at the end."""
    base = os.environ.get("MYOSHIFT_MIRROR", SOURCE).rstrip("/")
    parts = urlsplit(base)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        return base
    raise ConfigError(
        "MYOSHIFT_MIRROR is not a safe address",
        why=f"{base!r}: https is needed, plain http only on this machine",
        mend="use https",
    )


def _is_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _path(file: UpstreamFile) -> str:
    """`owner/repository/commit/path`, every segment percent-encoded."""
    whole = f"{file.upstream_repo}/{file.upstream_commit}/{file.upstream_path}"
    return "/".join(quote(segment, safe="") for segment in whole.split("/"))


def _fetch(file: UpstreamFile, url: str, target: Path) -> None:
    """Download into a temporary file beside the target; it gets its name when its hash is right."""
    import pooch

    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(url, f"sha256:{file.sha256}", fname=target.name, path=target.parent, downloader=_download)
    except ValueError as error:
        raise IntegrityError(
            "the server sent another file than expected",
            where=url,
            why=f"expected sha256 {file.sha256[:16]}...",
            mend="run the command again later, or name another server with MYOSHIFT_MIRROR",
        ) from error
    except OSError as error:
        raise DataRefused(
            "the download could not be written", where=target, why=str(error), mend="name another folder with --data"
        ) from error


def _download(url: str, output: str, caller: object) -> None:
    """What pooch calls: fetch one file, and say so when it is a web page instead of data."""
    import pooch
    import requests

    try:
        pooch.HTTPDownloader(timeout=SECONDS)(url, output, caller)
    except requests.RequestException as error:
        raise DataRefused(
            "a file could not be downloaded",
            where=url,
            why=str(error),
            mend="check the connection and run the command again; what has arrived is kept",
        ) from error
    if Path(output).stat().st_size and formats.detect(output) == "html":
        raise DataRefused(
            "the server sent an HTML page in place of data",
            where=url,
            mend="open the address in a browser to see what it says",
        )
