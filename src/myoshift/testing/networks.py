"""What every kind of network promises, offline and causal."""

from __future__ import annotations

from itertools import product
from typing import get_args

import numpy as np
import torch

from myoshift import anatomy, registry
from myoshift.models.motion_norm import NormMode
from myoshift.models.saved import SavedNetwork
from myoshift.testing.promise import require
from myoshift.types import Array32

INPUTS = ("hip_flexion", "knee_angle", "ankle_angle", "contralateral_knee_angle", "pelvis_list")
OUTPUTS = ("tibialis_anterior", "gastrocnemius", "soleus")
FRAMES = 160
TOLERANCE = 1e-5
"""Between the stream and the whole recording, relative to the largest output."""


def check_network(name: str) -> None:
    """Shapes, missing motion and the disk; if causal, no look into the future, and a stream like the whole pass."""
    for norm, causal in product(get_args(NormMode), (False, True)):
        model = _random(name, norm, causal)
        where = f"{name} ({norm}, {'causal' if causal else 'offline'})"
        _check_outputs(where, model)
        if causal:
            _check_causal(where, model)


def _random(name: str, norm: NormMode, causal: bool) -> SavedNetwork:
    """A network with random weights, also in the head."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        kind: type[SavedNetwork] = registry.load("models", name)
        module = kind.network(INPUTS, OUTPUTS, 50.0, norm, causal=causal)
        torch.nn.init.normal_(module.head.weight)
        return kind(module)


def _motion() -> Array32:
    """A walk of five coordinates with gaps in one, in all, at the beginning and at the end."""
    time, random = np.arange(FRAMES) / 50, np.random.default_rng(0)
    motion = np.sin(6 * time[:, None] + np.arange(len(INPUTS))) + 0.1 * random.normal(size=(FRAMES, len(INPUTS)))
    for gap in (slice(0, 3), slice(60, 64), slice(100, 101), slice(157, None)):
        motion[gap] = np.nan
    motion[80:110, 1] = np.nan
    return motion.astype(np.float32)


def _check_outputs(where: str, model: SavedNetwork) -> None:
    motion = _motion()
    values, muscles = model(motion), model.muscles(motion)
    strands = len(anatomy.strands(OUTPUTS))
    require(values.shape == (FRAMES, len(OUTPUTS)), f"{where}: one row per frame, one column per output")
    require(muscles.shape == (FRAMES, strands), f"{where}: one column per muscle that the outputs are made of")
    require(bool(np.isfinite(values).all()), f"{where}: missing motion gives no missing output")
    require(bool((muscles >= 0).all()), f"{where}: no negative activation")
    require(not np.allclose(values[20], values[30], atol=1e-4), f"{where}: the outputs depend on the motion")
    without = motion.copy()
    without[:, 3:] = np.nan
    require(bool(np.isfinite(model(without)).all()), f"{where}: predicts without the other leg and the pelvis")
    padded = np.concatenate([motion, np.full((50, len(INPUTS)), np.nan, np.float32)])
    require(_same(model(padded)[:FRAMES], values), f"{where}: nothing behind a recording changes nothing in it")
    again = type(model).restore(model.config(), model.arrays())
    require(np.array_equal(again(motion), values), f"{where}: a restored network predicts the same")


def _check_causal(where: str, model: SavedNetwork) -> None:
    motion = _motion()
    values = model(motion)
    for frame in (1, 62, 90, 130):
        other = motion.copy()
        other[frame:] = 2 - 3 * other[frame:]
        other[frame + 5 :] = np.nan
        require(_same(model(other)[:frame], values[:frame]), f"{where}: the future does not change the past")
    stream = model.stream()
    stepped = np.concatenate([stream.step(frame[None]).outputs for frame in motion])
    require(_same(stepped, values), f"{where}: a stream gives what the whole recording gives")


def _same(values: Array32, expected: Array32) -> bool:
    return bool(np.abs(values - expected).max() <= TOLERANCE * max(1.0, float(np.abs(expected).max())))
