"""One file per file format: bytes in, labelled tables out, no meaning added."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from myoshift.errors import DataFormatError
from myoshift.formats.amass import Amass, read_amass
from myoshift.formats.archive import Limits, unpack
from myoshift.formats.bids import Bids, read_bids, read_bids_motion
from myoshift.formats.bids_derivative import Name, write_derivative
from myoshift.formats.c3d import C3D, read_c3d
from myoshift.formats.delimited import DELIMITERS, read_delimited
from myoshift.formats.delsys import read_delsys
from myoshift.formats.detect import HEADER_LIMIT, detect
from myoshift.formats.edf import Edf, read_edf
from myoshift.formats.emg2pose import Emg2Pose, Emg2PoseFile, open_emg2pose, read_emg2pose, watch_emg2pose
from myoshift.formats.emg2pose_layout import GROUP
from myoshift.formats.hdf5 import read_hdf5
from myoshift.formats.mat import read_mat
from myoshift.formats.mint import Mint, mint_files, read_mint
from myoshift.formats.npz import read_npy, read_npz, refuse_pickle
from myoshift.formats.parquet import read_parquet
from myoshift.formats.source import beginning, hash_file, mapped, source, write_atomic
from myoshift.formats.sto import read_sto, short_name, write_sto
from myoshift.formats.tables import Annotation, Tables
from myoshift.formats.trc import read_trc
from myoshift.formats.written import write_csv, write_parquet

__all__ = [
    "C3D",
    "DELIMITERS",
    "Amass",
    "Annotation",
    "Bids",
    "Edf",
    "Emg2Pose",
    "Emg2PoseFile",
    "Limits",
    "Mint",
    "Name",
    "Tables",
    "beginning",
    "detect",
    "hash_file",
    "kind",
    "mint_files",
    "open_emg2pose",
    "options",
    "read",
    "read_amass",
    "read_bids",
    "read_bids_motion",
    "read_c3d",
    "read_delimited",
    "read_delsys",
    "read_edf",
    "read_emg2pose",
    "read_hdf5",
    "read_mat",
    "read_mint",
    "read_npy",
    "read_npz",
    "read_parquet",
    "read_sto",
    "read_trc",
    "short_name",
    "source",
    "unpack",
    "watch_emg2pose",
    "write_atomic",
    "write_csv",
    "write_derivative",
    "write_parquet",
    "write_sto",
]


def _read_any_hdf5(path: str | Path, **options: Any) -> Emg2Pose | dict[str, Any]:
    """An emg2pose recording where the first bytes name its group, else whatever arrays there are."""
    reader = read_emg2pose if GROUP.encode() in mapped(path)[:HEADER_LIMIT] else read_hdf5
    return reader(path, **options)


READERS: dict[str, Callable[..., Any]] = {
    "sto": read_sto,
    "trc": read_trc,
    "c3d": read_c3d,
    "mat5": read_mat,
    "mat7.3": read_mat,
    "npz": read_npz,
    "npy": read_npy,
    "pickle": refuse_pickle,
    "bids": read_bids,
    "bids-motion": read_bids_motion,
    "edf": read_edf,
    "bdf": read_edf,
    "delsys": read_delsys,
    "parquet": read_parquet,
    "hdf5": _read_any_hdf5,
    "csv": read_delimited,
    "text": read_delimited,
}
MENDS = {
    "html": "a web page was saved in place of the data: download the file itself",
}
WORDS = ("csv", "text")  # what a text without a mark of its own is called: there the suffix decides
NAMES = {"_emg.edf": "bids", "_emg.bdf": "bids", "_motion.tsv": "bids-motion"}  # ends of `sub-...`, beside sidecars
SUFFIXES = {".sto": "sto", ".mot": "sto", ".trc": "trc", ".c3d": "c3d", ".mat": "mat5"}


def kind(path: str | Path) -> str:
    """The name in `READERS` of the reader for a file: by its content, and where that says too little by its name."""
    found, name = detect(path), Path(path).name
    if name.startswith("sub-") and found in ("edf", "bdf", *WORDS):
        found = next((bids for end, bids in NAMES.items() if name.endswith(end)), found)
    if found not in READERS or found in WORDS:
        found = SUFFIXES.get(Path(path).suffix.lower(), found)
    return found


def options(kind: str) -> tuple[str, ...]:
    """What can be told to the reader of a kind of file, besides the path."""
    return tuple(name for name in inspect.signature(READERS[kind]).parameters if name not in ("path", "options"))


def read(path: str | Path, **options: Any) -> Any:
    """Read a file with the reader of its content (see `kind`); `options` are those of that reader.

    Returns
    -------
    Table | Tables | Markers | C3D | Emg2Pose | dict

    Raises
    ------
    DataFormatError
        When no reader knows the content, or the reader refuses it.
    """
    found = kind(path)
    if found not in READERS:
        mend = MENDS.get(found, f"convert it to one of {', '.join(READERS)}")
        promised = Path(path).suffix.lower().removeprefix(".") or "none"
        why = f"the content is {found}, the suffix {promised}, the first bytes are {beginning(path)!r}"
        raise DataFormatError(f"there is no reader for {found} files", where=path, why=why, mend=mend)
    return READERS[found](path, **options)
