"""Ten people, fifteen exercises in front of a camera: SMPL poses and eight EMG channels at 10 Hz, in 3 s windows."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from myoshift import anatomy, formats
from myoshift.datasets.base import DatasetInfo, Origin, table
from myoshift.datasets.mia_sides import SETTINGS, sides
from myoshift.datasets.mia_windows import EXERCISES, RATE, weak, windows
from myoshift.types import Flag, Subject, Trial

MUSCLES = ("rectus_femoris", "hamstrings", "latissimus_dorsi", "biceps_brachii")
CHANNELS = tuple(f"emg_{place}" for place in range(1, 9))
FLAGS = (
    Flag("slow", "10 Hz: nothing above 5 Hz is known, and a lag below 0.1 s is not identifiable"),
    Flag("unit", "the unit of the EMG is not stated; not MVC-normalised"),
    Flag("site_assumed", "which head of the quadriceps is not stated: rectus_femoris, as published comparisons"),
    Flag("camera", "the pose of the root is that of a camera: no coordinates of the pelvis"),
    Flag("overlap", "windows of one recording may overlap; its session holds them together"),
)  # fmt: skip


class Mia:
    """One trial per window; the session is the recording (person and exercise). Sides: see `mia_sides`."""

    info = DatasetInfo(
        name="mia", institution="Columbia", people=10, trials=22616, motion_rates=(RATE,), emg_rates=(RATE,),
        tasks=tuple(EXERCISES.values()),
        licence="none published: terms unknown",
        citation="Chiquier and Vondrick 2023, Muscles in Action, arXiv 2212.02978",
        origin=Origin(page="https://github.com/mchiquier/musclesinaction",
            terms="no licence is published; the link to the data is reported dead (issue 2 there): ask the authors"),
    )  # fmt: skip

    def paths(self, root: Path) -> Iterator[Path]:
        """EMG and pose of every window, and what the user states about the sides."""
        folder = root / self.info.name
        yield from (file for window in windows(folder) for file in window.files)
        yield from folder.glob(SETTINGS)

    def trials(self, root: Path) -> Iterator[Trial]:
        """Angles of the joints and eight envelopes, each window a trial `<part>-<id>` of the official split."""
        found = windows(root / self.info.name)
        order, side = sides(root / self.info.name, found)
        sites = dict(zip(CHANNELS, (f"{muscle}_{each}" for each in order for muscle in MUSCLES), strict=True))
        for person, own in groupby(found, key=lambda window: window.person):
            emg = {window: window.emg() for window in own}
            low = weak(emg.values(), CHANNELS)
            for window, values in emg.items():
                angles, names = anatomy.smpl.angles(window.pose())
                kept = tuple(name for name in names if not name.startswith("pelvis"))
                yield self.info.trial(
                    name=f"{window.part}-{window.id}", session=f"{person}-{window.exercise}",
                    subject=Subject(id=person), task=EXERCISES[window.exercise],
                    motion=table(angles, names, "rad", RATE).select(kept),
                    emg=table(values, CHANNELS, "", RATE), emg_kind="envelope", sites=sites,
                    sources=tuple(formats.source(file, root) for file in window.files), flags=(side, *low, *FLAGS),
                )  # fmt: skip
