"""The workers of a Dask cluster as an executor: jobs are sent to them, what they find is written to a shared folder.

Dask carries functions and messages by pickle: whoever reaches a scheduler can run anything on its workers, and so the
way to it must be closed to others: `tls://`, or this machine alone. Data and models are never pickled.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from myoshift.bench.execution import TaskLostError
from myoshift.bench.plan import code
from myoshift.errors import ConfigError, MyoshiftError

if TYPE_CHECKING:
    from distributed import Client

    from myoshift.bench.execution import Pool

SECONDS = 10
"""For a scheduler to answer."""
PATIENCE = 60
"""Seconds for a first worker to come."""
LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch")
"""Another version of these may give other last digits."""
VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Dask's nanny sets them to 1 before a worker imports its BLAS."""
ALONE = Lock()
"""Two trainings in one process would draw from one random generator."""


@dataclass(frozen=True)
class Expected:
    """What a worker must find: the code of these methods, these versions, a token in the shared folder, the data."""

    methods: tuple[str, ...]
    facts: Mapping[str, str]
    out: str = ""
    token: str = ""
    data: str = ""


def cluster(
    address: str,
    out: Path,
    *,
    methods: Sequence[str] = (),
    data: Path | None = None,
    insecure: bool = False,
) -> Pool:
    """Connect to a scheduler, look whether its workers can do the work, and return what makes executors of it.

    Parameters
    ----------
    address : `tls://host:port`, or `tcp://host:port` of this machine
    out : folder of the benchmark, which the workers write to
    methods : names whose code must be the same there
    data : folder of the data sets, which the workers read
    insecure : take an open `tcp://` connection to another machine as well

    Raises
    ------
    ConfigError
        When the address is not safe, Dask is not installed, or a worker has several threads or other code.
    MyoshiftError
        When the scheduler does not answer, or has no worker.
    """
    check_address(address, insecure=insecure)
    methods = tuple(dict.fromkeys(("constant", *methods)))
    expected = Expected(methods, facts(methods))
    with connect(address) as client:
        check_workers(client, expected)

    def pool() -> Executor:
        return Workers(connect(address), expected, out.resolve(), data)

    return pool


def check_address(address: str, *, insecure: bool = False) -> None:
    """Refuse what is no address, and an open connection to another machine.

    Raises
    ------
    ConfigError
        With the flag that lets an open connection pass.
    """
    try:
        parts = urlsplit(address)
        complete = bool(parts.hostname and parts.port) and parts.scheme in ("tls", "tcp")
    except ValueError:
        complete = False
    if not complete:
        raise ConfigError("no address of a Dask scheduler", where=address, mend="write tls://HOST:PORT")
    if parts.scheme == "tcp" and not insecure and not _loopback(parts.hostname or ""):
        raise ConfigError(
            "an open connection to another machine",
            where=address,
            why="whoever can read or reach tcp:// can run anything on the workers",
            mend="start the scheduler with tls://, or give --insecure-cluster on a network that you trust",
        )


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def connect(address: str) -> Client:
    """A client of the scheduler.

    Raises
    ------
    ConfigError
        When Dask is not installed, or has no certificates for `tls://`.
    MyoshiftError
        When the scheduler does not answer within `SECONDS`.
    """
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError as error:
        raise ConfigError(
            "--cluster needs Dask, which is not installed", why=str(error), mend="pip install 'myoshift[cluster]'"
        ) from error
    parts = urlsplit(address)
    if parts.scheme == "tls" and not Security().get_connection_args("client").get("ssl_context"):
        raise ConfigError(
            "tls:// without certificates",
            where=address,
            mend="name distributed.comm.tls.ca-file, client.cert and client.key in Dask's configuration",
        )
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=SECONDS).close()
        return Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise MyoshiftError(
            "the Dask scheduler does not answer",
            where=address,
            why=str(error).partition("\n")[0],
            mend="start it, and look at the address",
        ) from error


