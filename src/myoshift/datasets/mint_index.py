"""What MinT says about its sequences: the metadata files, and where each sequence has its tables and its motion.

Nothing is written beside the user's data. A metadata file is a CSV with exactly the columns of `COLUMNS`; tables of
numbers, merged copies of the metadata and whatever else lies in the tree are left alone.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from myoshift import formats
from myoshift.errors import DataFormatError, DataRefused
from myoshift.types import Flag

NUMBERS = ("weight_kg", "height_cm", "amass_dur", "analysed_dur", "analysed_%", "babel_sid")
COLUMNS = ("data_path", "subject", "sequence", "dataset", "gender", *NUMBERS, "gap")
ALIASES = {
    "BMLmovi": "BMLmovi/BMLmovi",
    "BMLrub": "BMLrub/BioMotionLab_NTroje",
    "EyesJapan": "EyesJapanDataset/Eyes_Japan_Dataset",
    "KIT": "KIT/KIT",
    "TotalCapture": "TotalCapture/TotalCapture",
}
"""What MinT calls a part of AMASS, and the folders that AMASS keeps it in."""
ENDS = ("_poses", "_stageii")
"""How the same sequence ends in the SMPL-H and in the SMPL-X release."""
LEAST = 0.5
"""Share of a sequence that was simulated, below which a flag says so."""
TASKS = {"walk": "walk", "run": "run", "jog": "run"}
"""Words of a sequence's name that say what it is; nothing else in MinT does."""


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """One row of the metadata. `babel` is the sequence's id in BABEL, None where it has none; seconds, kg and m."""

    path: str
    subject: str
    name: str
    subset: str
    gender: str
    mass: float | None
    height: float | None
    seconds: float
    analysed: float
    babel: int | None
    gap: bool

    @property
    def person(self) -> str:
        """The subset and the subject: numbers of subjects are not unique."""
        return f"{self.subset}/{self.subject}"

    @property
    def doubts(self) -> tuple[Flag, ...]:
        """What the metadata say beside the numbers: how little was simulated, and the id in BABEL."""
        share = self.analysed / self.seconds if self.seconds > 0 else 0.0
        low = (Flag("analysed", f"only {share:.0%} of {self.seconds:g} s were simulated"),) if share < LEAST else ()
        return (*low, *(() if self.babel is None else (Flag("babel", f"sequence {self.babel} of BABEL"),)))

    @property
    def task(self) -> str:
        """`walk` or `run` where the sequence is called so, else `movement`."""
        name = self.name.lower()
        return next((task for word, task in TASKS.items() if word in name), "movement")

    def motions(self, amass: Path) -> Iterator[Path]:
        """Where the motion may lie below the folder of AMASS, in the order in which it is looked for."""
        both = ALIASES.get(self.subset, self.subset)
        stem = next((self.name.removesuffix(end) for end in ENDS if self.name.endswith(end)), self.name)
        for folder in dict.fromkeys((str(PurePosixPath(self.path).parent.parent), both, *both.split("/"))):
            for name in dict.fromkeys((self.name, *(stem + end for end in ENDS))):
                yield amass / folder / self.subject / f"{name}.npz"


def read_index(root: Path) -> tuple[Sequence, ...]:
    """Every sequence that the metadata files below `root` name, by path.

    Raises
    ------
    DataRefused
        When there is no metadata file, or two rows of one sequence differ.
    DataFormatError
        When a row lacks a number that it needs, or names a path that leads out of the folder.
    """
    found: dict[str, Sequence] = {}
    for file in sorted(root.rglob("*.csv")):
        for line, row in enumerate(_rows(file), 2):
            sequence = _sequence(row, f"{file}, line {line}")
            if found.setdefault(sequence.path, sequence) != sequence:
                raise DataRefused(
                    f"the metadata say two things about {sequence.path}",
                    where=f"{file}, line {line}",
                    mend="keep the metadata files of one release",
                )
    if not found:
        raise DataRefused(
            "there is no metadata of MinT",
            where=root,
            why=f"no CSV file with the columns {', '.join(COLUMNS)}",
            mend="get MinT from https://doi.org/10.35097/VDPCEFSThBWlDPFL and unpack it there, as docs/mint.md says",
        )
    return tuple(found[path] for path in sorted(found))


def _rows(file: Path) -> Iterator[Mapping[str, str]]:
    """Rows of a metadata file; none of any other CSV, of which no more than the first line is read."""
    with file.open(newline="", encoding="utf-8-sig", errors="replace") as text:
        if sorted(next(csv.reader([text.readline()]), [])) != sorted(COLUMNS):
            return
        text.seek(0)
        yield from csv.DictReader(text)


def _sequence(row: Mapping[str, str], where: str) -> Sequence:
    path = _confined(row["data_path"], where)
    numbers = {name: _number(row[name], name, where) for name in NUMBERS}
    seconds, analysed, babel = numbers["amass_dur"], numbers["analysed_dur"], numbers["babel_sid"]
    if seconds is None or analysed is None or row["gap"] not in ("True", "False"):
        raise DataFormatError(
            "a row of the metadata is incomplete",
            where=where,
            why=f"amass_dur {row['amass_dur']!r}, analysed_dur {row['analysed_dur']!r}, gap {row['gap']!r}",
            mend="copy the metadata file again",
        )
    height = numbers["height_cm"]
    return Sequence(
        path=path,
        subject=_confined(row["subject"], where),
        name=_confined(row["sequence"], where),
        subset=_confined(row["dataset"], where),
        gender=row["gender"],
        mass=numbers["weight_kg"],
        height=None if height is None else height / 100,
        seconds=seconds,
        analysed=analysed,
        babel=None if babel is None or babel < 0 else int(babel),
        gap=row["gap"] == "True",
    )


def _confined(text: str, where: str) -> str:
    """A path that stays where it is put."""
    path = PurePosixPath(text or "..")
    if path.is_absolute() or ".." in path.parts or "\\" in text or ":" in text:
        raise DataFormatError(
            "a path leads out of its folder", where=where, why=repr(text), mend="correct the metadata file"
        )
    return path.as_posix()


def _number(text: str | None, name: str, where: str) -> float | None:
    """A number, None for an empty cell or NaN."""
    try:
        value = float(text or "nan")
    except ValueError as error:
        why = repr(text)[:40]
        raise DataFormatError("a cell is no number", where=f"{where}, {name}", why=why, mend="correct it") from error
    return value if math.isfinite(value) else None


@dataclass(frozen=True)
class Pair:
    """A sequence whose tables and whose motion are both there."""

    sequence: Sequence
    folder: Path
    motion: Path

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that is read."""
        return (*formats.mint_files(self.folder), self.motion)


def pairs(mint: Path, amass: Path) -> tuple[Pair, ...]:
    """The sequences that can be used: those of which both the tables and the motion are there.

    Raises
    ------
    DataRefused
        When there is none; the message says how many tables and how many motions were found.
    """
    rows = read_index(mint)
    there = [(row, mint / row.path) for row in rows if formats.mint_files(mint / row.path)]
    found = [(row, folder, next((m for m in row.motions(amass) if m.is_file()), None)) for row, folder in there]
    both = tuple(Pair(row, folder, motion) for row, folder, motion in found if motion)
    if not both:
        raise DataRefused(
            "no sequence of MinT has both its tables and its motion",
            where=mint,
            why=f"{len(rows)} sequences in the metadata, {len(there)} with tables, 0 with a motion below {amass}",
            mend=f"put AMASS (SMPL-H G) at {amass}, as in {amass / rows[0].path}.npz",
        )
    return both
