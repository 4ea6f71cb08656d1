"""A simulator whose activations are a simple function of the leg's own angles, so that a test can foretell them."""

from __future__ import annotations

import numpy as np

from myoshift import anatomy
from myoshift.simulate.engine import Objective, Simulation
from myoshift.simulate.model import LEG, SIDES, sided
from myoshift.types import Recording

JOINTS = ("hip_flexion", "knee_angle", "ankle_angle")


def muscle_curve(recording: Recording, name: str, exponent: float = 2.0) -> np.ndarray:
    """Activation (T,) of one muscle: a bump where the weighted angles of its leg are near their largest."""
    base, side = anatomy.split_side(name)
    random = np.random.default_rng(anatomy.IPSILATERAL.index(base))
    columns = [
        recording.motion_names.index(f"{joint}_{side}")
        for joint in JOINTS
        if f"{joint}_{side}" in recording.motion_names
    ]
    if not columns:
        return np.full(len(recording.motion), 0.5)
    angles = recording.motion[:, columns].astype(float)
    speed = np.gradient(angles, axis=0) * recording.rate if len(angles) > 1 else np.zeros_like(angles)
    drive = angles @ random.normal(size=len(columns)) + 0.3 * speed @ random.normal(size=len(columns))
    return 0.02 + 0.5 / (1 + np.exp(-exponent * drive))


def simulator(recording: Recording, objective: Objective) -> Simulation:
    """A solver for `twins.twin`: every frame feasible, moments of 1 N m."""
    frames = len(recording.motion)
    activation = np.stack([muscle_curve(recording, name, objective.exponent) for name in anatomy.MUSCLES], axis=1)
    return Simulation(
        activation=np.maximum(activation, float(objective.floor)),
        names=anatomy.MUSCLES,
        moments=np.ones((frames, 10)),
        moment_names=tuple(name for side in SIDES for name in sided(LEG, side)),
        reserves=np.zeros((frames, 10)),
        feasible=np.ones(frames, bool),
    )
