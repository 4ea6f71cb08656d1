"""Files that belong together: a motion, activation of one or two sources, EMG; what does not is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myoshift.deploy.files import read_motion
from myoshift.deploy.pairs import Stated, read_emg
from myoshift.deploy.viewer import scene as scenes
from myoshift.deploy.viewer import tracks
from myoshift.deploy.viewer.playback import Playback
from myoshift.deploy.viewer.scene import Scene
from myoshift.deploy.viewer.tracks import Track
from myoshift.errors import DataRefused
from myoshift.types import Array, Flag, Table

RATE = 50.0
"""Hz of the motion that is shown: 30 pictures a second are drawn, and minutes of frames are large."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Content:
    """What a viewer shows: a body, activation of one or two sources, and envelopes (T, S) at sites; one clock."""

    title: str
    scene: Scene
    tracks: tuple[Track, ...]
    emg: Table | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def playback(self) -> Playback:
        """The whole time of the motion, or of the activation where nobody moves."""
        first = self.tracks[0].time
        time = self.scene.time if len(self.scene.time) > 1 else first
        step = float(np.median(np.diff(first))) if len(first) > 1 else 1 / RATE
        return Playback(start=float(time[0]), stop=float(time[-1]), step=step, time=float(time[0]))


def read(
    activation: Path,
    *,
    motion: Path | None = None,
    emg: Path | None = None,
    compare: Path | None = None,
    stated: Stated,
) -> Content:
    """The content of files on one clock.

    Raises
    ------
    DataRefused
        When a file cannot be used, or shares no time with the first activation.
    """
    first = tracks.read(activation)
    moved = (
        None
        if motion is None
        else read_motion(motion, RATE, convention=stated.convention, angle_unit=stated.angle_unit)
    )
    flags = list(first.flags)
    scene = scenes.of(moved)
    if moved is not None and motion is not None:
        _refuse_apart(first, motion, scene.time)
        flags += [*moved.flags, *scene.flags]
    others: tuple[Track, ...] = ()
    if compare is not None:
        others = (tracks.read(compare, name=_apart(activation, compare)),)
        _refuse_apart(first, compare, others[0].time)
        flags += others[0].flags
    measured = None if emg is None else read_emg(emg, stated)
    if measured is not None and emg is not None:
        _refuse_apart(first, emg, measured.time)
        flags += measured.flags
    title = "; ".join(
        f"{what}: {path.name}"
        for what, path in (("activation", activation), ("beside it", compare), ("motion", motion), ("EMG", emg))
        if path is not None
    )
    return Content(title=title, scene=scene, tracks=(first, *others), emg=measured, flags=tuple(dict.fromkeys(flags)))


def _apart(activation: Path, compare: Path) -> str:
    """A name of the second file that is not that of the first."""
    return compare.name if compare.name != activation.name else str(Path(compare.parent.name) / compare.name)


def _refuse_apart(first: Track, path: Path, time: Array) -> None:
    """Files of one recording share some time; clocks are not guessed."""
    if time[0] > first.time[-1] or time[-1] < first.time[0]:
        raise DataRefused(
            f"it shares no time with {first.name}",
            where=path,
            why=f"{time[0]:g}..{time[-1]:g} s, {first.name} {first.time[0]:g}..{first.time[-1]:g} s",
            mend="give files of the same recording, on one clock",
        )
