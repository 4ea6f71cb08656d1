"""Parsers that a damaged file can crash or hang are run in a child process, so that only the child ends."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence

from myoshift.errors import DataFormatError


def run(module: str, arguments: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a module with arguments, for at most so many seconds.

    Raises
    ------
    DataFormatError
        When the child takes longer, or a signal ends it.
    """
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-P", "-m", module, *arguments]
    try:
        done = subprocess.run(
            command, env=os.environ | threads, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DataFormatError(
            "the file took too long to read", why=f"limit {seconds:g} s", mend="raise the limit, or save less"
        ) from error
    if done.returncode < 0:
        raise DataFormatError(
            "the file is damaged: it crashed its reader",
            why=f"signal {-done.returncode}",
            mend="copy it again, or save it again",
        )
    return done


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
