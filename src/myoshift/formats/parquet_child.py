"""The child process of `parquet`: read one whole file, to see whether the Parquet library survives it.

Run as `python -m myoshift.formats.parquet_child FILE GIGABYTES`; whatever it ends with by itself is fine, since the
caller then finds the same and can say it better.
"""

from __future__ import annotations

import contextlib
import sys

from myoshift.formats.child import limit_memory
from myoshift.formats.parquet import parse

if __name__ == "__main__":
    limit_memory(float(sys.argv[2]))
    with contextlib.suppress(Exception):
        parse(sys.argv[1], None)
