"""Any method of the registry in scikit-learn's manner: `fit`, `predict`, `score`, for arrays and recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from myoshift import metrics
from myoshift.errors import ConfigError, DataRefused
from myoshift.estimators.named import named, training_config
from myoshift.predictor import Estimator, Problem
from myoshift.types import Array, Array32, Recording, Split

WALKING = ("hip_flexion", "knee_angle", "ankle_angle")
"""Inputs when none are named: what nearly every gait laboratory has."""
Motion = Array | Array32 | Recording


class ActivationRegressor(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Muscle activation from motion, as a scikit-learn estimator: it can be cloned, searched and cross-validated.

    `X` is one recording or a sequence of them, each a `Recording` or the motion (T, C) of one leg in radians, whose
    columns are `inputs`; `y` are the activations (T, M), whose columns are `outputs`, NaN where not measured, and is
    left out where `X` holds recordings. Whole recordings are what is learned from and scored: frames are no samples.

    Parameters
    ----------
    method : name of a method or estimator (`myoshift list methods`), for example knn, ridge, source_only, ensemble
    inputs : C coordinates without side (`hip_flexion`), hip, knee and ankle in the sagittal plane by default
    outputs : M sites or muscles without side (`soleus`)
    rate : Hz of recordings and arrays
    training : settings of the training loop (`TrainingConfig`), for methods that are trained
    settings : of the method itself
    seed : of every random draw

    Attributes
    ----------
    predictor_ : the fitted `Predictor`, which can be saved, calibrated and streamed
    """

    def __init__(
        self,
        method: str = "source_only",
        *,
        inputs: Sequence[str] = WALKING,
        outputs: Sequence[str] = (),
        rate: float = 50.0,
        training: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
    ) -> None:
        self.method, self.inputs, self.outputs, self.rate = method, inputs, outputs, rate
        self.training, self.settings, self.seed = training, settings, seed

    def fit(
        self,
        X: Motion | Sequence[Motion],
        y: Array | Array32 | Sequence[Array | Array32] | None = None,
        groups: Sequence[str] | None = None,
    ) -> Self:
        """Learn from recordings.

        Parameters
        ----------
        groups : the person of each array, who counts as one however many recordings there are; each array is
            somebody else when None. Recordings name their own.

        Raises
        ------
        ConfigError
            When no outputs are named, or X, y and groups have other lengths.
        DataRefused
            When shapes do not fit the names, or nothing was measured.
        """
        if not self.outputs:
            raise ConfigError("no outputs are named", mend="name sites or muscles, for example outputs=['soleus']")
        recordings = self._labelled(X, y, groups)
        self.predictor_ = self._estimator().fit(Split(name="fit", source=recordings))
        return self

    def predict(self, X: Motion | Sequence[Motion]) -> Any:
        """Outputs (T, M) of each array; of a recording (T, M x legs), the right leg first. A list for a sequence."""
        check_is_fitted(self, "predictor_")
        found = [self._predict(each) for each in _each(X)]
        return found[0] if _alone(X) else found

    def score(
        self, X: Motion | Sequence[Motion], y: Array | Array32 | Sequence[Array | Array32] | None = None
    ) -> float:
        """Mean Pearson r over the measured outputs, all recordings end to end; NaN where nothing can be scored.

        Amplitudes of surface EMG have no common unit: r is what can be compared between people. For intervals,
        baselines and people kept apart, use `myoshift bench`.
        """
        check_is_fitted(self, "predictor_")
        legs = self.predictor_.problem.legs(self._labelled(X, y, None))
        predicted = np.concatenate([self.predictor_.legs(leg.recording.hidden())[leg.side] for leg in legs])
        scores = metrics.r(predicted.astype(float), np.concatenate([leg.activation for leg in legs]).astype(float))
        return float(np.nanmean(scores)) if np.isfinite(scores).any() else float("nan")

    def _estimator(self) -> Estimator:
        problem = Problem(tuple(self.inputs), tuple(self.outputs), float(self.rate))
        config = training_config(self.training or {})
        return named(self.method, problem, config=config, seed=self.seed, settings=dict(self.settings or {}))

    def _predict(self, motion: Motion) -> Array32:
        if isinstance(motion, Recording):
            return self.predictor_.predict_recording(motion)[0]
        return self.predictor_.predict(np.asarray(motion, np.float32))

    def _labelled(self, X: Motion | Sequence[Motion], y: Any, groups: Sequence[str] | None) -> tuple[Recording, ...]:
        motions = _each(X)
        recordings = tuple(each for each in motions if isinstance(each, Recording))
        if len(recordings) == len(motions):
            return recordings
        if y is None:
            raise ConfigError(
                "arrays of motion need activations", mend="give y, one array (T, M) for each array of X"
            )
        targets = [y] if _alone(X) else list(y)
        people = [f"{k}" for k in range(len(motions))] if groups is None else list(groups)
        if not len(motions) == len(targets) == len(people):
            raise ConfigError(
                "X, y and groups do not belong together",
                why=f"{len(motions)} recordings, {len(targets)} activations, {len(people)} groups",
                mend="give one of each for every recording",
            )
        return tuple(
            self._recording(np.asarray(m, np.float32), np.asarray(t, np.float32), who)
            for m, t, who in zip(motions, targets, people, strict=True)
        )

    def _recording(self, motion: Array32, activation: Array32, who: str) -> Recording:
        """The motion of one leg, called the right one, and its activations."""
        problem = Problem(tuple(self.inputs), tuple(self.outputs), float(self.rate))
        wanted = (len(problem.inputs), len(problem.outputs))
        if motion.ndim != 2 or activation.ndim != 2 or (motion.shape[1], activation.shape[1]) != wanted:
            raise DataRefused(
                "an array has other columns than the names say",
                why=f"motion {motion.shape}, activation {activation.shape}; {wanted[0]} and {wanted[1]} names",
                mend=f"inputs are {', '.join(problem.inputs)}; outputs are {', '.join(problem.outputs)}",
            )
        if len(motion) != len(activation):
            raise DataRefused(
                "motion and activation have another number of frames", why=f"{len(motion)} and {len(activation)}"
            )
        names = tuple(f"{name}_r" for name in problem.outputs)
        return replace(
            problem.alone(motion), activation=activation, activation_names=names, subject=who, institution=who
        )


def _each(X: Motion | Sequence[Motion]) -> list[Motion]:
    if isinstance(X, Recording):
        return [X]
    return [X] if isinstance(X, np.ndarray) and X.ndim == 2 else list(X)


def _alone(X: object) -> bool:
    """Whether this is one recording, and not a sequence of them."""
    return isinstance(X, Recording) or (isinstance(X, np.ndarray) and X.ndim == 2)
