"""One plain loop that trains a network by a method."""

from myoshift.training.batch import Batch, Windows
from myoshift.training.clock import Clock
from myoshift.training.config import TrainingConfig
from myoshift.training.loop import NotFiniteError, Trained, fit
from myoshift.training.method import Method
from myoshift.training.pool import Pool
from myoshift.training.ranges import Choice, LogRange, Range, sample, search_space
from myoshift.training.supervised import Supervised, features

__all__ = [
    "Batch",
    "Choice",
    "Clock",
    "LogRange",
    "Method",
    "NotFiniteError",
    "Pool",
    "Range",
    "Supervised",
    "Trained",
    "TrainingConfig",
    "Windows",
    "features",
    "fit",
    "sample",
    "search_space",
]
