"""Motion file in, table of muscle activation out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from myoshift import anatomy
from myoshift.calibration.intervals import bounds
from myoshift.datasets import Preparation, prepare
from myoshift.datasets.inspection import refuse_nan_laden
from myoshift.deploy.angles import AngleUnit, is_coordinate, read_angles
from myoshift.errors import DataRefused
from myoshift.formats import short_name, source
from myoshift.predictor import Predictor
from myoshift.signal.blocks import blocks
from myoshift.types import Array, Array32, Flag, Recording, Subject, Table, Trial

SIGNED = ("hip_flexion", "knee_angle", "ankle_angle")
"""Coordinates whose sign differs between models, and whose range tells the signs apart."""
What = Literal["muscles", "sites"]
LOW, HIGH = "_low", "_high"
"""What the columns of an interval's ends are called after their site."""
SHOWN = 3
"""Gaps that a note names."""


def read_motion(
    path: Path, rate: float, *, convention: str = "rajagopal", angle_unit: AngleUnit | None = None
) -> Recording:
    """Joint angles of a file (`read_angles`) as a recording without activations.

    Parameters
    ----------
    rate : Hz of the result; the file is low-passed and resampled without aliasing
    convention : whose coordinate names and signs the file follows (`rajagopal`: knee flexion positive,
        `gait2392`: knee flexion negative); a C3D file says it itself
    angle_unit : unit of the angles, for a file whose header does not state it

    Raises
    ------
    DataRefused
        When the file holds no joint angles, their unit is unknown, it is too short, an angle is mostly NaN, or it
        fits the range of the body only with its sign turned.
    """
    table, convention = read_angles(path, convention, angle_unit)
    asked = tuple(name for name in table.names if _is_signed(name, convention))
    refuse_nan_laden(table.select(asked), path)
    trial = Trial(
        name=path.stem,
        dataset="file",
        institution="unknown",
        subject=Subject(id="unknown"),
        task="unknown",
        convention=convention,
        motion=table,
        sources=(source(path),),
    )
    try:
        recording = prepare(trial, Preparation(rate=rate))
    except DataRefused as error:  # trials are named by person; here a file is all there is
        raise DataRefused(error.what, where=_where(error, path), why=error.why, mend=error.mend) from error
    refuse_other_signs(recording, path, convention)
    return recording


def predict_file(
    predictor: Predictor,
    path: Path,
    *,
    convention: str = "rajagopal",
    angle_unit: AngleUnit | None = None,
    what: What = "muscles",
    intervals: bool = False,
) -> Table:
    """Activation for the legs whose angles a file holds, from the first time of the file.

    As `predict_recording`, with `path`, `convention` and `angle_unit` as in `read_motion`.

    Raises
    ------
    DataRefused
        When neither leg has all the angles that the predictor needs.
    """
    recording = read_motion(path, predictor.problem.rate, convention=convention, angle_unit=angle_unit)
    _refuse_without_legs(recording, predictor, path)
    return predict_recording(predictor, recording, what=what, intervals=intervals)


def predict_recording(
    predictor: Predictor, recording: Recording, *, what: What = "muscles", intervals: bool = False
) -> Table:
    """Activation of every muscle, or sEMG site, that the predictor has learned, as a table.

    Parameters
    ----------
    recording : motion at the predictor's rate
    what : muscles, or what the electrodes of each site would see
    intervals : beside each site the ends of its predictive interval (`soleus_r_low`, `soleus_r_high`)

    Returns
    -------
    Table
        (T, K) activations, unit 1, at the predictor's rate. Names are Rajagopal's of muscles (`soleus_r`), or sites.
        A row without motion is NaN; flags name when (`gap`), and what the recording's own flags say.

    Raises
    ------
    DataRefused
        When intervals of muscles are asked for, or the model has none.
    """
    if intervals and what == "muscles":
        raise DataRefused(
            "intervals are known of sites, not of muscles",
            why="they come from the EMG of other people, which sites see",
            mend="ask for sites (--sites)",
        )
    values, names = _with_bounds(predictor, recording) if intervals else _plain(predictor, recording, what)
    _refuse_nothing(names, predictor, recording)
    time = recording.start + np.arange(len(values)) / recording.rate
    return Table(
        values=values,
        names=names,
        units=("1",) * len(names),
        rate=recording.rate,
        time=time,
        flags=(*recording.flags, *_gaps(values, time)),
    )


def _plain(predictor: Predictor, recording: Recording, what: What) -> tuple[Array, tuple[str, ...]]:
    values, names = (predictor.muscles if what == "muscles" else predictor.predict_recording)(recording)
    sites = _sites(predictor)
    seen = [k for k, name in enumerate(names) if what == "muscles" or anatomy.split_side(name)[0] in sites]
    return values[:, seen].astype(np.float64), tuple(names[k] for k in seen)


def _with_bounds(predictor: Predictor, recording: Recording) -> tuple[Array, tuple[str, ...]]:
    """Each learned site with the ends of its interval beside it."""
    sites, names = _sites(predictor), list[str]()
    columns = list[Array]()
    for side, predicted in predictor.legs(recording).items():
        values = predicted.astype(np.float64)
        low, high = bounds(predictor, values)
        for m, name in enumerate(predictor.problem.outputs):
            if name in sites:
                columns += [values[:, m], low[:, m], high[:, m]]
                names += [f"{name}_{side}", f"{name}_{side}{LOW}", f"{name}_{side}{HIGH}"]
    return np.stack(columns, axis=1), tuple(names)


def _sites(predictor: Predictor) -> tuple[str, ...]:
    """The outputs that are sites and were learned; simulated models have muscles among their outputs too."""
    learned = predictor.problem.outputs if predictor.trained is None else predictor.trained
    return tuple(name for name in learned if name in anatomy.SITES)


def _gaps(values: Array, time: Array) -> Iterator[Flag]:
    """When there is no activation, because there was no motion."""
    empty = np.asarray(np.isnan(values).any(axis=1), np.bool_)
    spans = [f"{time[first]:.2f}..{time[stop - 1]:.2f} s" for first, stop in blocks(empty)]
    if spans:
        more = f" and {len(spans) - SHOWN} more" if len(spans) > SHOWN else ""
        share = f"{empty.sum()} of {len(empty)} rows"
        yield Flag("gap", f"no activation at {', '.join(spans[:SHOWN])}{more} ({share}): motion is missing there")


def _refuse_nothing(names: tuple[str, ...], predictor: Predictor, recording: Recording) -> None:
    if not names:
        raise DataRefused(
            "the model has learned no site or muscle that has a name here",
            where=recording.id,
            why=f"its outputs: {', '.join(predictor.problem.outputs)[:160]}",
            mend="choose another model, or ask for muscles instead of sites",
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


def _is_signed(label: str, convention: str) -> bool:
    name = short_name(label)
    return is_coordinate(name, convention) and (
        anatomy.split_side(anatomy.coordinate(name, convention).name)[0] in SIGNED
    )


def _where(error: DataRefused, path: Path) -> str:
    """The file, and the channel that the error names."""
    return f"{path}{error.where.rpartition(')')[2] if ')' in error.where else ''}"


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
