"""One plain loop that trains a network by a method."""

from myoshift.training.batch import Batch, Windows
from myoshift.training.config import TrainingConfig
from myoshift.training.loop import Trained, fit
from myoshift.training.method import Method

__all__ = ["Batch", "Method", "Trained", "TrainingConfig", "Windows", "fit"]
