"""Data sets: facts, trials, their preparation, and the recordings that come of it."""

from myoshift.datasets.base import Dataset, DatasetInfo, data_root, load
from myoshift.datasets.build import recordings
from myoshift.datasets.prepare import Preparation, prepare

__all__ = ["Dataset", "DatasetInfo", "Preparation", "data_root", "load", "prepare", "recordings"]
