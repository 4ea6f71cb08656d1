"""Prepared recordings on disk: flat memory-mapped arrays and one index."""

from myoshift.store.flat import read, windows, write

__all__ = ["read", "windows", "write"]
