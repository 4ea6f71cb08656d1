"""What a fitted estimator is: a model with its names, predicted with, saved and loaded."""

from myoshift.predictor.core import Estimator, Predictor
from myoshift.predictor.familiarity import Familiarity
from myoshift.predictor.model import (
    Arrays,
    CompositeModel,
    FeatureModel,
    Model,
    MuscleModel,
    RecordingModel,
    feature_values,
    muscle_values,
    restore,
    single,
    spread,
)
from myoshift.predictor.problem import (
    PARTS,
    Problem,
    balance,
    declared,
    lacking,
    measured_outputs,
    require,
    source_card,
    unfamiliar,
)

__all__ = [
    "PARTS",
    "Arrays",
    "CompositeModel",
    "Estimator",
    "Familiarity",
    "FeatureModel",
    "Model",
    "MuscleModel",
    "Predictor",
    "Problem",
    "RecordingModel",
    "balance",
    "declared",
    "feature_values",
    "lacking",
    "measured_outputs",
    "muscle_values",
    "require",
    "restore",
    "single",
    "source_card",
    "spread",
    "unfamiliar",
]
