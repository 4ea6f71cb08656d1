"""A table as a BIDS derivative: `sub-01/emg/sub-01_task-walk_desc-activation_emg.tsv` with its sidecar.

BIDS 1.11.1 has raw EMG, in .edf and .bdf, and no derivative of it yet. Names, sidecar and `dataset_description.json`
follow its rules for all derivatives; the tables are named in `.bidsignore`, so that the validator passes over them.

Specification: https://bids-specification.readthedocs.io, version 1.11, "BIDS Derivatives".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from myoshift.errors import DataRefused
from myoshift.formats.bids_sidecars import NOTHING, ROOT, read_json
from myoshift.formats.source import write_atomic
from myoshift.formats.text import rows
from myoshift.formats.written import TIME, labels, refuse_unfit
from myoshift.types import Table

VERSION = "1.11.1"
IGNORED = "*_desc-activation_emg.*\n"
_ENTITY = re.compile(r"([a-z]+)-([^_]*)")
_LABEL = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Name:
    """The entities of a recording in BIDS; `session` and `run` are empty where there are none.

    Raises
    ------
    DataRefused
        When one of them holds anything but letters and digits.
    """

    subject: str
    task: str
    session: str = ""
    run: str = ""

    def __post_init__(self) -> None:
        for what, label in (("subject", self.subject), ("task", self.task)):
            if not label:
                raise DataRefused(
                    f"the {what} is not known, and BIDS needs it in the name of the file",
                    mend=f"say --{what}, or name the file sub-<label>_task-<label>_...",
                )
        for label in (self.subject, self.session, self.task, self.run):
            if label and not _LABEL.fullmatch(label):
                raise DataRefused(
                    "a label of BIDS holds letters and digits only", why=repr(label), mend="for example walk01"
                )

    @classmethod
    def of(cls, path: Path, subject: str = "", task: str = "") -> Self:
        """The entities in the name of a file; `subject` and `task` rule over it where they are given."""
        found = {m[1]: m[2] for part in path.stem.split("_") if (m := _ENTITY.fullmatch(part))}
        return cls(
            subject=subject or found.get("sub", ""),
            session=found.get("ses", ""),
            task=task or found.get("task", ""),
            run=found.get("run", ""),
        )

    def path(self, root: Path) -> Path:
        """Where the table lies in the data set."""
        entities = {"sub": self.subject, "ses": self.session, "task": self.task, "run": self.run}
        parts = [f"{key}-{label}" for key, label in entities.items() if label]
        folder = root.joinpath(*(part for part in parts if part[:3] in ("sub", "ses")), "emg")
        return folder / "_".join([*parts, "desc-activation", "emg.tsv"])


def write_derivative(
    root: Path, name: Name, table: Table, columns: Mapping[str, Mapping[str, str]], about: Mapping[str, Any]
) -> Path:
    """Write a table, its sidecar, and what a data set needs at its root; the path of the table.

    Parameters
    ----------
    root : of the derivative data set; an older one that was written here is added to
    columns : `LongName` and `Description` of every column
    about : what the sidecar says besides: `Description`, `Sources`, ...

    Raises
    ------
    DataRefused
        When a data set stands there that is no derivative, or was written by others.
    """
    path = name.path(root)
    refuse_unfit(path, table.names)
    _root(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    sidecar: dict[str, Any] = {
        "TaskName": name.task,
        "SamplingFrequency": table.rate,
        "StartTime": float(table.time[0]),
        **about,
        TIME: {"LongName": "Time", "Description": "On the clock of the motion file", "Units": "s"},
    }
    for column, unit in zip(table.names, table.units, strict=True):
        sidecar[column] = {**columns[column], "Units": unit}
    numbers = rows(np.column_stack([table.time, table.values]))
    write_atomic(path.with_suffix(".json"), _json(sidecar))
    write_atomic(path, labels(table.names, "\t") + numbers.replace(b"nan", NOTHING.encode()))
    return path


def _root(root: Path) -> None:
    """The files at the root of the data set, unless they are there already."""
    from myoshift import __version__

    described = root / ROOT
    if described.exists():
        made = read_json(described).get("GeneratedBy", [])
        if not any(isinstance(each, dict) and each.get("Name") == "myoshift" for each in made):
            raise DataRefused(
                "a data set of others stands here, and predictions are a derivative of their own",
                where=described,
                mend="name another folder, for example derivatives/myoshift in that data set",
            )
        return
    root.mkdir(parents=True, exist_ok=True)
    generated = {"Name": "myoshift", "Version": __version__, "Description": "Muscle activation predicted from motion"}
    description = {
        "Name": "Muscle activation predicted by myoshift",
        "BIDSVersion": VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [generated],
    }
    write_atomic(root / ".bidsignore", IGNORED.encode())
    write_atomic(described, _json(description))


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
