"""Prepared recordings on disk: flat memory-mapped arrays and one index."""

from myoshift.store.code import code
from myoshift.store.flat import INDEX, read, windows, write

__all__ = ["INDEX", "code", "read", "windows", "write"]
