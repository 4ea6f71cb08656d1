"""Tables of activation written in the form that the next program opens, each with where it comes from."""

from __future__ import annotations

import os.path
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from myoshift import __version__, anatomy, formats
from myoshift.deploy.files import HIGH, LOW
from myoshift.deploy.origin import Origin
from myoshift.errors import DataRefused
from myoshift.types import Table

Form = Literal["sto", "csv", "parquet", "bids"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is to be written.

    Parameters
    ----------
    path : of the table
    bids : for the form `bids`, the entities and the root of the data set
    """

    path: Path
    form: Form
    bids: tuple[formats.Name, Path] | None = None


def write(target: Target, table: Table, origin: Origin) -> None:
    """Write a table of activation; an older file of this name is replaced in one step, or stays as it is.

    * `sto`: an OpenSim storage file. Rows with NaN are left out: OpenSim's `Storage` takes the first for 0 and drops
      what is behind it
    * `csv`: time and columns
    * `parquet`: unit, rate, version, motion, model and hashes in the metadata
    * `bids`: a derivative of BIDS, with its sidecar

    Raises
    ------
    DataRefused
        When no row is left for a .sto, or the data set at the root of `bids` is another's.
    """
    target.path.parent.mkdir(parents=True, exist_ok=True)
    if target.bids is not None:
        _write_bids(*target.bids, table, origin)
    elif target.form == "csv":
        formats.write_csv(target.path, table)
    elif target.form == "parquet":
        formats.write_parquet(target.path, table, _about(origin))
    else:
        whole = _whole_rows(table, origin.motion)
        formats.write_sto(target.path, whole, in_degrees=False, name=f"activation {origin.motion.stem}, {origin}")


def _whole_rows(table: Table, where: Path) -> Table:
    kept = table.mask.all(axis=1)
    if not kept.any():
        raise DataRefused(
            "no frame has all its angles, and a .sto cannot hold gaps", where=where, mend="write a .csv or .parquet"
        )
    return replace(table, values=table.values[kept], time=table.time[kept])


def _about(origin: Origin) -> dict[str, str]:
    motion = formats.source(origin.motion)
    return {
        "myoshift": __version__,
        "model": origin.model.name,
        "model_sha256": origin.model.sha256,
        "learned_from": "; ".join(origin.model.institutions),
        "columns": origin.what,
        "motion": motion.path,
        "motion_sha256": motion.sha256,
    }


def _write_bids(name: formats.Name, root: Path, table: Table, origin: Origin) -> None:
    model = origin.model
    formats.write_derivative(
        root,
        name,
        table,
        {column: _column(column, origin) for column in table.names},
        {
            "Description": f"Muscle activation, {origin}. No EMG was measured.",
            "Sources": [_relative(origin.motion, root)],
            "SourcesSHA256": [formats.hash_file(origin.motion)],
            "Model": {"Name": model.name, "SHA256": model.sha256, "LearnedFrom": list(model.institutions)},
        },
    )


def _relative(motion: Path, root: Path) -> str:
    """The path as BIDS wants it: from the root of the data set, with slashes."""
    try:
        return Path(os.path.relpath(motion.resolve(), root.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return motion.name


def _column(column: str, origin: Origin) -> dict[str, str]:
    """What a column is, in words."""
    end = next((end for end in (LOW, HIGH) if origin.what == "sites" and column.endswith(end)), "")
    base, side = anatomy.split_side(column.removesuffix(end))
    leg = "right" if side == "r" else "left"
    if origin.what == "muscles":
        group = anatomy.muscle(column).group.replace("_", " ")
        return {"LongName": f"{leg} {base}", "Description": f"Activation of the muscle {base} ({group}), {leg} leg"}
    words, place = base.replace("_", " "), anatomy.site(base).description
    seen = f"the EMG envelope that a bipolar electrode over the {leg} {words} would measure"
    at = f" ({place})" if place else ""
    if end:
        which = {LOW: "Lower", HIGH: "Upper"}[end]
        return {"LongName": f"{leg} {words}, {which.lower()} end", "Description": f"{which} end of that of {seen}"}
    return {"LongName": f"{leg} {words}", "Description": f"Prediction of {seen}{at}"}
