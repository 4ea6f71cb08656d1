"""One file per file format: bytes in, labelled tables out, no meaning added."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from myoshift.errors import DataFormatError
from myoshift.formats.amass import Amass, read_amass
from myoshift.formats.archive import Limits, unpack
from myoshift.formats.c3d import C3D, read_c3d
from myoshift.formats.delimited import read_delimited
from myoshift.formats.detect import detect
from myoshift.formats.edf import Edf, read_edf
from myoshift.formats.emg2pose import Emg2Pose, read_emg2pose
from myoshift.formats.mat import read_mat
from myoshift.formats.mint import Mint, mint_files, read_mint
from myoshift.formats.npz import read_npy, read_npz, refuse_pickle
from myoshift.formats.source import hash_file, source, write_atomic
from myoshift.formats.sto import read_sto, short_name, write_sto
from myoshift.formats.tables import Annotation, Tables
from myoshift.formats.trc import read_trc

__all__ = [
    "C3D",
    "Amass",
    "Annotation",
    "Edf",
    "Emg2Pose",
    "Limits",
    "Mint",
    "Tables",
    "detect",
    "hash_file",
    "mint_files",
    "read",
    "read_amass",
    "read_c3d",
    "read_delimited",
    "read_edf",
    "read_emg2pose",
    "read_mat",
    "read_mint",
    "read_npy",
    "read_npz",
    "read_sto",
    "read_trc",
    "short_name",
    "source",
    "unpack",
    "write_atomic",
    "write_sto",
]

READERS: dict[str, Callable[..., Any]] = {
    "sto": read_sto,
    "trc": read_trc,
    "c3d": read_c3d,
    "mat5": read_mat,
    "mat7.3": read_mat,
    "npz": read_npz,
    "npy": read_npy,
    "pickle": refuse_pickle,
    "edf": read_edf,
    "bdf": read_edf,
    "hdf5": read_emg2pose,
    "csv": read_delimited,
    "text": read_delimited,
}
MENDS = {
    "html": "a web page was saved in place of the data: download the file itself",
}
WORDS = ("csv", "text")  # what a text without a mark of its own is called: there the suffix decides
SUFFIXES = {".sto": "sto", ".mot": "sto", ".trc": "trc", ".c3d": "c3d", ".mat": "mat5"}


def read(path: str | Path, **options: Any) -> Any:
    """Read a file with the reader of its content; `options` are those of that reader.

    Returns
    -------
    Table | Markers | C3D | dict

    Raises
    ------
    DataFormatError
        When no reader knows the content, or the reader refuses it.
    """
    kind = detect(path)
    if kind not in READERS or kind in WORDS:
        kind = SUFFIXES.get(Path(path).suffix.lower(), kind)
    if kind not in READERS:
        mend = MENDS.get(kind, f"convert it to one of {', '.join(READERS)}")
        raise DataFormatError(f"there is no reader for {kind} files", where=path, mend=mend)
    return READERS[kind](path, **options)
