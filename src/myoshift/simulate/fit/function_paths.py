"""OpenSim's FunctionBasedPath: muscle-tendon lengths as polynomials that the file already holds."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from myoshift.anatomy import IPSILATERAL, coordinate, muscle
from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats.xml import read_xml
from myoshift.simulate.model import LEG, SIDES, Paths, sided
from myoshift.simulate.validity import HIGHEST
from myoshift.types import Side

KIND = "an OpenSim file of FunctionBasedPaths"
Terms = dict[tuple[int, ...], float]


def read_function_paths(path: Path) -> dict[Side, Paths]:
    """Paths of both legs, muscles in the order of `IPSILATERAL`. Coordinates beyond `model.LEG` are held at zero.

    Raises
    ------
    DataRefused
        When the file is no such XML, lacks a muscle, or has a function that is no polynomial.
    """
    found = {}
    for node in read_xml(path, KIND, 1 << 23).iter("FunctionBasedPath"):
        name = muscle((node.get("name") or "").rpartition("/")[2]).name
        found[name] = _terms(node, sided(LEG, "l" if name.endswith("_l") else "r"), f"{path}, {name}")
    missing = [name for side in SIDES for name in sided(IPSILATERAL, side) if name not in found]
    if missing:
        raise DataRefused("muscles without a path", where=path, why=", ".join(missing)[:200], mend=f"give {KIND}")
    return {side: _paths([found[name] for name in sided(IPSILATERAL, side)]) for side in SIDES}


def _terms(node: ElementTree.Element, leg: tuple[str, ...], where: str) -> Terms:
    """Coefficients by their exponents; in the file the exponents of the last coordinate run first."""
    names = [coordinate(place.rpartition("/")[2]).name for place in (node.findtext("coordinate_paths") or "").split()]
    length = node.find("length_function/MultivariatePolynomialFunction")
    try:
        if length is None:
            raise ValueError("another function, or none")
        values = [float(value) for value in (length.findtext("coefficients") or "").split()]
        order = int(length.findtext("order") or "")
        rows = [row for row in product(range(min(order, HIGHEST) + 1), repeat=len(names)) if sum(row) <= order]
        if len(values) != len(rows) or not np.isfinite(values).all():
            raise ValueError(f"{len(values)} coefficients of order {order} in {len(names)} coordinates")
    except ValueError as error:
        raise DataFormatError(
            "the length is no whole MultivariatePolynomialFunction", where=where, why=str(error), mend=f"give {KIND}"
        ) from error
    terms = {}
    for row, value in zip(rows, values, strict=True):
        powers = {name: power for name, power in zip(names, row, strict=True) if power}
        if value and powers.keys() <= set(leg):
            terms[tuple(powers.get(name, 0) for name in leg)] = value
    return terms


def _paths(muscles: list[Terms]) -> Paths:
    rows = sorted({row for terms in muscles for row in terms})
    columns = [[terms.get(row, 0.0) for row in rows] for terms in muscles]
    return Paths(exponents=np.array(rows, np.int64), coefficients=np.array(columns).T)
