"""When in AMASS a clip of HumanML3D is: HumanML3D drops the head of some recordings, and its 20 Hz is not always 20.

Its own preparation keeps every int(rate / 20)-th frame and then drops the first seconds of three parts of AMASS; the
frames of its `index.csv` are counted after that. A clip that is paired with MinT without this is up to 3 s off.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from myoshift.errors import DataFormatError, DataRefused
from myoshift.types import Flag

NOMINAL = 20.0
COLUMNS = ("source_path", "start_frame", "end_frame", "new_name")
HEADS = {
    "Eyes_Japan_Dataset": 60, "MPI_HDM05": 60, "TotalCapture": 20, "MPI_Limits": 20, "Transitions_mocap": 10,
    "KIT": 0, "BMLmovi": 0, "BioMotionLab_NTroje": 0,
}  # fmt: skip
"""Frames that are dropped at the beginning; of the parts of AMASS that are not listed nobody has looked it up."""


@dataclass(frozen=True)
class Clip:
    """One row of the index: frames `start` to `stop` of a sequence, counted after the head was cut."""

    subset: str
    subject: str
    sequence: str
    start: int
    stop: int
    name: str

    @property
    def source(self) -> str:
        """The sequence, as AMASS knows it."""
        return f"{self.subset}/{self.subject}/{self.sequence}"

    def seconds(self, frame: int, rate: float) -> float:
        """Time of a frame of the clip on the clock of the AMASS file, whose rate is given in Hz.

        Raises
        ------
        DataRefused
            When nobody knows how much of the head of this part of AMASS was cut.
        """
        if self.subset not in HEADS:
            raise DataRefused(
                f"the head cut of {self.subset!r} is not known, and without it the clip cannot be paired",
                where=self.name,
                why=f"known: {', '.join(HEADS)}",
                mend="leave the clip out, or add its head cut to the table",
            )
        return (HEADS[self.subset] + self.start + frame) / decimated(rate)


def decimated(rate: float) -> float:
    """The rate that "20 Hz" really is, for a recording of so many Hz."""
    return rate / max(1, int(rate / NOMINAL))


def doubt(rate: float) -> tuple[Flag, ...]:
    """A flag where the clip does not have 20 frames a second."""
    true = decimated(rate)
    return () if true == NOMINAL else (Flag("rate", f"HumanML3D calls it 20 Hz, it is {true:.3f} Hz"),)


def read_clips(path: str | Path) -> tuple[Clip, ...]:
    """The clips of HumanML3D's `index.csv` that come from AMASS (`humanact12` does not).

    Raises
    ------
    DataFormatError
        When the columns are others, or a frame is no number.
    """
    with Path(path).open(newline="", encoding="utf-8-sig") as text:
        reader = csv.DictReader(text)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise DataFormatError(
                "this is no index of HumanML3D", where=path, why=f"columns {reader.fieldnames}",
                mend=f"give its index.csv, with the columns {', '.join(COLUMNS)}",
            )  # fmt: skip
        found = [_clip(row, f"{path}, line {line}") for line, row in enumerate(reader, 2)]
    return tuple(clip for clip in found if clip is not None)


def _clip(row: dict[str, str], where: str) -> Clip | None:
    parts = PurePosixPath(row["source_path"]).with_suffix("").parts
    if "humanact12" in parts:
        return None
    try:
        subset, subject, sequence = parts[-3:]
        start, stop = int(row["start_frame"]), int(row["end_frame"])
    except ValueError as error:
        why = f"{row['source_path']!r}, frames {row['start_frame']!r} to {row['end_frame']!r}"
        raise DataFormatError("a row cannot be read", where=where, why=why, mend="copy the index again") from error
    return Clip(subset, subject, sequence, start, stop, row["new_name"].removesuffix(".npy"))


def groups(clips: Iterable[Clip]) -> dict[str, str]:
    """For each clip and its mirrored copy (`M` before the name) the group that must stay on one side of a split.

    Clips of one sequence that share a frame are one group, and so is what is joined by them. Whoever holds out people
    has held out whole groups.
    """
    by_source = defaultdict(list)
    for clip in clips:
        by_source[clip.source].append(clip)
    found: dict[str, str] = {}
    for own in by_source.values():
        group, end = "", -1
        for clip in sorted(own, key=lambda each: (each.start, each.stop, each.name)):
            group, end = (group, max(end, clip.stop)) if clip.start < end else (clip.name, clip.stop)
            found |= {clip.name: group, f"M{clip.name}": group}
    return found
