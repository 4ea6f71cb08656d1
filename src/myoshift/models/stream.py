"""A causal network on motion as it comes: a frame of some legs in, what it says of it out."""

from __future__ import annotations

from time import perf_counter
from typing import cast

import numpy as np
import torch
from torch import Tensor

from myoshift.errors import DataRefused
from myoshift.models.instant import Instant
from myoshift.models.network import Network
from myoshift.models.running_norm import blank
from myoshift.types import Array32


class Stream:
    """Follows the motion of B legs from its first frame on; time and memory of a step never grow.

    Each leg is a recording of its own: the outputs are those of the network for the whole of it. Make a new stream
    for a new recording.

    Raises
    ------
    ConfigError
        When the network is not causal.
    """

    lag = 0
    """Frames by which it is late: a causal network never is."""

    def __init__(self, network: Network, legs: int = 1) -> None:
        self._network, self._shape = network.eval(), (legs, len(network.inputs))
        self._memory = network.begin(blank(legs, len(network.inputs)))

    @property
    def left(self) -> float:
        """Seconds by which the outputs are known to come late."""
        return 0.0

    def step(self, motion: Array32) -> Instant:
        """Of the next frame (B, C), whose missing coordinates are NaN.

        Raises
        ------
        DataRefused
            When the frame has another shape, or a coordinate is infinite.
        """
        if np.shape(motion) != self._shape or np.isinf(motion).any():
            raise DataRefused(
                "not a frame of the model's motion",
                why=f"found {np.array2string(np.asarray(motion), threshold=8)}, expected {self._shape[0]} legs of "
                f"{self._shape[1]} angles or NaN",
                mend=f"give {', '.join(self._network.inputs)} in this order",
            )
        with torch.inference_mode():
            frame = torch.tensor(np.asarray(motion, dtype=np.float32)).unsqueeze(1)
            features, self._memory = self._network.proceed(frame, self._memory)
            muscles = self._network.muscles(features)
            return Instant(_array(self._network.seen_by_sites(muscles)), _array(muscles), _array(features))

    def finish(self) -> list[Instant]:
        """Nothing waits for the end."""
        return []


def step_seconds(network: Network, frames: int = 1000) -> float:
    """Median time of one step of one leg on made-up motion, after a tenth of the frames to warm up."""
    random = np.random.default_rng(0)
    stream, times = Stream(network), []
    for frame in random.normal(size=(frames + frames // 10, 1, len(network.inputs))).astype(np.float32):
        start = perf_counter()
        stream.step(frame)
        times.append(perf_counter() - start)
    return float(np.median(times[frames // 10 :]))


def _array(values: Tensor) -> Array32:
    return cast(Array32, values[:, 0].numpy())
