"""Tables of activation written in the form that the next program opens, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from myoshift import __version__, anatomy, formats
from myoshift.deploy.files import HIGH, LOW
from myoshift.errors import UnknownNameError
from myoshift.types import SourceFile, Table

Form = Literal["sto", "csv", "parquet", "bids"]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a prediction comes from.

    Parameters
    ----------
    motion : the file
    model : name of the model
    sha256 : of its `model.json`, which holds the hash of its arrays
    simulated : whether it learned from simulated activation alone
    """

    motion: Path
    model: str
    sha256: str
    simulated: bool

    def __str__(self) -> str:
        learned = ", trained on simulated activation only" if self.simulated else ""
        return f"predicted from {self.motion.name} by myoshift {__version__}, model {self.model}{learned}"


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
    """Write a table of activation; an older file of this name is replaced in one step, or stays.

    * `sto`: an OpenSim storage file in which rows without motion are left out, as OpenSim cannot read NaN safely
    * `csv`: time and columns
    * `parquet`: unit, rate, version, model and its hash in the metadata
    * `bids`: a derivative of BIDS, with its sidecar

    Raises
    ------
    DataRefused
        When the data set that stands at the root of `bids` is another's.
    """
    target.path.parent.mkdir(parents=True, exist_ok=True)
    if target.form == "sto":
        formats.write_sto(target.path, table, in_degrees=False, name=f"activation {origin.motion.stem}: {origin}")
    elif target.form == "csv":
        formats.write_csv(target.path, table)
    elif target.form == "parquet":
        formats.write_parquet(target.path, table, _about(formats.source(origin.motion), origin))
    elif target.bids is not None:
        _write_bids(*target.bids, table, origin)


def _about(motion: SourceFile, origin: Origin) -> dict[str, str]:
    return {
        "myoshift": __version__,
        "model": origin.model,
        "model_sha256": origin.sha256,
        "trained_on": "simulation" if origin.simulated else "see the model's card",
        "motion": motion.path,
        "motion_sha256": motion.sha256,
    }


def _write_bids(name: formats.Name, root: Path, table: Table, origin: Origin) -> None:
    source = formats.source(origin.motion)
    formats.write_derivative(
        root,
        name,
        table,
        {column: _column(column) for column in table.names},
        {
            "Description": f"Muscle activation {origin}. No EMG was measured.",
            "Sources": [_relative(origin.motion, root)],
            "SourcesSHA256": [source.sha256],
            "Model": {"Name": origin.model, "SHA256": origin.sha256, "Simulated": origin.simulated},
        },
    )


def _relative(motion: Path, root: Path) -> str:
    """The path as BIDS wants it: from the root of the data set, with slashes."""
    import os.path

    try:
        return Path(os.path.relpath(motion.resolve(), root.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return motion.name


def _column(column: str) -> dict[str, str]:
    """What a column is, in words."""
    end = next((end for end in (LOW, HIGH) if column.endswith(end)), "")
    base, side = anatomy.split_side(column.removesuffix(end))
    leg = {"r": "right ", "l": "left "}.get(side or "", "")
    words = f"{leg}{base.replace('_', ' ')}"
    try:
        what = f"Activation of the muscle {anatomy.muscle(column).name}, 0 to 1"
        group = anatomy.muscle(column).group.replace("_", " ")
        return {"LongName": f"{leg}{base}", "Description": f"{what}; of the group {group}"}
    except UnknownNameError:
        pass
    seen = f"EMG envelope that electrodes over the {words} would see, of the amplitude unit of the model"
    if not end:
        return {"LongName": words, "Description": seen}
    which = "Lower" if end == LOW else "Upper"
    return {"LongName": f"{words}, {which.lower()} end", "Description": f"{which} end of the predictive interval: {seen}"}
