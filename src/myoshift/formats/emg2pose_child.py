"""The child process of `emg2pose`: read files, one after the other, to see whether HDF5 survives them.

A damaged heap or tree can make the HDF5 library loop for ever. Run as `python -m myoshift.formats.emg2pose_child
GIGABYTES`; it is told a path a line (as JSON) and answers a line. Whatever it finds is fine, since the caller then
finds the same and can say it better.
"""

from __future__ import annotations

import contextlib
import json
import sys

from myoshift.formats.child import limit_memory
from myoshift.formats.emg2pose_layout import opened, pieces


def walk(path: str) -> None:
    """Read every row of a file, and keep none."""
    with opened(path) as (_, series):
        for _ in pieces(series):
            pass


if __name__ == "__main__":
    limit_memory(float(sys.argv[1]))
    for line in sys.stdin:
        with contextlib.suppress(Exception):
            walk(json.loads(line))
        sys.stdout.write("seen\n")
        sys.stdout.flush()
