"""A temporal convolutional network from the motion of one side to its muscles, seen through the sites' montage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from myoshift import anatomy
from myoshift.models.motion_norm import MotionNorm, NormMode, span
from myoshift.types import Array32

CHANNELS = 32
WIDTH = 5
DILATIONS = (1, 1, 2, 4, 8)
DROPOUT = 0.1
VELOCITY_SCALE = 0.3
"""Seconds; brings angular velocities of gait near the size of the angles. Between 0.1 and 1 s it hardly matters."""


class TCN(nn.Module):
    """Five residual convolutions on normalised angles and velocities (they see 33 frames to each side).

    Parameters
    ----------
    inputs, outputs : coordinates and sites without side
    rate : Hz
    norm : how the first layer normalises the motion
    """

    montage: Tensor

    def __init__(
        self, inputs: tuple[str, ...], outputs: tuple[str, ...], rate: float, norm: NormMode = "zscore"
    ) -> None:
        super().__init__()
        self.inputs, self.outputs, self.rate = inputs, outputs, rate
        self.norm = MotionNorm(len(inputs), norm)
        widths = [2 * len(inputs)] + [CHANNELS] * (len(DILATIONS) - 1)
        self.layers = nn.ModuleList(
            nn.Conv1d(width, CHANNELS, WIDTH, dilation=d, padding=d * (WIDTH // 2))
            for width, d in zip(widths, DILATIONS, strict=True)
        )
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(CHANNELS, len(anatomy.strands(outputs)))
        # Every muscle starts with the same row. Muscles that the same sites see with the same weights then get the
        # same gradients (but for rounding): nothing measured tells them apart, so the network does not either.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.register_buffer("montage", torch.tensor(anatomy.output_weights(outputs), dtype=torch.float32))

    def start_at(self, level: float) -> None:
        """Let the untrained head give this activation for every muscle."""
        nn.init.constant_(self.head.bias, math.log(math.expm1(max(level, 1e-3))))

    def encode(self, motion: Tensor, span: Tensor) -> Tensor:
        """Features (B, T, 32) of motion (B, T, C) from recordings with span (B, 2, C).

        A missing coordinate counts as its mean. A frame without any coordinate is as if the recording had ended:
        a short recording gives the same features alone and padded.
        """
        present = motion.isfinite().any(dim=-1).unsqueeze(-2).to(motion.dtype)
        angles = self.norm(motion, span)
        hidden = torch.cat([angles, VELOCITY_SCALE * velocity(angles, self.rate)], dim=-1).nan_to_num(0.0)
        hidden = hidden.transpose(-1, -2)
        for i, layer in enumerate(self.layers):
            new = self.dropout(functional.gelu(layer(hidden))) * present
            hidden = hidden + new if i else new
        return hidden.transpose(-1, -2)

    def muscles(self, features: Tensor) -> Tensor:
        """Activation (B, T, K) of the muscles from features (B, T, 32)."""
        return functional.softplus(self.head(features))

    def forward(self, motion: Tensor, span: Tensor) -> Tensor:
        """Outputs (B, T, M) for motion (B, T, C) from recordings with span (B, 2, C)."""
        return self.muscles(self.encode(motion, span)) @ self.montage.T


def velocity(values: Tensor, rate: float) -> Tensor:
    """Central differences (..., T, C) per second; one-sided beside a gap or an end, 0 where alone."""
    steps = torch.diff(values, dim=-2) * rate
    ahead = functional.pad(steps, (0, 0, 0, 1), value=math.nan)
    behind = functional.pad(steps, (0, 0, 1, 0), value=math.nan)
    known = ahead.isfinite().to(values.dtype) + behind.isfinite().to(values.dtype)
    return (ahead.nan_to_num(0.0) + behind.nan_to_num(0.0)) / known.clamp(min=1.0)


class Network:
    """A trained TCN as a model: arrays in, arrays out."""

    kind: ClassVar[str] = "tcn"

    def __init__(self, module: TCN) -> None:
        self.module = module.eval()

    def __call__(self, motion: Array32) -> Array32:
        """Outputs (T, M) for the motion (T, C) of one whole recording."""
        with torch.inference_mode():
            return _array(self.module(*_tensors(motion))[0])

    def muscles(self, motion: Array32) -> Array32:
        """Activation (T, K) of `anatomy.strands(outputs)`."""
        with torch.inference_mode():
            return _array(self.module.muscles(self.module.encode(*_tensors(motion)))[0])

    def features(self, motion: Array32) -> Array32:
        """Features (T, 32) under the head."""
        with torch.inference_mode():
            return _array(self.module.encode(*_tensors(motion))[0])

    def config(self) -> dict[str, Any]:
        """Names, rate and kind of normalisation."""
        module = self.module
        return {
            "inputs": list(module.inputs),
            "outputs": list(module.outputs),
            "rate": module.rate,
            "norm": module.norm.mode,
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Weights, normalisation and montage."""
        return {name: tensor.numpy() for name, tensor in self.module.state_dict().items()}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The network of these weights."""
        names = {key: tuple(config[key]) for key in ("inputs", "outputs")}
        module = TCN(**names, rate=config["rate"], norm=config["norm"])
        module.load_state_dict({name: torch.tensor(array) for name, array in arrays.items()})
        return cls(module)


def _tensors(motion: Array32) -> tuple[Tensor, Tensor]:
    """One recording as a batch of one, with its span."""
    tensor = torch.tensor(np.asarray(motion, dtype=np.float32)).unsqueeze(0)
    return tensor, span(tensor)


def _array(tensor: Tensor) -> Array32:
    return cast(Array32, tensor.numpy())
