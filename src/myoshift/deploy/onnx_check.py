"""ONNX files held against the model that they were made of, in onnxruntime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from myoshift.deploy.onnx_graph import STATE, STEP, WHOLE
from myoshift.errors import MyoshiftError
from myoshift.predictor import Predictor, muscle_values
from myoshift.types import Array32

MOST = 1e-4
"""Largest difference to the model with which a file is written, in units of activation."""
FRAMES = 150
"""Of each made-up recording."""
Run = Callable[[Any, Array32], tuple[Array32, Array32]]


def difference(
    file: bytes, predictor: Predictor, sites: Sequence[int], muscles: Sequence[int], run: Run
) -> float | None:
    """The largest difference to the model on two made-up recordings, one of them with gaps; None without onnxruntime.

    Parameters
    ----------
    sites, muscles : the columns of the model that the file gives
    run : how the file is run on motion (B, T, C)

    Raises
    ------
    MyoshiftError
        When it is larger than `MOST`.
    """
    if find_spec("onnxruntime") is None:
        return None
    motion = made_up(len(predictor.problem.inputs))
    found = run(session(file), motion)
    wanted = [np.stack(each) for each in zip(*(said(predictor, leg) for leg in motion), strict=True)]
    kept = (wanted[0][..., sites], wanted[1][..., muscles])
    largest = max(_apart(ours, theirs) for ours, theirs in zip(found, kept, strict=True))
    if not largest <= MOST:
        raise MyoshiftError(
            "the ONNX graph does not give what the model gives; no file was written",
            where=predictor.model.kind,
            why=f"largest difference {largest:.2g}, allowed {MOST:g}",
            mend="report the model and the versions of torch, onnx and onnxruntime",
        )
    return largest


def session(file: bytes) -> Any:
    """A session of onnxruntime on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = 1, 1, 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def run_whole(session: Any, motion: Array32) -> tuple[Array32, Array32]:
    """Sites (B, T, M) and muscles (B, T, K) of motion (B, T, C) by an onnxruntime session of the whole graph."""
    sites, muscles = session.run(None, {WHOLE[0][0]: motion})
    return sites, muscles


def run_steps(session: Any, motion: Array32) -> tuple[Array32, Array32]:
    """The same by a session of the step, frame after frame from a state of zeros."""
    types = {"tensor(float)": np.float32, "tensor(double)": np.float64}
    state = {
        each.name: np.zeros((len(motion), *each.shape[1:]), types[each.type])
        for each in session.get_inputs()
        if each.name in STATE
    }
    rows = []
    for frame in motion.transpose(1, 0, 2):
        *row, totals, last, encoder = session.run(None, {STEP[0][0]: frame, **state})
        state = dict(zip(STATE, (totals, last, encoder), strict=True))
        rows.append(row)
    sites, muscles = (np.stack(each, axis=1) for each in zip(*rows, strict=True))
    return sites, muscles


def said(predictor: Predictor, motion: Array32) -> tuple[Array32, Array32]:
    """Outputs (T, M) and muscles (T, K) of a predictor for the motion (T, C) of one leg, NaN in gaps."""
    muscles = np.array(muscle_values(predictor.model, motion, predictor.problem.outputs), np.float32)
    muscles[np.isnan(motion).all(axis=1)] = np.nan
    return predictor.predict(motion), muscles


def made_up(coordinates: int) -> Array32:
    """Motion (2, T, C) like strides; of the second recording a coordinate and some frames are missing."""
    random, time = np.random.default_rng(0), np.arange(FRAMES) / FRAMES
    shape = (2, 1, coordinates)
    level, size, phase = (random.uniform(low, high, shape) for low, high in ((-0.2, 0.4), (0.1, 0.5), (0.0, 6.0)))
    motion: Array32 = (
        level + size * np.sin(20 * time[:, None] + phase) + 0.01 * random.normal(size=(2, FRAMES, coordinates))
    ).astype(np.float32)
    motion[1, FRAMES // 3 : FRAMES // 2] = np.nan
    motion[1, : FRAMES // 4, 0] = np.nan
    return motion


def _apart(found: Array32, wanted: Array32) -> float:
    """The largest difference; infinite where only one of them has a value."""
    if not np.array_equal(np.isnan(found), np.isnan(wanted)):
        return float("inf")
    return float(np.nanmax(np.abs(found - wanted), initial=0.0))
