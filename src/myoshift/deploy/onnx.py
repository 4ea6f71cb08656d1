"""A model folder as ONNX files that onnxruntime runs alone: whole recordings, and one frame at a time.

Each file is compared with the model before it is written, in onnxruntime on made-up motion with gaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myoshift import anatomy, formats
from myoshift.deploy import onnx_card
from myoshift.deploy.onnx_check import difference, run_steps, run_whole
from myoshift.deploy.onnx_graph import FRAMES, STEP, WHOLE, Step, Whole, exported
from myoshift.deploy.onnx_gru import OPSET
from myoshift.deploy.onnx_parts import Part, part
from myoshift.errors import ConfigError
from myoshift.predictor import Predictor

SUFFIX = ".onnx"


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A file that was written.

    Parameters
    ----------
    size : bytes
    difference : the largest to the model on made-up motion; None where there is no onnxruntime to compare with
    """

    file: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    opset: int
    size: int
    difference: float | None


def export(folder: Path, whole: Path, step: Path | None = None) -> tuple[Exported, ...]:
    """Write the graph of whole recordings and, of a causal model, that of one frame.

    Raises
    ------
    ConfigError
        When a name cannot be written, the model cannot be exported, has no step, or a package is missing.
    MyoshiftError
        When a graph does not give what the model gives; nothing is written then.
    """
    files = (whole,) if step is None else (whole, step)
    _refuse_names(files)
    predictor = Predictor.load(folder)
    made = part(predictor.model, predictor.problem.outputs)
    if step is not None:
        _refuse_step(made, predictor)
    _refuse_missing()
    _refuse_foreign(files)
    sites, muscles = _columns(predictor)
    coordinates, strands = len(predictor.problem.inputs), anatomy.strands(predictor.problem.outputs)
    names = ([predictor.problem.outputs[i] for i in sites], [strands[i] for i in muscles])
    about = onnx_card.described(predictor, folder, *names) | {"causal": made.causal}

    graph = Whole(made, sites, muscles)
    example = {"motion": torch.zeros(2, FRAMES, coordinates)}
    drafts = [_draft(graph, example, WHOLE[1], about | {"graph": "whole"})]
    found = [difference(drafts[0], predictor, sites, muscles, run_whole)]
    if step is not None:
        follow = Step(made, sites, muscles)
        example = {"frame": torch.zeros(2, coordinates), **follow.start(2, coordinates)}
        told = about | {"graph": "step", "state": onnx_card.state(follow.start(1, coordinates)), "latency": 0.0}
        drafts.append(_draft(follow, example, STEP[1], told))
        found.append(difference(drafts[1], predictor, sites, muscles, run_steps))
    return tuple(map(_written, files, drafts, found, (WHOLE, STEP)))


def _refuse_names(files: Sequence[Path]) -> None:
    for file in files:
        if file.suffix.lower() != SUFFIX or file.is_dir():
            raise ConfigError(
                "not the name of an ONNX file", where=file, mend=f"name a file that ends in {SUFFIX}, not a folder"
            )
    if len({file.resolve() for file in files}) < len(files):
        raise ConfigError("--onnx and --step name one file", where=files[0], mend="name two files")


def _refuse_step(made: Part, predictor: Predictor) -> None:
    if not made.causal:
        raise ConfigError(
            "this model has no step of one frame",
            where=predictor.model.kind,
            why="it looks at frames to come, or at the recording as a whole",
            mend="train networks with `causal: true`, or leave --step out",
        )
    if made.waiting:
        raise ConfigError(
            "this calibrated model has no step of one frame",
            where=", ".join(made.waiting),
            why="what it corrects depends on frames to come",
            mend="calibrate with --calibrators gain+last_layer, or leave --step out",
        )


def _refuse_missing() -> None:
    if missing := [name for name in ("onnx", "onnxscript") if find_spec(name) is None]:
        raise ConfigError(
            "the packages that write ONNX are not installed",
            why=f"not found: {', '.join(missing)}",
            mend="pip install 'myoshift[onnx]'",
        )


def _refuse_foreign(files: Sequence[Path]) -> None:
    """Only nothing or an older ONNX file may be replaced."""
    import onnx

    for file in (each for each in files if each.exists()):
        try:
            known = bool(onnx.load_model_from_string(file.read_bytes()).graph.node)
        except Exception:  # protobuf's own, which has no types
            known = False
        if not known:
            raise ConfigError(
                "something else is in the way", where=file, why="it is no ONNX file", mend="name a new file"
            )


def _columns(predictor: Predictor) -> tuple[list[int], list[int]]:
    """Columns of the sites that the model was trained on, and of the muscles that these see."""
    outputs = predictor.problem.outputs
    trained = outputs if predictor.trained is None else predictor.trained
    known = np.array([name in trained for name in outputs], np.bool_)
    return np.flatnonzero(known).tolist(), np.flatnonzero(known @ anatomy.output_weights(outputs)).tolist()


def _draft(graph: Whole, example: Mapping[str, torch.Tensor], outputs: Sequence[str], about: dict[str, Any]) -> bytes:
    import onnx

    proto = exported(graph, example, outputs)
    onnx.helper.set_model_props(proto, onnx_card.texts(about))
    onnx.checker.check_model(proto)
    return bytes(proto.SerializeToString())


def _written(file: Path, draft: bytes, difference: float | None, ports: Sequence[Sequence[str]]) -> Exported:
    file.parent.mkdir(parents=True, exist_ok=True)
    formats.write_atomic(file, draft)
    inputs, outputs = (tuple(each) for each in ports)
    return Exported(
        file=str(file), inputs=inputs, outputs=outputs, opset=OPSET, size=len(draft), difference=difference
    )
