"""The table that emg2pose is published with: whose each file is, and on which side of the authors' split.

A split is taken from the table or not at all: a file without a row, or a row without a split, is refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from myoshift.datasets.subset import SPLIT
from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats import Emg2PoseFile
from myoshift.types import Flag

TABLE = "metadata.csv"
COLUMNS = (
    *("filename", "user", "session", "stage", "side", "moving_hand"),
    *("held_out_user", "held_out_stage", "split", "generalization"),
)
SPLITS, SIDES = ("train", "val", "test"), ("left", "right")
KINDS = {"user": ("yes", "no"), "stage": ("no", "yes"), "user_stage": ("yes", "yes")}
"""What must be held out, the user and the stage, for each kind of generalisation."""
TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no")
WHOLE = "take the table and the files from one download"


@dataclass(frozen=True)
class Entry:
    """One file of the corpus as the table describes it."""

    path: Path
    subject: str
    session: str
    stage: str
    side: str
    moving: str
    split: str
    generalization: str
    held: tuple[str, str] = ("no", "no")

    @property
    def name(self) -> str:
        """Name of the file without `.hdf5`."""
        return self.path.stem

    @property
    def task(self) -> str:
        """The stage as one word."""
        return re.sub(r"\W+", "_", self.stage).strip("_").lower()

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The published split, what of the table contradicts it, and a hand that was to keep still."""
        found = [Flag(SPLIT, f"{self.split} {self.generalization}".strip())]
        if self.held != KINDS.get(self.generalization, ("no", "no")):
            said = "held_out_user {}, held_out_stage {}".format(*self.held)
            found.append(Flag("split_conflict", f"{said}, but generalization {self.generalization!r}"))
        if self.moving.lower() in FALSE:
            found.append(Flag("still_hand", "this hand was not asked to move"))
        return tuple(found)


def index(folder: Path) -> tuple[Entry, ...]:
    """Every HDF5 file of a folder with its row of the table, in the order of their names.

    Raises
    ------
    DataRefused
        When the folder or its table is not there, or a file has no row.
    DataFormatError
        When a row contradicts itself, or a file has two, or none of the published splits.
    """
    files = sorted(folder.glob("*.hdf5"))
    if not files:
        raise DataRefused(
            "there is no recording of emg2pose here",
            where=folder,
            why="no *.hdf5",
            mend="unpack the download, or a part of it, so that the files lie directly in this folder",
        )
    rows = dict(_rows(folder / TABLE))
    for path in files:
        if path.stem not in rows:
            raise DataRefused(
                "a file is not in the table", where=path, why=f"{TABLE} has {len(rows)} rows", mend=WHOLE
            )
    entries = tuple(_entry(path, rows[path.stem], folder / TABLE) for path in files)
    _refuse_alike(entries, folder / TABLE)
    return entries


def refuse_other(entry: Entry, file: Emg2PoseFile) -> tuple[Flag, ...]:
    """Refuse a file whose attributes contradict its row; a flag where only a name does.

    Raises
    ------
    DataFormatError
        Naming the attribute, and what both say.
    """
    pairs = {
        "user": (file.user, entry.subject),
        "session": (file.session, entry.session),
        "stage": (file.stage, entry.stage),
        "side": (file.side, entry.side),
    }
    wrong = [f"{name} {own!r}, in the table {told!r}" for name, (own, told) in pairs.items() if own != told]
    if wrong:
        raise DataFormatError("the file contradicts the table", where=entry.path, why="; ".join(wrong), mend=WHOLE)
    flags = []
    stated = file.filename.removesuffix(".hdf5")
    if stated != entry.name:
        flags.append(Flag("renamed", f"the file calls itself {stated}"))
    other = SIDES[1 - SIDES.index(entry.side)]
    if any(name.endswith(f"_{other}") for name in (stated, entry.name)):
        flags.append(Flag("side_conflict", f"side {entry.side}, but the name of the file ends with _{other}"))
    return tuple(flags)


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """By name of the file without suffix, the columns that are used."""
    if not path.is_file():
        raise DataRefused("the table of the splits is missing", where=path, mend=f"{WHOLE}; no split is invented")
    seen: set[str] = set()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise DataFormatError("a column is missing", where=path, why=", ".join(missing), mend=WHOLE)
            for row in reader:
                name = (row["filename"] or "").removesuffix(".hdf5")
                if name in seen:
                    raise DataFormatError("a file has two rows", where=f"{path}, {name}", mend=WHOLE)
                seen.add(name)
                yield name, {column: (row[column] or "").strip() for column in COLUMNS}
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataFormatError("the table cannot be read", where=path, why=str(error), mend=WHOLE) from error


def _entry(path: Path, row: dict[str, str], table: Path) -> Entry:
    kind = row["generalization"] if row["split"] != "train" else ""
    held = (_yes(row["held_out_user"]), _yes(row["held_out_stage"]))
    wrong = _contradiction(row, kind, held)
    if wrong:
        told = ", ".join(f"{column} {row[column]!r}" for column in COLUMNS[1:])
        raise DataFormatError(f"the table does not say {wrong}", where=f"{table}, {path.name}", why=told, mend=WHOLE)
    return Entry(
        path=path,
        subject=row["user"],
        session=row["session"],
        stage=row["stage"],
        side=row["side"],
        moving=row["moving_hand"],
        split=row["split"],
        generalization=kind,
        held=held,
    )


def _yes(word: str) -> str:
    """`yes`, `no`, or `?` for what is neither."""
    return "yes" if word.lower() in TRUE else "no" if word.lower() in FALSE else "?"


def _contradiction(row: dict[str, str], kind: str, held: tuple[str, str]) -> str:
    """What a row leaves open, or says twice where somebody would learn from it; empty when it is sound."""
    if row["split"] not in SPLITS:
        return f"on which side of the split this is ({', '.join(SPLITS)})"
    if not (row["user"] and row["session"] and row["stage"]) or row["side"] not in SIDES:
        return "whose hand this is, and when"
    if row["split"] != "train" and kind not in KINDS:
        return f"what is new here ({', '.join(KINDS)})"
    if "?" in held or (row["split"] == "train" and "yes" in held):
        return "whether this may be learned from"
    return ""


def _refuse_alike(entries: tuple[Entry, ...], table: Path) -> None:
    """Two stages that are one word would be one task."""
    stages: dict[str, str] = {}
    for entry in entries:
        if stages.setdefault(entry.task, entry.stage) != entry.stage:
            why = f"{stages[entry.task]!r} and {entry.stage!r}"
            raise DataFormatError("two stages have one name", where=table, why=why, mend="rename one of them")
