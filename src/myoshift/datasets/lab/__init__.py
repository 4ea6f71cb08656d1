"""Bring your own laboratory: a spec in YAML says what its files mean, and no Python is needed."""

from myoshift.datasets.lab.build import Imported, recordings, write
from myoshift.datasets.lab.spec import LabSpec, read

__all__ = ["Imported", "LabSpec", "read", "recordings", "write"]
