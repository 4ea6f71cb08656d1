"""What a fitted candidate leaves behind for those who choose between candidates: `evidence.npz` in its run folder.

Predictions on held-out source people beside what was measured there, predictions and features on the target's motion
without labels, calibration seconds where there are any. Plain arrays, no pickles. One training serves every selector.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy, metrics
from myoshift.bench.cohort import labelled_seconds
from myoshift.bench.spec import Benchmark
from myoshift.bench.typical import Index, Typical, evenly, mean, typical
from myoshift.errors import DataFormatError
from myoshift.formats.npz import read_npz
from myoshift.predictor import FeatureModel, Predictor, RecordingModel
from myoshift.predictor.windows import lagged_windows
from myoshift.types import Array, Array32, Fold, Recording, Side, Split

FRAMES = 512
"""Frames that are kept of a part, evenly spaced, the same number of everybody."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """Some frames of motion and what a candidate makes of them. There is no place for a measurement.

    Parameters
    ----------
    people, person : names, and (T,) whose frame this is
    motion : (T, C) inputs of the benchmark, rad or m
    predicted, change : (T, M) activation and its rate of change, 1/s
    features : (T, D) under the candidate's head; of one without, its motion from 0.2 s before to 0.2 s after
    """

    people: tuple[str, ...]
    person: Index
    motion: Array
    predicted: Array
    change: Array
    features: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled(Seen):
    """Frames that may be compared with what was measured.

    Parameters
    ----------
    measured : (T, M) envelopes, NaN where not measured
    r : (P, M) correlation over all frames of each of the P people, the mean over legs; 0 where nothing was predicted
    seconds : labelled seconds that there were
    """

    measured: Array
    r: Array
    seconds: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """All that a selector may know of one run.

    Parameters
    ----------
    primary : numbers of the M outputs that a score is the mean of
    validation : labelled people of the source institutions, whom the candidate never saw
    target : by condition the motion that is tested, without labels (scope: test people)
    typical : what activations of the source are like
    calibration : labelled seconds of the target, None where none are granted; `learned` when the candidate was fitted
        on them, so that they cannot judge it
    """

    outputs: tuple[str, ...]
    primary: tuple[int, ...]
    validation: Labelled
    target: Mapping[str, Seen]
    typical: Typical
    calibration: Labelled | None
    learned: bool


def observed(fold: Fold, granted: Split, predictor: Predictor, spec: Benchmark) -> Evidence:
    """What a candidate shows of itself in a fold. The answers of the fold are not touched.

    Parameters
    ----------
    granted : what it was fitted on
    """
    split = fold.split
    conditions = {name: [r for r in fold.test_motion if spec.condition(r) == name] for name in spec.conditions}
    return Evidence(
        outputs=spec.outputs,
        primary=tuple(spec.outputs.index(name) for name in spec.primary),
        validation=_labelled(split.validation, predictor, spec),
        target={name: _seen(_views(own, predictor, spec)) for name, own in conditions.items() if own},
        typical=typical(split.source, spec),
        calibration=_labelled(split.calibration, predictor, spec) if split.calibration else None,
        learned=bool(granted.calibration),
    )


@dataclass(frozen=True, eq=False)
class _View:
    """One leg of one recording: motion (T, C), predicted and measured (T, M), features (T, D)."""

    person: str
    side: Side
    motion: Array32
    predicted: Array32
    change: Array
    features: Array
    measured: Array32


def _views(recordings: Iterable[Recording], predictor: Predictor, spec: Benchmark) -> list[_View]:
    return [view for recording in recordings for view in _legs(recording, predictor, spec)]


def _legs(recording: Recording, predictor: Predictor, spec: Benchmark) -> Iterator[_View]:
    """Legs that both the benchmark and the candidate know the inputs of, predicted without sight of the labels."""
    hidden = recording.hidden()
    known = {leg.side: leg.motion for leg in predictor.problem.legs([hidden])}
    predicted = predictor.legs(hidden) if known else {}
    for leg in anatomy.legs(recording, spec.inputs, spec.outputs):
        if leg.side in predicted:
            values = predicted[leg.side]
            change = _change(values, recording.rate)
            features = _features(predictor, known[leg.side], leg.motion, recording.rate)
            yield _View(recording.person, leg.side, leg.motion, values, change, features, leg.activation)


def _change(values: Array32, rate: float) -> Array:
    wide = values.astype(np.float64)
    return np.gradient(wide, 1 / rate, axis=0) if len(wide) > 1 else np.zeros_like(wide)


def _features(predictor: Predictor, known: Array32, motion: Array32, rate: float) -> Array:
    if isinstance(predictor.model, FeatureModel) and not isinstance(predictor.model, RecordingModel):
        return predictor.model.features(known).astype(np.float64)
    return lagged_windows(motion, rate)


def _seen(views: list[_View]) -> Seen:
    people, kept = _kept(views, [range(len(view.motion)) for view in views])
    return Seen(people=people, **_columns(views, kept))


def _labelled(recordings: Iterable[Recording], predictor: Predictor, spec: Benchmark) -> Labelled:
    recordings = tuple(recordings)
    views = _views(recordings, predictor, spec)
    people, kept = _kept(views, [np.flatnonzero(np.isfinite(view.measured).any(axis=1)) for view in views])
    return Labelled(
        people=people,
        **_columns(views, kept),
        measured=_stacked(views, kept, "measured"),
        r=np.array([_correlation([view for view in views if view.person == person]) for person in people]),
        seconds=sum(labelled_seconds(recording, spec) for recording in recordings),
    )


Kept = list[tuple[int, int, int]]
"""(person, view, frame) of every frame that is kept."""


def _kept(views: list[_View], frames: Sequence[Sequence[int] | Index]) -> tuple[tuple[str, ...], Kept]:
    """Frames out of those of each view, evenly spaced, as many of each person: the same for every candidate."""
    people = tuple(sorted({view.person for view in views}))
    most = max(FRAMES // max(len(people), 1), 1)
    kept: Kept = []
    for number, person in enumerate(people):
        own = [(v, int(f)) for v, view in enumerate(views) if view.person == person for f in frames[v]]
        kept += [(number, *own[i]) for i in evenly(len(own), most)]
    return people, kept


def _columns(views: list[_View], kept: Kept) -> dict[str, Any]:
    person = np.array([number for number, _, _ in kept], np.int64)
    names = ("motion", "predicted", "change", "features")
    return {"person": person, **{name: _stacked(views, kept, name) for name in names}}


def _stacked(views: list[_View], kept: Kept, name: str) -> Array:
    """(T, ...) of the frames that are kept, in single precision: what is written is what is read."""
    return np.array([getattr(views[v], name)[frame] for _, v, frame in kept], np.float32).astype(np.float64)


def _correlation(own: list[_View]) -> Array:
    """(M,) r of one person's legs, each over all its frames; 0 where nothing was predicted of an active muscle."""
    legs = []
    for side in sorted({view.side for view in own}):
        predicted = np.concatenate([view.predicted for view in own if view.side == side]).astype(np.float64)
        measured = np.concatenate([view.measured for view in own if view.side == side]).astype(np.float64)
        silent = np.isnan(metrics.r(measured, measured, 1.0))
        legs.append(np.where(silent, np.nan, np.nan_to_num(metrics.r(predicted, measured, 1.0))))
    return np.asarray(mean(np.stack(legs), axis=0))


