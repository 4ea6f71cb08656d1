"""The models that come with the package: `default`, and `causal` for streams. Both learned from simulation alone."""

from __future__ import annotations

from pathlib import Path

MODELS = Path(__file__).with_name("shipped_models")


def folder(causal: bool = False) -> Path:
    """The model folder to load (`Predictor.load(folder())`), whose hashes are checked then as those of any other.

    Both were trained on virtual laboratories (`benchmarks/default.yaml`, `docs/default.md`): nothing in them is
    derived from a recording of anybody.

    Parameters
    ----------
    causal : the network that never looks ahead, for streams; else the one for whole recordings
    """
    return MODELS / ("causal" if causal else "default")
