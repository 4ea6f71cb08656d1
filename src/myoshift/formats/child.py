"""Child processes for parsers that a damaged file can crash or hang: limits of time and memory, and what is told."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

from myoshift.errors import DataFormatError


def run(module: str, *arguments: str, seconds: float, again: str) -> subprocess.CompletedProcess[str]:
    """Run a module in a child process to its end; its exit code is the caller's business.

    Parameters
    ----------
    seconds : limit of time
    again : how to mend a file that crashes its reader

    Raises
    ------
    DataFormatError
        When the child took too long, or crashed.
    """
    command = [sys.executable, "-P", "-m", module, *arguments]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
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
            "the file is damaged: it crashed its reader", why=f"signal {-done.returncode}", mend=again
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