def write(path: Path, evidence: Evidence) -> None:
    """Write the evidence as plain arrays; the same evidence gives the same bytes."""
    arrays: dict[str, NDArray[Any]] = {
        "outputs": np.array(evidence.outputs),
        "primary": np.array(evidence.primary),
        "conditions": np.array(list(evidence.target), np.str_),
        "learned": np.array([evidence.learned]),
        **_named("typical", vars(evidence.typical)),
        **_named("validation", vars(evidence.validation)),
        **(_named("calibration", vars(evidence.calibration)) if evidence.calibration else {}),
    }
    for number, seen in enumerate(evidence.target.values()):
        arrays |= _named(f"target {number}", vars(seen))
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    fresh.replace(path)


def _named(part: str, fields: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    return {f"{part}: {name}": _small(np.atleast_1d(value)) for name, value in fields.items()}


def _small(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.float32) if values.dtype == np.float64 else values


def read(path: Path) -> Evidence:
    """The evidence that `write` wrote.

    Raises
    ------
    DataFormatError
        When the file is damaged, lacks an array, or holds objects, which are pickles in disguise.
    """
    arrays = read_npz(path)
    try:
        conditions = [str(name) for name in arrays["conditions"]]
        given = any(name.startswith("calibration: ") for name in arrays)
        return Evidence(
            outputs=tuple(map(str, arrays["outputs"])),
            primary=tuple(map(int, arrays["primary"])),
            validation=Labelled(**_fields(arrays, "validation")),
            target={name: Seen(**_fields(arrays, f"target {i}")) for i, name in enumerate(conditions)},
            typical=Typical(**_fields(arrays, "typical")),
            calibration=Labelled(**_fields(arrays, "calibration")) if given else None,
            learned=bool(arrays["learned"][0]),
        )
    except (KeyError, TypeError, ValueError) as error:
        mend = "run the benchmark again with `--mode force`"
        raise DataFormatError("not the evidence of a run", where=path, why=str(error), mend=mend) from error


def _fields(arrays: Mapping[str, NDArray[Any]], part: str) -> dict[str, Any]:
    """The fields of a part, in double precision; names and seconds as what they are."""
    own = {name.removeprefix(f"{part}: "): each for name, each in arrays.items() if name.startswith(f"{part}: ")}
    fields: dict[str, Any] = {
        name: each.astype(np.float64) if each.dtype == np.float32 else each for name, each in own.items()
    }
    if "people" in fields:
        fields["people"] = tuple(map(str, fields["people"]))
    if "seconds" in fields:
        fields["seconds"] = float(fields["seconds"][0])
    return fields
