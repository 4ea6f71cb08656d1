"""MATLAB v7.3 files, which are HDF5 with the class of every variable in an attribute; arrays lie there transposed.

Cells, struct arrays and objects are references in such files, and refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoshift.errors import DataFormatError
from myoshift.formats import hdf5
from myoshift.formats.text import clip

_NUMBERS = ("double", "single", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))


def read_mat73(path: str | Path, seconds: float, gigabytes: float) -> dict[str, Any]:
    """Variables of a MATLAB v7.3 file, in the shapes that `read_mat` gives those of v5; raises likewise."""
    hdf5.rehearse(path, seconds, gigabytes)
    found = hdf5.tree(path, _variable, hidden="#")
    if not found:
        raise DataFormatError("there are no variables", mend="save arrays, structs and texts")
    return found


def _variable(dataset: Any, where: str) -> Any:
    """One variable or field by its MATLAB class."""
    stated = dataset.attrs.get("MATLAB_class", b"")
    kind = stated.decode("ascii", "replace") if isinstance(stated, bytes) else str(stated)
    if kind not in (*_NUMBERS, "logical", "char"):
        what = {"cell": "a cell array or struct array", "": "no variable of MATLAB"}.get(kind, "a MATLAB object")
        raise DataFormatError(
            f"{what}, which v7.3 files keep as references", where=where, why=f"class {clip(kind)}",
            mend="save it again in MATLAB with save(name, '-v7'), or save plain arrays and structs",
        )  # fmt: skip
    if "MATLAB_empty" in dataset.attrs:
        return "" if kind == "char" else np.empty(0)
    values = _complex(hdf5.plain(dataset, where), where).T
    if kind == "char":
        return _text(values, where)
    values = np.squeeze(values.astype(bool) if kind == "logical" else values)
    return values.item() if values.ndim == 0 and values.dtype.kind in "biuf" else values


def _complex(values: Any, where: str) -> NDArray[Any]:
    if isinstance(values, dict) and set(values) == {"real", "imag"}:
        return np.asarray(values["real"] + 1j * values["imag"])
    if not isinstance(values, np.ndarray):
        raise DataFormatError("no array of numbers", where=where)
    return values


def _text(values: NDArray[Any], where: str) -> str | list[str]:
    """Rows of UTF-16 letters: one row is a text, several are a list of them."""
    if values.ndim != 2 or values.dtype.kind not in "iu":
        raise DataFormatError("no text", where=where, why=f"shape {values.shape}, type {values.dtype}")
    rows = [row.astype("<u2").tobytes().decode("utf-16-le", "replace") for row in values]
    return rows[0] if len(rows) == 1 else rows
