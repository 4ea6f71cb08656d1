"""Motion file in, table of muscle activation out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from myoshift import anatomy, formats
from myoshift.datasets import Preparation, prepare
from myoshift.datasets.inspection import refuse_nan_laden
from myoshift.errors import DataRefused
from myoshift.predictor import Predictor
from myoshift.types import Array32, Recording, Subject, Table, Trial

SIGNED = ("hip_flexion", "knee_angle", "ankle_angle")
"""Coordinates whose sign differs between models, and whose range tells the signs apart."""


def read_motion(
    path: Path, rate: float, *, convention: str = "rajagopal", angle_unit: Literal["deg", "rad"] | None = None
) -> Recording:
    """Joint angles of an OpenSim .mot or .sto file as a recording without activations.

    Parameters
    ----------
    rate : Hz of the result; the file is low-passed and resampled without aliasing
    convention : whose coordinate names and signs the file follows (`rajagopal`: knee flexion positive,
        `gait2392`: knee flexion negative)
    angle_unit : unit of the angles, for a file whose header does not state it

    Raises
    ------
    DataRefused
        When the file is no motion table, its angular unit is unknown, it is too short, an angle is mostly
        NaN, or it fits the range of the body only with its sign turned.
    """
    table = formats.read_sto(path, angle_unit=angle_unit)
    asked = tuple(name for name in table.names if anatomy.split_side(formats.short_name(name))[0] in SIGNED)
    refuse_nan_laden(table.select(asked), path)
    trial = Trial(
        name=path.stem,
        dataset="file",
        institution="unknown",
        subject=Subject(id="unknown"),
        task="unknown",
        convention=convention,
        motion=table,
        sources=(formats.source(path),),
    )
    recording = prepare(trial, Preparation(rate=rate))
    refuse_other_signs(recording, path, convention)
    return recording


def predict_file(
    predictor: Predictor,
    path: Path,
    *,
    convention: str = "rajagopal",
    angle_unit: Literal["deg", "rad"] | None = None,
) -> Table:
    """Activation of every muscle that the predictor has learned, for the legs whose angles the file holds.

    Returns
    -------
    Table
        (T, K) activations, unit 1, at the predictor's rate, from the first time of the file.
        Column names are Rajagopal muscle names (`soleus_r`).

    Raises
    ------
    DataRefused
        When neither leg has all the angles that the predictor needs.
    """
    recording = read_motion(path, predictor.problem.rate, convention=convention, angle_unit=angle_unit)
    _refuse_without_legs(recording, predictor, path)
    values, names = predictor.muscles(recording)
    time = recording.start + np.arange(len(values)) / recording.rate
    return Table(
        values=np.asarray(values, np.float64),
        names=names,
        units=("1",) * len(names),
        rate=recording.rate,
        time=time,
        flags=recording.flags,
    )


def refuse_other_signs(recording: Recording, path: Path, convention: str) -> None:
    """An angle that fits the body only when it is turned follows other signs; they are asked for, not guessed."""
    for name, column in zip(recording.motion_names, recording.motion.T, strict=True):
        if anatomy.split_side(name)[0] in SIGNED and not _fits(name, column) and _fits(name, -column):
            raise DataRefused(
                f"{name} fits the range of the body only with its sign turned",
                where=path,
                why=f"{np.nanmin(column):.2f}..{np.nanmax(column):.2f} rad under the signs of {convention!r}",
                mend="name the model whose signs the file follows with --convention, for example gait2392",
            )


def _fits(name: str, column: Array32) -> bool:
    limit = anatomy.coordinate(name)
    return bool(np.nanmin(column) >= limit.low and np.nanmax(column) <= limit.high)


def _refuse_without_legs(recording: Recording, predictor: Predictor, path: Path) -> None:
    problem = predictor.problem
    if not anatomy.legs(recording, problem.inputs, problem.outputs, problem.optional):
        raise DataRefused(
            "neither leg has all the angles that the model needs",
            where=path,
            why=f"needed on one side: {', '.join(problem.inputs)}; found: {', '.join(recording.motion_names)}",
            mend="give a motion file with these coordinates, or name its --convention",
        )
