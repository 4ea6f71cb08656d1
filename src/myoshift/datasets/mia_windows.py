"""The windows of MIA: where they lie, and their arrays, held against the shapes that the set has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myoshift import formats
from myoshift.errors import DataFormatError, DataRefused
from myoshift.types import Array, Flag

FRAMES, CHANNELS = 30, 8
RATE = 10.0
PARTS = ("train", "val")
FOLDER = "MIADatasetOfficial"
EMG, POSE = "emgvalues.npy", "pose.npy"
JOINTS = 22
WEAK = 0.05  # of the largest value of a person: a channel below it throughout was hardly connected
EXERCISES = {
    "ElbowPunch": "elbow_punch", "FrontKick": "front_kick", "FrontPunch": "front_punch", "HighKick": "high_kick",
    "HookPunch": "hook_punch", "JumpingJack": "jumping_jack", "KneeKick": "knee_kick", "LegBack": "leg_back",
    "LegCross": "leg_cross", "RonddeJambe": "rond_de_jambe", "Running": "running", "Shuffle": "shuffle",
    "SideLunges": "side_lunges", "SlowSkater": "slow_skater", "Squat": "squat",
}  # fmt: skip
"""Folders of the set, and what their exercises are called here."""


@dataclass(frozen=True, order=True)
class Window:
    """Three seconds: one person, one exercise, one part of the official split."""

    subject: int
    exercise: str
    part: str
    id: str
    path: Path

    @property
    def person(self) -> str:
        """As the folder is called."""
        return f"Subject{self.subject}"

    @property
    def files(self) -> tuple[Path, Path]:
        """What is read of it."""
        return self.path / EMG, self.path / POSE

    def emg(self) -> Array:
        """(30, 8) in the unit of the source, NaN where missing."""
        return _array(self.files[0], (FRAMES, CHANNELS))

    def pose(self) -> Array:
        """Axis-angle (30, 22, 3) in rad; hands, the last two joints, are left out.

        Raises
        ------
        DataFormatError
            When an array has another shape or is a pickle, or the pose is not finite or turns by more than a turn.
        """
        whole = _array(self.files[1], (FRAMES, 72))
        if not np.isfinite(whole).all():
            frame, column = np.argwhere(~np.isfinite(whole))[0].tolist()
            raise DataFormatError(
                "a pose that is not finite",
                where=f"{self.files[1]}, frame {frame}, joint {column // 3}",
                why=f"{whole[frame, column]}, {np.count_nonzero(~np.isfinite(whole))} numbers in all",
                mend="move the window away",
            )
        joints = whole.reshape(FRAMES, -1, 3)[:, :JOINTS]
        widest = float(np.linalg.norm(joints, axis=2).max())
        if widest > 2 * np.pi + 1e-3:
            raise DataFormatError(
                "a joint turns by more than a full turn",
                where=self.files[1],
                why=f"{widest:.4g} rad: degrees (factor 57.3)?",
                mend="give axis-angle in rad",
            )
        return joints


def windows(folder: Path) -> tuple[Window, ...]:
    """Every window below `folder / MIADatasetOfficial`, by person, exercise, part and number; nothing is opened.

    Raises
    ------
    DataRefused
        When the folder is not there or not laid out like the set, or a window lacks a file.
    """
    root = folder / FOLDER
    found = tuple(sorted(_found(root), key=lambda each: (each.subject, each.exercise, each.part, _number(each.id))))
    if not found:
        raise DataRefused(
            "no windows of MIA",
            where=root,
            why=f"expected {'|'.join(PARTS)}/SubjectN/<Exercise>/<id>/{EMG}",
            mend=f"put the folder {FOLDER} there; the set cannot be fetched, see `myoshift datasets get mia`",
        )
    lacking = next((file for window in found for file in window.files if not file.is_file()), None)
    if lacking is not None:
        raise DataRefused(
            "a file of a window is missing", where=lacking, mend="copy the window again, or move it away"
        )
    return found


def weak(emg: Iterable[Array], channels: Sequence[str]) -> tuple[Flag, ...]:
    """A flag for each channel that stays below `WEAK` of a person's largest value in all windows (30, 8)."""
    largest = np.max([np.nanmax(each, axis=0, initial=0.0) for each in emg], axis=0)
    return tuple(
        Flag(
            "emg_low", f"at most {value:g} in all windows of the person, whose largest is {largest.max():g}", channel
        )
        for channel, value in zip(channels, largest, strict=True)
        if value < WEAK * largest.max()
    )


def _found(root: Path) -> Iterator[Window]:
    for part in PARTS:
        for person in _folders(root / part):
            subject = re.fullmatch(r"Subject(\d{1,4})", person.name)
            for exercise in _folders(person):
                if subject is None or exercise.name not in EXERCISES:
                    raise DataRefused(
                        "a folder that MIA does not have",
                        where=exercise,
                        why=f"expected SubjectN, then one of {', '.join(EXERCISES)}",
                        mend="move it away, or rename it",
                    )
                for window in _folders(exercise):
                    yield Window(int(subject[1]), exercise.name, part, window.name, window)


def _folders(folder: Path) -> list[Path]:
    """Folders in a folder, hidden ones left out; none where it is not there."""
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")]


def _number(name: str) -> tuple[int, str]:
    """Numbers by value, other names after them."""
    return (int(name), "") if re.fullmatch(r"[0-9]{1,9}", name) else (10**9, name)


def _array(path: Path, shape: tuple[int, int]) -> Array:
    (array,) = formats.read_npy(path).values()
    if array.shape != shape or array.dtype.kind not in "fiu":
        raise DataFormatError(
            "an array of another shape or kind",
            where=path,
            why=f"{array.dtype} {array.shape}, expected numbers {shape}",
            mend="move the window away, or give the arrays as the set publishes them",
        )
    return array.astype(np.float64)
