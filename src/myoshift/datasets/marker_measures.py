"""How well angles and foot strikes from markers agree with what a set states about the same steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from myoshift import anatomy, signal
from myoshift.datasets.evidence import SIDES, Evidence
from myoshift.datasets.markers import from_markers
from myoshift.datasets.measures import Measure
from myoshift.datasets.motion import canonical
from myoshift.types import Array, Side, Table, Trial

JOINTS = {"hip_flexion": "Hip", "knee_angle": "Knee", "ankle_angle": "Ankle"}
Pairs = Callable[[Evidence], Iterator[tuple[Table, dict[str, Array]]]]
"""For each trial the angles from markers (rad) and the stated ones (deg), by coordinate."""

Finder = Callable[[Evidence, Trial, Side], Array]
"""Times of the foot strikes of a side of a trial, in s, by some rule."""
NEAR = 0.1  # s within which a strike is taken for a stated one


def agreement(pairs: Pairs, coordinate: str) -> Measure:
    """Median and least r, median RMS difference in deg and the same without each leg's offset, as words."""

    def measure(evidence: Evidence) -> str:
        found = np.array([
            _compared(np.degrees(ours.column(f"{coordinate}_{side}")), stated[f"{coordinate}_{side}"])
            for ours, stated in pairs(evidence)
            for side in SIDES
        ])  # fmt: skip
        r, rms, shape = np.median(found, axis=0)
        return f"r {r:.3f} (least {found[:, 0].min():.3f}), RMS {rms:.1f}, without offset {shape:.1f}"

    return measure


def plug_in_gait(
    paths: Sequence[str],
    roles: anatomy.MarkerSet,
    *,
    prefix: str = "",
    standing: str = "",
    method: anatomy.AngleMethod = "frames",
) -> Pairs:
    """Files that hold markers and Plug-in Gait angles (`LHipAngles`; `LViconHipAngles` with a prefix)."""

    def pairs(evidence: Evidence) -> Iterator[tuple[Table, dict[str, Array]]]:
        still = evidence.file(standing).markers() if standing else None
        for path in paths:
            c3d = evidence.file(path)
            stated = {
                f"{coordinate}_{side}": c3d.point(f"{side.upper()}{prefix}{joint}Angles")[:, 0]
                for coordinate, joint in JOINTS.items()
                for side in SIDES
            }
            yield from_markers(c3d.markers(), roles, standing=still, method=method).motion, stated

    return pairs


def inverse_kinematics(
    markers: str, coordinates: str, roles: anatomy.MarkerSet, *, method: anatomy.AngleMethod = "frames"
) -> Pairs:
    """A marker file, and the coordinates (deg, knee flexion positive) found from it frame by frame."""

    def pairs(evidence: Evidence) -> Iterator[tuple[Table, dict[str, Array]]]:
        table: Table = evidence.file(coordinates)
        stated = {name: table.column(name) for name in table.names}
        yield from_markers(evidence.file(markers), roles, method=method).motion, stated

    return pairs


def landings(finder: Finder) -> Measure:
    """How many strikes that the events state are found, how many more, and how late they come, as words."""

    def measure(evidence: Evidence) -> str:
        stated, late, more = 0, np.empty(0), 0
        for trial in evidence.all:
            for side in SIDES:
                known = np.array([e.time for e in trial.events if (e.name, e.side) == ("foot_strike", side)])
                if not len(known):
                    continue
                apart = finder(evidence, trial, side)[:, None] - known
                stated += len(known)
                late = np.append(late, apart[np.abs(apart) < NEAR])
                between = (apart[:, 0] > 0) & (apart[:, -1] < 0)
                more += int((between & (np.abs(apart).min(axis=1) >= NEAR)).sum())
        if not len(late):
            return f"none of {stated}"
        return f"{len(late)} of {stated}, {more} more; {1e3 * late.mean():.0f} ms late, SD {1e3 * late.std():.0f}"

    return measure


def by_heel(roles: anatomy.MarkerSet) -> Finder:
    """Strikes from the markers in the file that a trial was read from."""

    def finder(evidence: Evidence, trial: Trial, side: Side) -> Array:
        c3d = evidence.file(trial.sources[0].path.partition("/")[2])
        return np.array([e.time for e in from_markers(c3d.markers(), roles).strikes if e.side == side])

    return finder


def by_hip(evidence: Evidence, trial: Trial, side: Side) -> Array:
    """Strikes from the hip angle of a trial."""
    motion, _ = canonical(trial, ())
    return np.asarray(motion.time[0] + signal.strikes_from_hip(motion.column(f"hip_flexion_{side}"), motion.rate))


def _compared(ours: Array, stated: Array) -> tuple[float, float, float]:
    """r, RMS difference, and RMS difference without the offset, over the frames that both have."""
    both = np.isfinite(ours) & np.isfinite(stated)
    error = ours[both] - stated[both]
    r = float(np.corrcoef(ours[both], stated[both])[0, 1])
    return r, float(np.sqrt((error**2).mean())), float(error.std())
