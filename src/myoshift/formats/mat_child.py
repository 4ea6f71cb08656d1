"""The child process of `mat`: parse one MATLAB v5 file under a memory limit, leave `arrays.npz` and `tree.json`.

Run as `python -m myoshift.formats.mat_child FILE FOLDER GIGABYTES`; exit code 1 and one line on refusal.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoshift.formats.child import limit_memory


class Refused(Exception):  # noqa: N818 - it never leaves this process
    """Content that plain arrays, structs, cells and texts cannot express."""


def encode(value: Any, arrays: dict[str, NDArray[Any]], where: str) -> list[Any]:
    """A value as a [kind, content] node of the JSON tree; arrays are put aside under a number."""
    from scipy.io.matlab import MatlabFunction, MatlabObject, MatlabOpaque, mat_struct
    from scipy.sparse import issparse

    if isinstance(value, mat_struct):
        fields = vars(value)["_fieldnames"]
        return ["struct", {name: encode(getattr(value, name), arrays, f"{where}.{name}") for name in fields}]
    if isinstance(value, MatlabFunction | MatlabObject | MatlabOpaque):
        raise Refused(f"{where} is a MATLAB object or function handle")
    if issparse(value):
        raise Refused(f"{where} is a sparse matrix: save full({where})")
    if isinstance(value, str):
        return ["text", value]
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return encode(value.astype(object), arrays, where)
    if isinstance(value, np.ndarray) and value.dtype == object:
        return ["list", [encode(item, arrays, f"{where}{{{i + 1}}}") for i, item in enumerate(value)]]
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        key = str(len(arrays))
        arrays[key] = value
        return ["array", key]
    if isinstance(value, bool | int | float):
        return ["number", value]
    if isinstance(value, np.bool_ | np.integer | np.floating):
        return ["number", value.item()]
    raise Refused(f"{where} holds {type(value).__name__}, not a number, text, struct or cell")


def main(path: str, folder: str, gigabytes: float) -> None:
    """Read FILE and leave the result in FOLDER."""
    limit_memory(gigabytes)
    from scipy.io import loadmat

    from myoshift.formats import mat_tags

    mat_tags.check(Path(path).read_bytes())
    content = loadmat(path, squeeze_me=True, struct_as_record=False, chars_as_strings=True)
    arrays: dict[str, Any] = {}
    tree = {name: encode(value, arrays, name) for name, value in content.items() if not name.startswith("__")}
    np.savez(Path(folder, "arrays.npz"), **arrays)
    Path(folder, "tree.json").write_text(json.dumps(tree), encoding="utf-8")


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
    except MemoryError:
        sys.stdout.write(f"it needs more than {sys.argv[3]} GB of memory\n")
        sys.exit(1)
    except Exception as error:
        sys.stdout.write(f"{type(error).__name__}: {error}".replace("\n", " ")[:400] + "\n")
        sys.exit(1)
