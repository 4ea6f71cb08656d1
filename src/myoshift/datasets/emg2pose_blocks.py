"""The stretches of an emg2pose recording in which the hand was solved; nothing looks across what lies between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from myoshift.datasets.base import table
from myoshift.formats import Emg2PoseFile
from myoshift.formats.emg2pose_layout import ANGLES, CHANNELS

SHORTEST = 1.0  # s: from a hand that was solved for less no window can be cut
MARGIN = 0.5  # s of EMG on both sides of a block, so that the envelope is settled where the motion begins


def blocks(file: Emg2PoseFile, side: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of every block of a second or more: what is put behind the trial's name, and motion, EMG and sites.

    A recording that was solved throughout is one block, without a number. Times are those of the file.
    """
    around = round(MARGIN * file.rate)
    for number, (start, stop) in enumerate(file.solved, 1):
        if stop - start < SHORTEST * file.rate:
            continue
        first, last = max(start - around, 0), min(stop + around, file.rows)
        angles, emg = file.read(first, last)
        motion = angles[start - first : stop - first].astype(np.float64)
        names = tuple(f"{name}_{side}" for name in ANGLES)
        whole = (start, stop) == (0, file.rows)
        yield (
            "" if whole else f".{number}",
            {
                "motion": table(motion, names, "rad", file.rate, start=start / file.rate),
                "emg": table(emg.astype(np.float64), CHANNELS, "", file.rate, start=first / file.rate),
                "sites": {channel: f"{channel}_{side}" for channel in CHANNELS},
            },
        )