def check_workers(client: Client, expected: Expected) -> None:
    """Hold what every worker of a cluster has against what is expected.

    Raises
    ------
    ConfigError
        When a worker cannot do the work.
    MyoshiftError
        When none comes within `PATIENCE`.
    """
    place = str(client.scheduler.address) if client.scheduler else ""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise MyoshiftError("the Dask cluster has no worker", where=place, mend="start workers first") from error
    for name, about in client.scheduler_info(n_workers=-1)["workers"].items():
        if about["nthreads"] != 1:
            raise ConfigError(
                "a worker with several threads",
                where=str(name),
                why=f"{about['nthreads']} threads; jobs of one process would draw from one random generator",
                mend="start more workers with --nthreads 1",
            )
    for name, faults in client.run(found_wanting, expected, on_error="return").items():
        if isinstance(faults, Exception):
            faults = [f"it cannot load this version of myoshift: {type(faults).__name__}: {faults}"]
        _refuse(faults, str(name))


def _refuse(faults: Sequence[str], where: str) -> None:
    if faults:
        raise ConfigError(
            "a worker cannot do the work",
            where=where,
            why="; ".join(faults),
            mend="give workers the same code, versions, folders and one thread (docs/cluster.md)",
        )


def facts(methods: Sequence[str]) -> dict[str, str]:
    """What must be the same everywhere for the same bytes: hash of the code of each method, versions of libraries."""
    return {f"code of {name}": code(name, simulates=True) for name in methods} | {
        name: version(name) for name in LIBRARIES
    }


@cache
def _facts(methods: tuple[str, ...]) -> dict[str, str]:
    """Code is loaded once in a process."""
    return facts(methods)


def found_wanting(expected: Expected) -> list[str]:
    """In a worker: what it lacks, in words; nothing if it can do the work."""
    here = _facts(expected.methods)
    faults = [
        f"{name}: {here[name]}, expected {value}" for name, value in expected.facts.items() if here[name] != value
    ]
    faults += [f"{name} is not 1" for name in VARIABLES if os.environ.get(name) != "1"]
    if expected.data and not Path(expected.data).is_dir():
        faults.append(f"no folder {expected.data} with the data")
    if expected.out and not _shared(expected):
        faults.append(f"{expected.out} is not the folder that this bench writes to")
    return faults


def _shared(expected: Expected) -> bool:
    """Whether the folder of the benchmark is the same one here, and can be written to."""
    try:
        same = Path(expected.out, expected.token).is_file()
    except OSError:
        return False
    return same and os.access(expected.out, os.W_OK)


def guarded(expected: Expected, work: Callable[[str], None], message: str) -> None:
    """In a worker, which may have come late: one job, if nothing is wanting.

    Raises
    ------
    ConfigError
        When this worker cannot do the work.
    """
    with ALONE:
        _refuse(found_wanting(expected), f"process {os.getpid()}")
        work(message)


class Workers(Executor):
    """Dask's own executor, whose losses are told as `execute` knows them.

    Dask gives a job whose worker died to another one; after its own number of deaths the job is lost, but not the
    cluster. A lost scheduler is a broken executor.
    """

    def __init__(self, client: Client, expected: Expected, out: Path, data: Path | None) -> None:
        self._client, self._inner = client, client.get_executor(pure=False)
        self._token = out / f".cluster-{uuid4().hex}"
        self._expected = Expected(
            expected.methods,
            expected.facts,
            out=str(out),
            token=self._token.name,
            data=str(data.resolve()) if data and data.is_dir() else "",
        )
        try:
            self._token.touch()
            check_workers(client, self._expected)
        except BaseException:
            self.shutdown(wait=False)
            raise

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send a job; its future raises `TaskLostError` or `BrokenExecutor` if it is lost."""
        told: Future[Any] = Future()
        try:
            inner = self._inner.submit(guarded, self._expected, work, *args, **kwargs)
        except Exception as error:  # of many types, from a connection that is closed
            raise BrokenExecutor(f"the scheduler takes no more jobs: {error}") from error
        inner.add_done_callback(lambda done: _tell(done, told))
        return told

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what has not begun is cancelled if we do not wait, a job under way goes on."""
        try:
            self._inner.shutdown(wait=wait and not cancel_futures)
            self._client.close()
        finally:
            self._token.unlink(missing_ok=True)


def _tell(done: Future[Any], told: Future[Any]) -> None:
    from distributed.scheduler import KilledWorker

    if done.cancelled():
        told.set_exception(BrokenExecutor("the scheduler was lost"))
    elif isinstance(error := done.exception(), KilledWorker):
        told.set_exception(TaskLostError(str(error)))
    elif error:
        told.set_exception(error)
    else:
        told.set_result(done.result())
