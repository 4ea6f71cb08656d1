"""Gait-phase templates: activation as a function of where in its stride the leg is, and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from myoshift import signal
from myoshift.anatomy import Leg
from myoshift.errors import ConfigError
from myoshift.estimators.base import ClosedForm, by_output
from myoshift.estimators.constant import mean_level
from myoshift.types import Array, Array32

BINS = 50
HIP = "hip_flexion"
SHORTEST = 0.4
"""Seconds of hip angle below which no phase is given."""
MOVING = 0.05
"""Range of hip flexion (rad) below which nobody walks."""


class TemplateModel:
    """Curves (BINS, M) over gait phase, and the levels (M,) for frames without a phase."""

    kind: ClassVar[str] = "template"

    def __init__(self, curves: Array32, level: Array32, hip: int, rate: float) -> None:
        self.curves, self.level, self.hip, self.rate = curves, level, hip, rate

    def __call__(self, motion: Array32) -> Array32:
        """The curves read at the gait phase of each frame, (T, M)."""
        phase = _phase(motion[:, self.hip], self.rate)
        values = np.tile(self.level, (len(motion), 1))
        walking = np.isfinite(phase)
        values[walking] = _read(self.curves, phase[walking])
        return values

    def config(self) -> dict[str, Any]:
        """Which input is the hip angle, and the rate."""
        return {"hip": self.hip, "rate": self.rate}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Curves and levels."""
        return {"curves": self.curves, "level": self.level}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model of these curves."""
        return cls(arrays["curves"], arrays["level"], config["hip"], config["rate"])


class Template(ClosedForm):
    """Mean curve of the source over gait phase: legs, then people, then institutions count alike.

    The phase comes from hip flexion. Frames without one (a recording under 0.4 s, nobody walking) get the mean.
    """

    name: ClassVar[str] = "template"

    def model(self, legs: tuple[Leg, ...]) -> TemplateModel:
        """The mean curves, NaN for an output that nobody measured."""
        if HIP not in self.problem.inputs:
            raise ConfigError(
                f"{self.name} finds the gait phase in {HIP}, which is not an input",
                why=f"inputs: {', '.join(self.problem.inputs)}",
                mend=f"add {HIP} to the inputs, or leave {self.name} out",
            )
        hip = self.problem.inputs.index(HIP)
        level = mean_level(legs)
        curves = np.tile(level, (BINS, 1))
        phases = [_phase(leg.motion[:, hip], self.problem.rate) for leg in legs]
        for column, measuring, weight in by_output(legs):
            each = [_curve(phases[i], legs[i].activation[:, column]) for i in measuring]
            curves[:, column] = _filled(_mean(np.stack(each), weight), level[column])
        return TemplateModel(curves, level, hip, self.problem.rate)


class OwnTemplate(Template):
    """The person's own curve over gait phase, from the calibration seconds alone."""

    name: ClassVar[str] = "own_template"
    part: ClassVar[Literal["source", "calibration"]] = "calibration"
    needs: ClassVar[frozenset[str]] = frozenset({"calibration"})


def _phase(hip: Array32, rate: float) -> Array:
    """Gait phase (T,) from hip flexion (T,) in rad, gaps bridged; NaN where the recording is too short or still."""
    there = np.isfinite(hip)
    if there.sum() < SHORTEST * rate or np.ptp(hip[there]) < MOVING:
        return np.full(len(hip), np.nan)
    frames = np.arange(len(hip))
    return signal.phase_from_hip(np.interp(frames, frames[there], hip[there]), rate)


def _curve(phase: Array, values: Array32) -> Array:
    """Mean of the values (T,) in each bin of gait phase (BINS,), NaN in an empty bin."""
    use = np.isfinite(phase) & np.isfinite(values)
    place = np.minimum((phase[use] * BINS).astype(np.int64), BINS - 1)
    total = np.bincount(place, weights=values[use], minlength=BINS).astype(np.float64)
    return _ratio(total, np.bincount(place, minlength=BINS).astype(np.float64))


def _mean(curves: Array, weight: Array) -> Array:
    """Weighted mean (BINS,) of curves (N, BINS) over those that have the bin."""
    share = weight[:, None] * np.isfinite(curves)
    return _ratio((share * np.nan_to_num(curves)).sum(axis=0), share.sum(axis=0))


def _ratio(total: Array, share: Array) -> Array:
    """Total over share, NaN where the share is 0."""
    return np.where(share > 0, total / np.where(share > 0, share, 1.0), np.nan)


def _filled(curve: Array, level: float) -> Array:
    """Empty bins from their neighbours around the circle; the level where every bin is empty."""
    full = np.flatnonzero(np.isfinite(curve))
    if not len(full):
        return np.full(BINS, level)
    return np.interp(np.arange(BINS), full, curve[full], period=BINS)


def _read(curves: Array32, phase: Array) -> Array32:
    """Curves (BINS, M) at phases (T,), linear between the centres of the bins."""
    place = phase * BINS - 0.5
    low = np.floor(place).astype(np.int64)
    share = (place - low)[:, None].astype(np.float32)
    return (1 - share) * curves[low % BINS] + share * curves[(low + 1) % BINS]
