"""A musculoskeletal model as one JSON file, and the one that comes with the package."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myoshift.errors import DataFormatError
from myoshift.formats import write_atomic
from myoshift.physiology.curves import DeGrooteFregly, Fibre, Millard, Thelen
from myoshift.physiology.muscle import Muscles
from myoshift.simulate.model import LEG, SIDES, Axis, Leg, Model, Paths, Point, Segment
from myoshift.simulate.validity import check
from myoshift.types import Side

FORMAT, VERSION = "myoshift-model", 1
BOTH = "both"  # of a model whose left leg is the image of its right one
DIGITS = 9


def load(path: Path | None = None) -> Model:
    """The model of a file; None for the embedded one: legs of MyoLegs, trunk and arms of published anthropometry.

    Raises
    ------
    DataFormatError
        When the file is not a model that `save` or `myoshift fit-paths` wrote.
    """
    if path is None:
        return _embedded()
    try:
        return _read(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise DataFormatError(
            "the model cannot be read", where=path, why=error.strerror or str(error), mend="check the path"
        ) from error


def save(model: Model, path: Path, about: Mapping[str, Any] | None = None) -> None:
    """Write a model, whole or not at all. `about` says where it comes from and how well it fits."""
    write_atomic(path, as_text(model, about).encode())


def as_text(model: Model, about: Mapping[str, Any] | None = None) -> str:
    """The model as JSON, numbers rounded to nine significant digits, a line for each muscle, segment and point."""
    same = model.legs["r"] is model.legs["l"]
    legs = {BOTH: model.legs["r"]} if same else dict(model.legs)
    parts: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "name": model.name,
        "mass": model.mass,
        "height": model.height,
        "about": dict(about or {}),
        "coordinates": list(LEG),
        **{f"fibre {side}": _fibre_row(leg.muscles.fibre) for side, leg in legs.items()},
    }
    lists = {
        **{f"exponents {side}": leg.paths.exponents.tolist() for side, leg in legs.items()},
        **{f"muscles {side}": _muscle_rows(leg) for side, leg in legs.items()},
        "segments": [_plain(asdict(segment)) for segment in model.segments],
        "points": [_plain(asdict(point)) for point in model.points],
    }
    head = [f"{json.dumps(key)}: {_dump(value)}" for key, value in parts.items()]
    rows = [f"{json.dumps(key)}: [\n{_lines(key, value)}\n]" for key, value in lists.items()]
    return "{\n" + ",\n".join([*head, *rows]) + "\n}\n"


@cache
def _embedded() -> Model:
    resource = files("myoshift.simulate").joinpath("tables/embedded.json")
    return _read(resource.read_text(encoding="utf-8"), "embedded.json")


def _read(text: str, where: str) -> Model:
    try:
        parts = json.loads(text)
        if parts.get("format") != FORMAT or parts["version"] != VERSION:
            raise ValueError(f"format {parts.get('format')!r}, version {parts.get('version')!r}")
        if parts["coordinates"] != list(LEG):
            raise ValueError(f"coordinates {parts['coordinates']}, not {list(LEG)}")
        legs: dict[Side, Leg] = {}
        for side in SIDES:
            own = side if f"muscles {side}" in parts else BOTH
            legs[side] = legs["r"] if own == BOTH and legs else _leg(parts, own)
        model = Model(
            name=parts["name"],
            mass=float(parts["mass"]),
            height=float(parts["height"]),
            segments=tuple(_segment(row) for row in parts["segments"]),
            legs=legs,
            points=tuple(Point(**{**row, "location": tuple(row["location"])}) for row in parts["points"]),
        )
        check(model)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise DataFormatError(
            "not a model table",
            where=where,
            why=f"{type(error).__name__}: {error}",
            mend="write one with `myoshift fit-paths MODEL.osim -o TABLE`",
        ) from error
    return model


def _muscle_rows(leg: Leg) -> list[dict[str, Any]]:
    """A row for each muscle: its parameters, and the terms of its length with their coefficients."""
    rows = []
    for index, (name, coefficients) in enumerate(zip(leg.names, leg.paths.coefficients.T, strict=True)):
        terms = np.flatnonzero(coefficients)
        values = {f.name: getattr(leg.muscles, f.name) for f in fields(Muscles)}
        own = {key: float(value[index]) for key, value in values.items() if isinstance(value, torch.Tensor)}
        rows.append(_plain({"name": name, **own, "terms": list(terms), "coefficients": coefficients[terms]}))
    return rows


def _fibre_row(fibre: Fibre) -> dict[str, Any]:
    return {"curves": type(fibre).__name__, **asdict(fibre)}


def _fibre(row: Mapping[str, Any]) -> Fibre:
    kinds: dict[str, type[Fibre]] = {kind.__name__: kind for kind in (Millard, Thelen, DeGrooteFregly)}
    numbers = {key: float(value) for key, value in row.items() if key != "curves"}
    if not all(math.isfinite(number) and number > 0 for number in numbers.values()):
        raise ValueError("curves that make no sense")
    return kinds[row["curves"]](**numbers)


def _leg(parts: Mapping[str, Any], side: str) -> Leg:
    rows, exponents = parts[f"muscles {side}"], parts[f"exponents {side}"]
    coefficients = np.zeros((len(exponents), len(rows)))
    for column, row in enumerate(rows):
        if min(row["terms"], default=0) < 0 or len(row["terms"]) != len(row["coefficients"]):
            raise ValueError(f"terms of {row['name']!r} that make no sense")
        coefficients[row["terms"], column] = row["coefficients"]
    powers = np.array(exponents, np.int64)
    if powers.shape != (len(exponents), len(LEG)) or (powers < 0).any() or not np.isfinite(coefficients).all():
        raise ValueError("polynomials that make no sense")
    known = [f.name for f in fields(Muscles) if all(f.name in row for row in rows)]
    parameters = {key: torch.tensor([float(row[key]) for row in rows], dtype=torch.float64) for key in known}
    positive = all(
        bool((parameters[key] > 0).all()) for key in ("maximum_force", "optimal_length", "maximum_velocity")
    )
    if not positive or not all(bool(values.isfinite().all()) for values in parameters.values()):
        raise ValueError("muscle parameters that make no sense")
    return Leg(
        names=tuple(str(row["name"]) for row in rows),
        muscles=Muscles(**parameters, fibre=_fibre(parts[f"fibre {side}"])),
        paths=Paths(exponents=powers, coefficients=coefficients),
    )


def _segment(row: dict[str, Any]) -> Segment:
    arrays = ("centre", "inertia", "parent_offset", "parent_rotation", "child_offset", "child_rotation")
    axes = ("rotations", "translations")
    plain: dict[str, Any] = {key: value for key, value in row.items() if key not in (*arrays, *axes)}
    return Segment(
        **plain,
        **{key: np.array(row[key], float) for key in arrays},  # type: ignore[arg-type]
        rotations=tuple(_axis(axis) for axis in row["rotations"]),
        translations=tuple(_axis(axis) for axis in row["translations"]),
    )


def _axis(row: dict[str, Any]) -> Axis:
    return Axis(
        direction=np.array(row["direction"], float),
        coordinate=row["coordinate"],
        polynomial=tuple(float(term) for term in row["polynomial"]),
    )


def _plain(value: Any) -> Any:
    """Lists, numbers and words in place of arrays and tuples."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, int | np.integer):
        return int(value)
    return value if isinstance(value, str) else float(f"{float(value):.{DIGITS}g}") + 0.0


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _lines(key: str, rows: Sequence[Any]) -> str:
    """One row a line; exponents, which are short, all in one."""
    return ",".join(map(_dump, rows)) if key.startswith("exponents") else ",\n".join(map(_dump, rows))
