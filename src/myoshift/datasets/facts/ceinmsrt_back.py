"""Facts about ceinmsrt-back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import find_peaks

from myoshift.datasets.ceinmsrt_back import LIFTS, SITES
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around
from myoshift.datasets.measures import Measure, channels, columns, correlation, flagged, highest, lowest, rows
from myoshift.types import Array, Table

IK, EMG, ID = "Sample data/{}/ik.sto", "Sample data/{}/emgFilt.sto", "Sample data/{}/id.sto"
# rows of motion and EMG, seconds, forward bends, pelvis tilt deg, r of longlumb_r and iliocost_l with forward tilt
TRIALS = {
    "squat5kg": (405, 25064, 26.93, "2.6, 6.9, 11.3, 20.5", (-28, 14), 0.59, 0.62),
    "squat15kg": (406, 25165, 27.00, "2.9, 11.5, 21.4", (-30, 16), 0.77, 0.72),
    "stoop5kg": (406, 25676, 27.01, "3.7, 7.4, 11.3, 17.2, 21.1", (-51, 14), 0.79, 0.82),
    "stoop15kg": (406, 25170, 27.00, "2.7, 7.2, 11.1, 17.0, 20.8", (-51, 14), 0.67, 0.71),
}
SQUATS = ("squat5kg", "squat15kg")
EXTENSORS = tuple(name for name in SITES if not name.startswith("rectabd"))
CONSTANT = ("Abs_r1", "Abs_r2", "Abs_r3", "Abs_t1", "Abs_t2")
UNIX = 1667315500  # s, a few minutes before the first trial


def _tilt(evidence: Evidence, trial: str) -> tuple[Array, Array]:
    """Seconds since the first stamp, and forward tilt of the pelvis in deg."""
    table: Table = evidence.file(IK.format(trial))
    return table.time - table.time[0], -np.degrees(table.column("pelvis_tilt"))


def forward_bends(trial: str) -> Measure:
    """Times of the peaks of forward tilt that stand out by 20 deg, as words."""

    def measure(evidence: Evidence) -> str:
        time, forward = _tilt(evidence, trial)
        peaks, _ = find_peaks(forward, prominence=20)
        return ", ".join(f"{time[peak]:.1f}" for peak in peaks)

    return measure


def extreme_tilt(trial: str, reduce: Callable[[Array], float]) -> Measure:
    """Least or greatest pelvis tilt, deg."""
    return lambda evidence: float(reduce(-_tilt(evidence, trial)[1]))


def lasts(path: str) -> Measure:
    """Seconds from the first to the last stamp."""
    return lambda evidence: float(np.ptp(evidence.file(path).time))


def longest_step(path: str) -> Measure:
    """Longest time between two stamps, s."""
    return lambda evidence: float(np.diff(evidence.file(path).time).max())


def apart(trial: str, at: int) -> Measure:
    """Time between the first (0) or last (-1) stamps of motion and EMG, s."""

    def measure(evidence: Evidence) -> float:
        return float(abs(evidence.file(IK.format(trial)).time[at] - evidence.file(EMG.format(trial)).time[at]))

    return measure


def follows(trial: str, channel: str) -> Measure:
    """Correlation of an envelope with the forward tilt, at the stamps of the motion."""
    found = correlation((IK.format(trial), "pelvis_tilt"), (EMG.format(trial), channel))
    return lambda evidence: -found(evidence)


def follow(names: tuple[str, ...], reduce: Callable[[list[float]], float]) -> Measure:
    """Least or greatest correlation with the forward tilt over channels and trials."""
    return lambda evidence: reduce([follows(trial, name)(evidence) for trial in TRIALS for name in names])


def bending_and_list(trial: str) -> Measure:
    """Correlation of lumbar bending with pelvis list, which turn about the same axis: the trunk stays upright."""

    def measure(evidence: Evidence) -> float:
        (motion,) = [t.motion for t in evidence.trials(f"*/{trial}") if t.motion]
        return float(np.corrcoef(motion.column("lumbar_bending"), motion.column("pelvis_list"))[0, 1])

    return measure


def miscounted(evidence: Evidence) -> int:
    """Trials whose motion does not hold the rows that its header announces."""
    return sum("rows" in {flag.code for flag in trial.motion.flags} for trial in evidence.all if trial.motion)


def loads(evidence: Evidence) -> str:
    """What is lifted in each trial, kg, as words."""
    return ", ".join(f"{trial.name} {trial.external_load:g}" for trial in evidence.all)


def _of_trial(name: str) -> list[Fact]:
    count, stamps, duration, bends, tilt, lumbar, costal = TRIALS[name]
    ik, emg = IK.format(name), EMG.format(name)
    return [
        Fact(f"rows of the motion of {name}", rows(ik), count),
        Fact(f"rows of the EMG of {name}", rows(emg), stamps),
        Fact(f"rows of the moments of {name}", rows(ID.format(name)), 405),
        Fact(f"columns of the moments of {name}, as of the motion", columns(ID.format(name)), 39),
        Fact(f"columns of the motion of {name}", columns(ik), 39),
        Fact(f"duration of {name}, s", lasts(emg), around(duration, 0.0051)),
        Fact(f"first stamp of {name} is Unix time", lambda e: e.file(ik).time[0] > UNIX, 1),
        Fact(f"longest step of the motion of {name}, s", longest_step(ik), Between(0.069, 0.0741)),
        Fact(f"longest step of the EMG of {name}, s", longest_step(emg), Between(0.0025, 0.0031)),
        Fact(f"motion and EMG of {name} begin together", apart(name, 0), Between(0, 0.0001)),
        Fact(f"motion and EMG of {name} end together, s", apart(name, -1), Between(0, 0.0151)),
        Fact(f"forward bends of {name}, s", forward_bends(name), bends),
        Fact(f"least pelvis tilt of {name}, deg", extreme_tilt(name, np.min), around(tilt[0], 0.7)),
        Fact(f"greatest pelvis tilt of {name}, deg", extreme_tilt(name, np.max), around(tilt[1], 0.7)),
        Fact(f"r of longlumb_r and forward tilt in {name}", follows(name, "longlumb_r"), around(lumbar, 0.006)),
        Fact(f"r of iliocost_l and forward tilt in {name}", follows(name, "iliocost_l"), around(costal, 0.006)),
        Fact(f"least EMG of {name}", lowest(emg), 0.0),
        Fact(f"zeroEMG of {name} is constant 0", highest(emg, "zeroEMG"), 0.0),
        *(Fact(f"{column} of {name} is constant 0", highest(ik, column), 0.0) for column in CONSTANT),
    ]


FACTS = (
    *(fact for name in TRIALS for fact in _of_trial(name)),
    Fact("loads, kg", loads, ", ".join(f"{name} {load:g}" for name, load in LIFTS.items())),
    Fact("greatest EMG", lambda e: max(highest(EMG.format(name))(e) for name in TRIALS), around(0.774, 0.0005)),
    Fact("channels kept", channels("*/squat5kg"), "L 4 R 4"),
    Fact("trials that say that lumbar angles are sums", flagged("*", "derived"), 4),
    Fact("trials whose motion's header announces a row too many", miscounted, 1),
    Fact("least r of an extensor and forward tilt", follow(EXTENSORS, min), around(0.5, 0.06)),
    Fact("greatest r of an extensor and forward tilt", follow(EXTENSORS, max), around(0.8, 0.06)),
    Fact("least r of rectus abdominis and forward tilt", follow(("rectabd_r", "rectabd_l"), min), around(0.15, 0.01)),
    Fact(
        "greatest r of rectus abdominis and forward tilt", follow(("rectabd_r", "rectabd_l"), max), around(0.57, 0.01)
    ),
    *(Fact(f"r of lumbar bending and pelvis list in {t}", bending_and_list(t), Between(-1, -0.9)) for t in SQUATS),
)
