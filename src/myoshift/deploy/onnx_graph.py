"""The graphs of a predictor: whole recordings, and one frame at a time."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from myoshift.deploy.live import FARTHEST
from myoshift.deploy.onnx_gru import OPSET
from myoshift.deploy.onnx_parts import Part, Said
from myoshift.errors import MyoshiftError
from myoshift.models.network import Memory
from myoshift.models.running_norm import blank

if TYPE_CHECKING:
    from onnx import ModelProto

WHOLE = (("motion",), ("sites", "muscles"))
"""Names of what goes into the graph of whole recordings, and of what comes out."""
STATE = ("totals", "last", "encoder")
STEP = (("frame", *STATE), ("sites", "muscles", *(f"next_{name}" for name in STATE)))
"""The same of the graph of one frame."""
AXES = ("batch", "time")
"""Names of the axes that are free."""
FRAMES = 70
"""Of the example that the exporter follows; the graph takes any number."""
NOISY = ("torch.onnx", "torch.export", "onnxscript", "onnx_ir")


class Whole(nn.Module):
    """Sites (B, T, M) that were trained and muscles (B, T, K) that they see, NaN in frames without any coordinate.

    Parameters
    ----------
    sites, muscles : the columns of the part that are kept
    """

    sites: Tensor
    muscles: Tensor

    def __init__(self, part: Part, sites: Sequence[int], muscles: Sequence[int]) -> None:
        super().__init__()
        self.part = part
        self.register_buffer("sites", torch.tensor(sites))
        self.register_buffer("muscles", torch.tensor(muscles))

    def forward(self, motion: Tensor) -> tuple[Tensor, Tensor]:
        """Sites and muscles."""
        motion = _finite(motion)
        return self._kept(self.part(motion), motion)

    def _kept(self, said: Said, motion: Tensor) -> tuple[Tensor, Tensor]:
        gone = motion.isnan().all(dim=-1, keepdim=True)
        columns = (said.sites.index_select(-1, self.sites), said.muscles.index_select(-1, self.muscles))
        sites, muscles = (torch.where(gone, torch.nan, each) for each in columns)
        return sites, muscles


class Step(Whole):
    """The same of a frame (B, C), and the state after it; all of the state is 0 before the first frame.

    The state is `totals` (B, 3, C), number, sum and sum of squares of each coordinate's samples so far; `last`
    (B, 2, C), the frame before and 1 where it had the coordinate; `encoder` (B, S), what the encoders keep.
    """

    def forward(  # type: ignore[override]
        self, frame: Tensor, totals: Tensor, last: Tensor, encoder: Tensor
    ) -> tuple[Tensor, ...]:
        """Sites, muscles, and the state after the frame."""
        motion = torch.where(frame.abs() <= FARTHEST, frame, torch.nan).unsqueeze(1)
        before = torch.where(last[:, 1:] > 0, last[:, :1], torch.nan)
        said, after = self.part.follow(motion, Memory(totals, before, self._unpacked(encoder)))
        seen = torch.cat([after.last.nan_to_num(0.0), after.last.isfinite().to(motion.dtype)], dim=1)
        packed = torch.cat([each.flatten(1) for each in after.encoder], dim=1)
        outputs = (each.squeeze(1) for each in self._kept(said, motion))
        return *outputs, after.totals, seen, packed

    def start(self, batch: int, coordinates: int) -> dict[str, Tensor]:
        """The state before the first frame."""
        size = sum(each.numel() for each in self.part.blank())
        whole = (blank(batch, coordinates), torch.zeros(batch, 2, coordinates), torch.zeros(batch, size))
        return dict(zip(STATE, whole, strict=True))

    def _unpacked(self, encoder: Tensor) -> tuple[Tensor, ...]:
        shapes = [each.shape[1:] for each in self.part.blank()]
        parts = torch.split(encoder, [shape.numel() for shape in shapes], dim=1)
        return tuple(part.reshape(part.shape[0], *shape) for part, shape in zip(parts, shapes, strict=True))


def _finite(motion: Tensor) -> Tensor:
    """Motion whose infinite values count as missing."""
    return torch.where(motion.isfinite(), motion, torch.nan)


def exported(graph: Whole, inputs: Mapping[str, Tensor], outputs: Sequence[str]) -> ModelProto:
    """The ONNX model of a graph, batch and time free, without a trace of where it was made.

    Parameters
    ----------
    inputs : an example of each by name

    Raises
    ------
    MyoshiftError
        When the exporter fails.
    """
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    shapes = {name: {k: d for k, d in free.items() if k == 0 or name == WHOLE[0][0]} for name in inputs}
    try:
        with _quiet(), torch.no_grad():
            program = torch.onnx.export(
                graph.eval(),
                kwargs=dict(inputs),
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_shapes=shapes,
                opset_version=OPSET,
                dynamo=True,
                verbose=False,
            )
    except torch.onnx.OnnxExporterError as error:
        raise MyoshiftError(
            "PyTorch cannot write this model as ONNX",
            why=f"torch {torch.__version__}: {str(error.__cause__ or error).splitlines()[0]}",
            mend="use the versions of torch and onnxscript that the extra names: pip install -U 'myoshift[onnx]'",
        ) from error
    assert program is not None
    proto = _plain(program.model_proto)
    for value in (*proto.graph.input, *proto.graph.output):
        for size, name in zip(value.type.tensor_type.shape.dim, AXES, strict=False):
            if size.dim_param:
                size.dim_param = name
    return proto


def _plain(proto: ModelProto) -> ModelProto:
    """Without what the exporter notes beside the graph: lines of source files, shapes in between, comments."""
    for graph in (proto.graph, *proto.functions):
        graph.doc_string = ""
        del graph.metadata_props[:]
        del graph.value_info[:]
        for node in graph.node:
            node.doc_string = ""
            del node.metadata_props[:]
    for value in (*proto.graph.input, *proto.graph.output, *proto.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]
    proto.doc_string = ""
    del proto.metadata_props[:]
    return proto


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of what the exporter says of itself; errors are raised all the same."""
    loggers = [logging.getLogger(name) for name in NOISY]
    levels = [each.level for each in loggers]
    with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")
        try:
            for each in loggers:
                each.setLevel(logging.CRITICAL)
            yield
        finally:
            for each, level in zip(loggers, levels, strict=True):
                each.setLevel(level)
