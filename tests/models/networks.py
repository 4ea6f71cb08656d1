"""Networks with random weights, and motion for them."""

from __future__ import annotations

import numpy as np
import torch

from myoshift.models import Network
from myoshift.models.gru import GRU
from myoshift.models.tcn import TCN
from myoshift.models.transformer import Transformer

INPUTS = ("hip_flexion", "knee_angle", "ankle_angle")
OUTPUTS = ("tibialis_anterior", "gastrocnemius", "hamstrings")
KINDS = (TCN, GRU, Transformer)


def network(kind: type[Network], norm: str = "zscore", *, causal: bool = False, seed: int = 0) -> Network:
    """A network with random weights everywhere, also in the head, that knows the scale of gait."""
    torch.manual_seed(seed)
    module = kind(INPUTS, OUTPUTS, 50.0, norm, causal=causal)
    torch.nn.init.normal_(module.head.weight)
    module.norm.typical.copy_(torch.tensor([0.28, 0.35, 0.15]))
    if causal:
        module.norm.usual.copy_(torch.tensor([0.3, 0.4, 0.05]))
    return module.eval()


def motion(frames: int = 150) -> np.ndarray:
    time = np.arange(frames) / 50
    return np.stack([np.sin(5 * time + k) * 0.3 for k in range(3)], axis=1).astype(np.float32)


def felt(module: Network, frame: int, frames: int = 200) -> tuple[int, int]:
    """First and last frame, relative to this one, whose features a change of its motion changes."""
    move = torch.tensor(motion(frames))[None]
    told = module.overview(move)
    with torch.no_grad():
        before = module.encode(move, told)
        move[0, frame] += 0.2
        changed = (module.encode(move, told) - before).abs().amax(dim=(0, 2)) > 1e-7
    there = torch.nonzero(changed).flatten()
    return int(there.min()) - frame, int(there.max()) - frame
