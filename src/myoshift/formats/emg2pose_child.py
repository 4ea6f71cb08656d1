"""The child process of `emg2pose`: read one file, to see whether HDF5 survives it.

A damaged heap or tree can make the HDF5 library loop for ever. Run as `python -m myoshift.formats.emg2pose_child FILE
GIGABYTES`; whatever it ends with by itself is fine, since the caller then finds the same and can say it better.
"""

from __future__ import annotations

import contextlib
import sys

from myoshift.formats.child import limit_memory
from myoshift.formats.emg2pose import skeleton

if __name__ == "__main__":
    limit_memory(float(sys.argv[2]))
    with contextlib.suppress(Exception):
        skeleton(sys.argv[1], values=True)
