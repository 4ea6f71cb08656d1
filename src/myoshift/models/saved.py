"""A trained network as a model: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from myoshift.models.network import Network
from myoshift.models.stream import Stream
from myoshift.types import Array32


class SavedNetwork:
    """A trained network; each kind has its own class, by whose name a saved one is found again."""

    kind: ClassVar[str]
    network: ClassVar[type[Network]]

    def __init__(self, module: Network) -> None:
        self.module = module.eval()

    def __call__(self, motion: Array32) -> Array32:
        """Outputs (T, M) for the motion (T, C) of one whole recording."""
        with torch.inference_mode():
            return _array(self.module(*self._tensors(motion))[0])

    def muscles(self, motion: Array32) -> Array32:
        """Activation (T, K) of `anatomy.strands(outputs)`."""
        with torch.inference_mode():
            return _array(self.module.muscles(self.module.encode(*self._tensors(motion)))[0])

    def features(self, motion: Array32) -> Array32:
        """Features (T, D) under the head."""
        with torch.inference_mode():
            return _array(self.module.encode(*self._tensors(motion))[0])

    def stream(self, legs: int = 1, *, look_ahead: bool = True) -> Stream:
        """The motion of so many legs as it comes, frame by frame; it never looks ahead.

        Raises
        ------
        ConfigError
            When the network is not causal.
        """
        return Stream(self.module, legs)

    def config(self) -> dict[str, Any]:
        """Names, rate, kind of normalisation, and whether the network is causal."""
        module = self.module
        return {
            "inputs": list(module.inputs),
            "outputs": list(module.outputs),
            "rate": module.rate,
            "norm": module.norm.mode,
            "causal": module.causal,
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Weights, normalisation and montage."""
        return {name: tensor.numpy() for name, tensor in self.module.state_dict().items()}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The network of these weights. One saved before there were causal networks is none."""
        inputs, outputs = (tuple(config[key]) for key in ("inputs", "outputs"))
        module = cls.network(inputs, outputs, config["rate"], config["norm"], causal=config.get("causal", False))
        module.load_state_dict({name: torch.tensor(array) for name, array in arrays.items()})
        return cls(module)

    def _tensors(self, motion: Array32) -> tuple[Tensor, Tensor]:
        """One recording as a batch of one, with what the network must be told of it."""
        tensor = torch.tensor(np.asarray(motion, dtype=np.float32)).unsqueeze(0)
        return tensor, self.module.overview(tensor)


def _array(tensor: Tensor) -> Array32:
    return cast(Array32, tensor.numpy())
