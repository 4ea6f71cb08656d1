"""The child process of `hdf5`: read one whole file, to see whether the HDF5 library survives it.

A damaged heap or tree can make the library loop for ever. Run as `python -m myoshift.formats.hdf5_child FILE
GIGABYTES`; whatever it ends with by itself is fine, since the caller then finds the same and can say it better.
"""

from __future__ import annotations

import contextlib
import sys

from myoshift.formats.child import limit_memory
from myoshift.formats.hdf5 import plain, tree

if __name__ == "__main__":
    limit_memory(float(sys.argv[2]))
    with contextlib.suppress(Exception):
        tree(sys.argv[1], plain)
