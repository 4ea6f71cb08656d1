"""Prepared recordings on disk: flat memory-mapped arrays and one index."""

from myoshift.store.flat import INDEX, read, windows, write
from myoshift.store.sources import code

__all__ = ["INDEX", "code", "read", "windows", "write"]
