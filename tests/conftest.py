"""Fixtures that every test may use: the real recordings, if this machine has them, and a synthetic walk."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from myoshift import formats
from myoshift.types import Recording, Table

os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("untimed", settings.default, deadline=None)  # how fast a machine is fails no test
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def data_root() -> Path:
    """Folder of the real recordings, or a skip that says why."""
    named = os.environ.get("MYOSHIFT_DATA")
    if not named or not Path(named).is_dir():
        pytest.skip("real recordings not found: set MYOSHIFT_DATA to a local copy")
    return Path(named)


def make_walk(
    *,
    subject: str = "s1",
    institution: str = "toy-a",
    rate: float = 50.0,
    seconds: float = 12.0,
    seed: int = 0,
    task: str = "walk",
    gain: float = 1.0,
) -> Recording:
    """A two-leg walk whose muscle bursts are smooth functions of the gait phase."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    stride = 1.1 + 0.1 * random.random()
    motion, motion_names, activation, activation_names = [], [], [], []
    for side, shift in (("r", 0.0), ("l", 0.5)):
        phase = 2 * np.pi * (time / stride + shift)
        motion += [
            0.35 + 0.4 * np.cos(phase),
            0.5 - 0.35 * np.cos(phase) - 0.3 * np.cos(2 * phase + 0.6),
            0.05 - 0.15 * np.sin(2 * phase),
        ]
        motion_names += [f"hip_flexion_{side}", f"knee_angle_{side}", f"ankle_angle_{side}"]
        for site, peak in (("tibialis_anterior", 0.05), ("gastrocnemius_medialis", 0.45), ("soleus", 0.48)):
            burst = np.exp(3 * (np.cos(phase - 2 * np.pi * peak) - 1))
            activation.append(gain * burst + 0.02 * random.random(len(time)))
            activation_names.append(f"{site}_{side}")
    return Recording(
        motion=np.stack(motion, 1).astype(np.float32),
        motion_names=tuple(motion_names),
        activation=np.stack(activation, 1).astype(np.float32),
        activation_names=tuple(activation_names),
        rate=rate,
        dataset=institution,
        domain=f"{institution}/healthy-{task}",
        institution=institution,
        subject=subject,
        task=task,
        trial=f"{task}-{seed}",
    )


@pytest.fixture
def walk() -> Recording:
    """Twelve seconds of synthetic walking at 50 Hz."""
    return make_walk()


def write_walk(
    path: Path,
    *,
    degrees: bool = True,
    knee: float = 1.0,
    rate: float = 100.0,
    names: tuple[str, ...] | None = None,
    start: float = 2.0,
) -> Path:
    """The synthetic walk as an OpenSim motion file; `knee` -1 turns the sign of the knees."""
    walk = make_walk(seed=7, rate=rate)
    values = walk.motion.astype(float) * (180 / np.pi if degrees else 1)
    values[:, [n.startswith("knee") for n in walk.motion_names]] *= knee
    table = Table(
        values=values,
        names=names or walk.motion_names,
        units=("deg" if degrees else "rad",) * values.shape[1],
        rate=rate,
        time=start + np.arange(len(values)) / rate,
    )
    formats.write_sto(path, table, in_degrees=degrees)
    return path
