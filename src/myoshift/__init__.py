"""myoshift: motion in, per-muscle activation out, in labs the model has never seen.

The names below are what most people need; for everything else see where the house has it (CONTRIBUTING.md). They
load on first use, so that `import myoshift` imports nothing third-party.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from myoshift.deploy.files import predict_file, read_motion
    from myoshift.deploy.live import Live
    from myoshift.deploy.onnx import export as export_onnx
    from myoshift.deploy.pairs import Stated, read_pairs
    from myoshift.deploy.personal import calibrate
    from myoshift.deploy.regressor import ActivationRegressor
    from myoshift.errors import MyoshiftError
    from myoshift.formats import read, write_sto
    from myoshift.physiology.lag import estimate_delays
    from myoshift.physiology.synergy import factorise
    from myoshift.predictor import Predictor
    from myoshift.signal import envelope
    from myoshift.simulate.recording import simulate_recording
    from myoshift.types import Event, Flag, Recording, Split, Subject, Table, Trial

__version__ = "0.1.0"

_HOME = {
    "ActivationRegressor": "deploy.regressor",
    "Event": "types",
    "Flag": "types",
    "Live": "deploy.live",
    "MyoshiftError": "errors",
    "Predictor": "predictor",
    "Recording": "types",
    "Split": "types",
    "Stated": "deploy.pairs",
    "Subject": "types",
    "Table": "types",
    "Trial": "types",
    "calibrate": "deploy.personal",
    "envelope": "signal",
    "estimate_delays": "physiology.lag",
    "export_onnx": "deploy.onnx",
    "factorise": "physiology.synergy",
    "predict_file": "deploy.files",
    "read": "formats",
    "read_motion": "deploy.files",
    "read_pairs": "deploy.pairs",
    "simulate_recording": "simulate.recording",
    "write_sto": "formats",
}
_CALLED = {"export_onnx": "export"}
"""Names that are shorter at home."""

__all__ = [
    "ActivationRegressor",
    "Event",
    "Flag",
    "Live",
    "MyoshiftError",
    "Predictor",
    "Recording",
    "Split",
    "Stated",
    "Subject",
    "Table",
    "Trial",
    "__version__",
    "calibrate",
    "envelope",
    "estimate_delays",
    "export_onnx",
    "factorise",
    "predict_file",
    "read",
    "read_motion",
    "read_pairs",
    "simulate_recording",
    "write_sto",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"myoshift.{_HOME[name]}"), _CALLED.get(name, name))
    raise AttributeError(f"module 'myoshift' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
