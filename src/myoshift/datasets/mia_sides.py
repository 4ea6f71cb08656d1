"""Which four of the eight channels of MIA are of the right side: its sources contradict each other.

The order of the muscles is the same everywhere: quadriceps, hamstring, latissimus, biceps, twice. Which side comes
first is not. Kicks decide: a quadriceps is active while its own thigh is lifted. For each person and kick, the
difference between the two quadriceps channels is correlated with the difference between the two hips' flexion. The
mean over these recordings must reach `MARGIN`, `SHARE` of them must have its sign, and there must be `FEWEST`; else
nothing is decided. Punches give a second opinion (biceps and the speed of the arm), which must not contradict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np

from myoshift import anatomy
from myoshift.datasets.mia_windows import RATE, Window
from myoshift.errors import DataRefused
from myoshift.formats.settings import Strict, read_settings
from myoshift.types import Array, Flag, Side

MARGIN = 0.2
SHARE = 0.8
FEWEST = 3
STILL = 0.1  # rad or rad/s, SD of the difference between the sides below which a recording says nothing
SETTINGS = "mia.yaml"
KICKS, PUNCHES = ("FrontKick", "HighKick", "KneeKick"), ("ElbowPunch", "FrontPunch", "HookPunch")
QUADRICEPS, BICEPS, OTHER_SIDE = 0, 3, 4  # places of channels, from 0, and from one side to the other
ARMS: dict[Side, tuple[int, int]] = {"r": (17, 19), "l": (16, 18)}  # shoulder and elbow of SMPL
Order = Literal["right first", "left first"]


class Settings(Strict):
    """What the user may state in `mia.yaml` beside the data."""

    sides: Order | None = None


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """Correlations (one for each person and exercise) as they are when the right side comes first."""

    what: str
    correlations: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean correlation, 0 where there is none."""
        return float(np.mean(self.correlations)) if self.correlations else 0.0

    @property
    def order(self) -> Order | None:
        """The order of the sides that follows; None when it is undecided."""
        agreeing = sum(r * self.mean > 0 for r in self.correlations)
        if len(self.correlations) < FEWEST or abs(self.mean) < MARGIN or agreeing < SHARE * len(self.correlations):
            return None
        return "right first" if self.mean > 0 else "left first"

    def __str__(self) -> str:
        agreeing = sum(r * self.mean > 0 for r in self.correlations)
        return (
            f"{self.what}: mean r {self.mean:+.2f} with the right side first, {-self.mean:+.2f} with the left, "
            f"{agreeing} of {len(self.correlations)} recordings agree"
        )


def sides(folder: Path, windows: Sequence[Window]) -> tuple[tuple[Side, Side], Flag]:
    """The side of the first and of the last four channels, and the flag that says why.

    What `mia.yaml` states is taken; the flag says when the movement speaks against it.

    Raises
    ------
    DataRefused
        When nothing is stated and the movement does not decide.
    ConfigError
        When `mia.yaml` cannot be read.
    """
    settings, legs, arms = folder / SETTINGS, _kicks(windows), _punches(windows)
    stated = read_settings(settings, Settings).sides if settings.is_file() else None
    said = f"{legs}; {arms}; margin {MARGIN:g}, {SHARE:.0%} of at least {FEWEST} recordings"
    decided = legs.order if arms.order in (None, legs.order) else None
    if stated is None and decided is None:
        raise DataRefused(
            "which channels of MIA are right and which are left is not known",
            where=folder,
            why=said,
            mend=f"write `sides: right first` or `sides: left first` into {settings}, from the authors of the set",
        )
    order = stated or decided
    pair: tuple[Side, Side] = ("r", "l") if order == "right first" else ("l", "r")
    if stated and {legs.order, arms.order} - {None, stated}:
        flag = Flag("probable_swap", f"{SETTINGS} states {stated}, the movement says swap: {said}", "channels 1-8")
    elif stated:
        flag = Flag("side_assumed", f"{SETTINGS} states {stated}; {said}", "channels 1-8")
    else:
        flag = Flag("side_derived", f"{order}, not stated by the set: {said}", "channels 1-8")
    return pair, flag


def _kicks(windows: Iterable[Window]) -> Opinion:
    """Quadriceps and the lift of the thigh."""
    found = _correlations(windows, KICKS, QUADRICEPS, _lift)
    return Opinion(what="quadriceps follow the lift of the thigh in kicks", correlations=tuple(found))


def _punches(windows: Iterable[Window]) -> Opinion:
    """Biceps and the speed of the arm."""
    found = _correlations(windows, PUNCHES, BICEPS, _speed)
    return Opinion(what="biceps follow the speed of the arm in punches", correlations=tuple(found))


def _correlations(
    windows: Iterable[Window], exercises: tuple[str, ...], channel: int, movement: Callable[[Array], Array]
) -> Iterator[float]:
    """One correlation for each person and exercise in which the sides move differently, right minus left."""
    asked = (window for window in windows if window.exercise in exercises)
    for _, part in groupby(asked, key=lambda window: (window.subject, window.exercise)):
        emg, moved = [], []
        for window in part:
            emg.append(window.emg()[:, [channel, channel + OTHER_SIDE]])
            moved.append(movement(window.pose()))
        active, way = np.concatenate(emg), np.concatenate(moved)
        seen = np.isfinite(active).all(axis=1)
        spread = active[seen].std(axis=0) if seen.any() else np.zeros(2)
        if np.all(spread > 0) and way[seen].std() > STILL:
            difference = active[seen, 0] / spread[0] - active[seen, 1] / spread[1]
            yield float(np.corrcoef(difference, way[seen])[0, 1]) if difference.std() > 0 else 0.0


def _lift(pose: Array) -> Array:
    """Flexion of the right hip minus that of the left, (T,) rad."""
    values, names = anatomy.smpl.angles(pose)
    return np.asarray(values[:, names.index("hip_flexion_r")] - values[:, names.index("hip_flexion_l")])


def _speed(pose: Array) -> Array:
    """How fast shoulder and elbow turn, right minus left, (T,) rad/s."""
    turning = np.linalg.norm(np.gradient(pose, 1 / RATE, axis=0), axis=2)
    right, left = (turning[:, list(ARMS[side])].sum(axis=1) for side in ("r", "l"))
    return np.asarray(right - left)
