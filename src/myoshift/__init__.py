"""myoshift: motion in, per-muscle activation out, in labs the model has never seen.

The names below load on first use, so that `import myoshift` imports nothing third-party.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "Event": "types",
    "Flag": "types",
    "Recording": "types",
    "Split": "types",
    "Subject": "types",
    "Table": "types",
    "Trial": "types",
    "Predictor": "predictor",
    "read": "formats",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"myoshift.{_HOME[name]}"), name)
    raise AttributeError(f"module 'myoshift' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
