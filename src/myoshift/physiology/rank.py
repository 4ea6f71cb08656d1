"""How many synergies: by the variance they account for, and by what they predict of muscles that were hidden.

Hidden are whole stretches of one muscle while others are seen, so that each frame's activations come from the other
muscles (Wold 1978, Technometrics 20:397; Owen and Perry 2009, doi 10.1214/08-AOAS227): neighbouring samples of an
envelope are alike, and stretches, not samples, are what an error can be averaged over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataRefused
from myoshift.physiology.factorisation import Measured, descend, solve_activations
from myoshift.physiology.synergy import RESTARTS, UNSEEN, factorise, refuse_unfit
from myoshift.types import Array

VAF, VAF_OF_A_MUSCLE = 0.90, 0.75
"""What synergies must account for, over all muscles and of every single one."""
PLATEAU = 0.03
"""Gain in VAF by one more synergy that is none."""
LARGEST = 8
FEWEST = 3
"""Muscles of which one can be hidden."""
FOLDS, STRETCHES = 6, 25
STARTS = 2
FRAMES = 500
"""Most frames, evenly spaced, of which a part is hidden."""
TOLERANCE, ROUNDS, SWEEPS = 1e-5, 150, 50


@dataclass(frozen=True, eq=False)
class VafCurve:
    """Variance accounted for by 1, 2, ... synergies.

    Parameters
    ----------
    vaf : (R,) over all muscles
    least : (R,) of the muscle that is explained worst; NaN where all are silent
    """

    vaf: Array
    least: Array

    @property
    def rank(self) -> int | None:
        """Fewest synergies with VAF >= 0.90 over all muscles and >= 0.75 of each; None where so many are too few."""
        enough = (self.vaf >= VAF) & (self.least >= VAF_OF_A_MUSCLE)
        return int(np.argmax(enough)) + 1 if enough.any() else None

    @property
    def plateau(self) -> int | None:
        """Fewest synergies to which one more adds less than 0.03 of VAF; None where the curve has not ended."""
        flat = np.diff(self.vaf) < PLATEAU
        return int(np.argmax(flat)) + 1 if flat.any() else None


@dataclass(frozen=True, eq=False)
class HiddenCurve:
    """Error of 1, 2, ... synergies where muscles were hidden: (R, S) for each of S stretches of time.

    The mean square of the error over that of the activation.
    """

    errors: Array

    @property
    def error(self) -> Array:
        """(R,) mean over the stretches."""
        return np.asarray(self.errors.mean(axis=1))

    @property
    def rank(self) -> int:
        """Fewest synergies whose error is within one standard error, paired by stretch, of the smallest."""
        above = self.errors - self.errors[np.argmin(self.error)]
        spread = above.std(axis=1, ddof=1) / np.sqrt(above.shape[1])
        return int(np.argmax(above.mean(axis=1) <= spread)) + 1


def rank_by_vaf(
    activation: Array, largest: int | None = None, *, restarts: int = RESTARTS, seed: int = 0
) -> VafCurve:
    """Curve of VAF against the number of synergies, up to `largest`, of an activation (T, M), NaN where not measured.

    Raises as `factorise`.
    """
    refuse_unfit(activation, 1)
    ranks = range(1, _largest(activation, largest, activation.shape[1]) + 1)
    found = [factorise(activation, rank, restarts=restarts, seed=seed) for rank in ranks]
    return VafCurve(np.array([each.vaf for each in found]), np.array([_least(each.vaf_by_muscle) for each in found]))


def rank_by_cross_validation(activation: Array, largest: int | None = None, *, seed: int = 0) -> HiddenCurve:
    """Error on hidden stretches of muscles against the number of synergies, of an activation (T, M).

    Time is cut into 25 stretches. In each, every muscle is hidden once while five sixths of them are seen, in an
    order drawn anew. Each fold begins from first guesses of its own.

    Raises
    ------
    DataRefused
        As `factorise`; when there are fewer than 3 muscles or 50 frames; when a muscle is measured in too few frames
        to be hidden in part.
    """
    refuse_unfit(activation, 1)
    frames, muscles = activation.shape
    if muscles < FEWEST or frames < 2 * STRETCHES:
        raise DataRefused(
            "too little to hide a part of",
            why=f"{muscles} muscles and {frames} frames; {FEWEST} and {2 * STRETCHES} are needed",
            mend="give more, or take the rank by VAF",
        )
    values, random = activation[:: -(-frames // FRAMES)], np.random.default_rng(seed)
    stretch = np.arange(len(values)) * STRETCHES // len(values)
    folds = min(FOLDS, muscles)
    fold = np.stack([random.permutation(np.arange(muscles) % folds) for _ in range(STRETCHES)])[stretch]
    most = _largest(values, largest, muscles - -(-muscles // folds))
    errors = sum(_hidden(values, fold == number, stretch, most, random) for number in range(folds))
    scale = np.nansum(values**2) / STRETCHES
    return HiddenCurve(np.asarray(errors / scale))


def _hidden(
    values: Array, hide: NDArray[np.bool_], stretch: NDArray[np.intp], most: int, random: np.random.Generator
) -> Array:
    """(R, S) sums of squared errors at what is hidden, of 1 to `most` synergies of what is not."""
    data = Measured.of(np.where(hide, np.nan, values))
    there = hide & np.isfinite(values)
    rows = []
    for rank in range(1, most + 1):
        guesses = random.uniform(size=(STARTS, values.shape[1], rank))
        found = [descend(data, guess, tolerance=TOLERANCE, most=ROUNDS) for guess in guesses]
        weights, activations, _ = min(found, key=lambda each: each[2])
        activations = solve_activations(data, weights, activations, ridge=UNSEEN, sweeps=SWEEPS)
        error = np.where(there, (values - activations.T @ weights.T) ** 2, 0.0).sum(axis=1)
        rows.append(np.bincount(stretch, error, STRETCHES))
    return np.stack(rows)


def _largest(activation: Array, asked: int | None, most: int) -> int:
    return max(1, min(most, LARGEST if asked is None else asked))


def _least(by_muscle: Array) -> float:
    known = by_muscle[np.isfinite(by_muscle)]
    return float(known.min()) if len(known) else float("nan")
