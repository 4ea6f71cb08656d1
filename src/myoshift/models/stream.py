"""A causal network on motion as it comes: one frame in, one row of outputs out."""

from __future__ import annotations

from time import perf_counter
from typing import cast

import numpy as np
import torch

from myoshift.errors import DataRefused
from myoshift.models.network import Network
from myoshift.models.running_norm import blank
from myoshift.types import Array32


class Stream:
    """Follows the motion of one leg from its first frame on; time and memory of a step never grow.

    The outputs are those of the network for the whole recording. Make a new stream for a new recording.

    Raises
    ------
    ConfigError
        When the network is not causal.
    """

    def __init__(self, network: Network) -> None:
        self._network = network.eval()
        self._memory = network.begin(blank(1, len(network.inputs)))

    def step(self, frame: Array32) -> Array32:
        """Outputs (M,) for the next frame (C,), whose missing coordinates are NaN.

        Raises
        ------
        DataRefused
            When the frame has another number of coordinates, or one is infinite.
        """
        inputs = self._network.inputs
        if np.shape(frame) != (len(inputs),) or np.isinf(frame).any():
            raise DataRefused(
                "not a frame of the model's motion",
                why=f"found {np.array2string(np.asarray(frame), threshold=8)}, expected {len(inputs)} angles or NaN",
                mend=f"give {', '.join(inputs)} in this order",
            )
        with torch.inference_mode():
            motion = torch.tensor(np.asarray(frame, dtype=np.float32)).view(1, 1, -1)
            features, self._memory = self._network.proceed(motion, self._memory)
            outputs = self._network.decode(features)
        return cast(Array32, outputs[0, 0].numpy())


def step_seconds(network: Network, frames: int = 1000) -> float:
    """Median time of one step on made-up motion, after a tenth of the frames to warm up."""
    random = np.random.default_rng(0)
    stream, times = Stream(network), []
    for frame in random.normal(size=(frames + frames // 10, len(network.inputs))).astype(np.float32):
        start = perf_counter()
        stream.step(frame)
        times.append(perf_counter() - start)
    return float(np.median(times[frames // 10 :]))
