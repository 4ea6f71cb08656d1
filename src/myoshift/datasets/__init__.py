"""Data sets: facts, trials, their preparation, the recordings that come of it, and the check of every fact."""

from myoshift.datasets.base import Dataset, DatasetInfo, data_root, load
from myoshift.datasets.build import recordings
from myoshift.datasets.check import Finding, check
from myoshift.datasets.domains import about, domain
from myoshift.datasets.prepare import Preparation, prepare

__all__ = [
    "Dataset",
    "DatasetInfo",
    "Finding",
    "Preparation",
    "about",
    "check",
    "data_root",
    "domain",
    "load",
    "prepare",
    "recordings",
]
