"""Parsers that a damaged file can crash or hang are run in a child process, so that only the child ends."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Self

from myoshift.errors import DataFormatError

THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def run(module: str, arguments: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a module with arguments, for at most so many seconds.

    Raises
    ------
    DataFormatError
        When the child takes longer, or a signal ends it.
    """
    command = [sys.executable, "-P", "-m", module, *arguments]
    try:
        done = subprocess.run(
            command, env=os.environ | THREADS, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _slow(seconds) from error
    if done.returncode < 0:
        raise _crashed(done.returncode)
    return done


class Watch:
    """A child that looks at one file after another: a process started for each would cost a quarter of a second.

    The module reads a path a line (as JSON) and answers each with a line. A file that kills the child or takes too
    long is refused, and the next one is given to a new child. Use it as a context, so that the child ends.
    """

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def look(self, path: str | Path, seconds: float) -> None:
        """Have the child read a file, for at most so many seconds.

        Raises
        ------
        DataFormatError
            When the child takes longer, or the file ends it.
        """
        process = self._process or self._started()
        try:
            with contextlib.suppress(OSError):  # a child that is gone is seen by its silence
                _pipe(process.stdin).write(json.dumps(str(path)) + "\n")
                _pipe(process.stdin).flush()
            answer = self._answers.get(timeout=seconds)
        except queue.Empty as error:
            self.close()
            raise _slow(seconds) from error
        if not answer:
            code = process.wait()
            self.close()
            raise _crashed(code)

    def close(self) -> None:
        """End the child."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    _pipe(pipe).close()
        self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command,
            env=os.environ | THREADS,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._process, self._answers = process, queue.SimpleQueue()
        threading.Thread(target=_listen, args=(_pipe(process.stdout), self._answers), daemon=True).start()
        return process


def _listen(pipe: IO[str], answers: queue.SimpleQueue[str]) -> None:
    """Pass on what a child says; an empty answer when it is gone."""
    with contextlib.suppress(ValueError, OSError):  # closed while we listened
        for line in pipe:
            answers.put(line)
    answers.put("")


def _pipe(pipe: IO[str] | None) -> IO[str]:
    """A pipe that was asked for, and so is there."""
    assert pipe is not None
    return pipe


def _slow(seconds: float) -> DataFormatError:
    return DataFormatError(
        "the file took too long to read", why=f"limit {seconds:g} s", mend="raise the limit, or save less"
    )


def _crashed(code: int) -> DataFormatError:
    why = f"signal {-code}" if code < 0 else f"exit code {code}"
    return DataFormatError(
        "the file is damaged: it crashed its reader", why=why, mend="copy it again, or save it again"
    )


def limit_memory(gigabytes: float) -> None:
    """Cap the address space and the size of any file this process writes (where the system can)."""
    try:
        import resource
    except ImportError:  # not a POSIX system: the parent's time limit remains
        return
    size = int(gigabytes * 2**30)
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE):
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some limits
            resource.setrlimit(kind, (size, size))
