"""Facts about uci-lowerlimb."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.signal import find_peaks

from myoshift.datasets.base import locate
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around
from myoshift.datasets.measures import LAGS, Measure, count, flagged, ridge_scores, seconds
from myoshift.datasets.uci_lowerlimb import COPIES, SITES
from myoshift.types import Array, Recording

ROWS = {"1Nmar": 5681, "1Npie": 14520, "1Nsen": 15300, "6Asen": 69374, "11Asen": 25302}
SAME = {("1Npie", "2Npie"): "yes", ("1Nsen", "2Nsen"): "yes", ("1Nmar", "2Nmar"): "no"}
QUARTERS = (25.0, 50.0, 75.0)
# task, people, muscles, lowest quarter, median and upper quarter of R2
EXPLAINED = (
    ("standing_flexion", "*N", ("BF", "ST"), (0.57, 0.65, 0.74)),
    ("standing_flexion", "*A", ("BF", "ST"), (0.48, 0.55, 0.75)),
    ("sitting_extension", "*N", ("RF", "VM"), (0.54, 0.61, 0.71)),
    ("sitting_extension", "*A", ("RF", "VM"), (0.34, 0.52, 0.71)),
    ("walk", "*N", tuple(SITES), (-0.13, 0.09, 0.27)),
    ("walk", "*A", tuple(SITES), (0.11, 0.26, 0.39)),
)
# task, people, fewest and most repetitions
REPETITIONS = (
    ("walk", "*N", 4, 6),
    ("walk", "*A", 6, 40),
    ("standing_flexion", "*N", 2, 6),
    ("standing_flexion", "*A", 2, 5),
    ("sitting_extension", "*N", 3, 6),
    ("sitting_extension", "*A", 2, 6),
)


def lines(evidence: Evidence, name: str) -> list[bytes]:
    """The rows of a file as they stand there."""
    text = locate(evidence.root, evidence.dataset.info.name, f"{name[-4]}_TXT/{name}.txt").read_bytes()
    return text.partition(b"\n\n")[2].split(b"\n")


def repeated(a: str, b: str) -> Measure:
    """Whether two files hold the same rows, as a word."""
    return lambda evidence: "yes" if lines(evidence, a) == lines(evidence, b) else "no"


def unfinished(numbers: int) -> Measure:
    """The most rows of one file that hold only so many numbers."""

    def of(evidence: Evidence, name: str) -> int:
        return sum(len(row.split()) == numbers for row in lines(evidence, name))

    return lambda evidence: max(of(evidence, trial.name) for trial in evidence.all)


def with_four(evidence: Evidence) -> str:
    """The files with a row of four numbers, as words."""
    names = (trial.name for trial in evidence.all)
    return " ".join(name for name in names if any(len(row.split()) == 4 for row in lines(evidence, name)))


def rows(name: str) -> Measure:
    """Rows of a trial."""
    return lambda evidence: sum(len(trial.motion.time) for trial in evidence.trials(f"*/{name}") if trial.motion)


def knee(recording: Recording) -> Array:
    """Knee flexion in deg."""
    return np.degrees(recording.motion[:, 0].astype(np.float64))


def upward(evidence: Evidence) -> int:
    """Walks in which flexion is the longer excursion from the median."""
    angles = [knee(each) for each in evidence.recordings("*/walk/*")]
    return sum(angle.max() + angle.min() > 2 * np.median(angle) for angle in angles)


def extension(reduce: Callable[[Sequence[float]], float]) -> Measure:
    """Least or greatest of the trials' angles in extension, their 2nd percentile, in deg."""
    return lambda evidence: reduce([float(np.percentile(knee(each), 2)) for each in evidence.recordings("*")])


def angle(name: str, reduce: Callable[[Array], float]) -> Measure:
    """One number from the knee angle of a trial in deg."""
    return lambda evidence: float(reduce(knee(evidence.recordings(f"*/{name}")[0])))


def begin(angle: Array) -> float:
    """The angle in the first 0.3 s."""
    return float(np.median(angle[:30]))


def repetitions(trials: str, reduce: Callable[[Sequence[int]], float]) -> Measure:
    """Fewest or most bends of the knee in one trial: flexion in standing and walking, extension in sitting."""

    def bends(recording: Recording) -> int:
        flexion = knee(recording) * (-1 if recording.task == "sitting_extension" else 1)
        return len(find_peaks(flexion, prominence=0.4 * np.ptp(flexion), distance=50)[0])

    return lambda evidence: reduce([bends(recording) for recording in evidence.recordings(trials)])


def explained(trials: str, muscles: Sequence[str], quarter: float, *, shift: float = 0.0) -> Measure:
    """A percentile, over trials and muscles, of the R2 of envelopes that a ridge regression predicts from the knee.

    Inputs: knee angle and velocity at lags of -0.1 to 0.1 s. Each of five contiguous blocks is predicted from the
    others. `shift` moves the EMG around by that fraction of the trial.
    """

    def scores(recording: Recording) -> list[float]:
        values = recording.activation[:, [recording.activation_names.index(SITES[muscle]) for muscle in muscles]]
        seen = np.isfinite(values).any(axis=0)  # without the channels that are masked
        there = np.isfinite(values[:, seen]).all(axis=1)
        angle = knee(recording)[there]
        both = np.stack([angle, np.gradient(angle) * recording.rate], axis=1)
        inputs = np.hstack([np.roll(both, round(lag * recording.rate), axis=0) for lag in LAGS])
        targets = values[there][:, seen].astype(np.float64)
        return list(ridge_scores(inputs, np.roll(targets, round(shift * len(targets)), axis=0)))

    def measure(evidence: Evidence) -> float:
        found = [score for each in evidence.recordings(trials) if each.activation_names for score in scores(each)]
        return float(np.percentile(found, quarter))

    return measure


FACTS = (
    Fact("files of healthy people", count("*N/*"), 33),
    Fact("files of people with a knee abnormality", count("*A/*"), 33),
    Fact("trials with EMG, copies left out", count(labelled=True), 64),
    Fact("trials that repeat another one", flagged("*", "copy"), len(COPIES)),
    Fact("trials with exchanged names", flagged("*", "exchanged"), 2),
    *(Fact(f"{a} and {b} hold the same rows", repeated(a, b), same) for (a, b), same in SAME.items()),
    Fact("seconds of motion, copies included", lambda e: rows("*")(e) / 1000, around(1325.0, 0.06)),
    Fact("shortest trial, 9Nmar, s", seconds("*", min), around(5.343, 0.001)),
    Fact("longest trial, 6Asen, s", seconds("*", max), around(69.374, 0.001)),
    *(Fact(f"rows of {name}", rows(name), expected) for name, expected in ROWS.items()),
    Fact("most rows of one file with one number", unfinished(1), 21),
    Fact("files with a row of four numbers", with_four, "4Nsen 7Npie 8Nsen"),
    Fact("walks in which flexion is the longer excursion", upward, 22),
    Fact("least angle in extension, deg", extension(min), around(-10.7, 0.5)),
    Fact("greatest angle in extension, deg", extension(max), around(21.0, 0.5)),
    Fact("2Apie, said to stand, begins at, deg", angle("2Apie", begin), around(88, 1)),
    Fact("2Asen, said to sit, reaches, deg", angle("2Asen", np.max), around(113, 1)),
    Fact("2Apie: R2 of the quadriceps", explained("*/2Apie", ("RF", "VM"), 50), around(0.65, 0.05)),
    Fact("2Apie: R2 of the hamstrings", explained("*/2Apie", ("BF", "ST"), 50), around(0.17, 0.05)),
    Fact("2Asen: R2 of the quadriceps", explained("*/2Asen", ("RF", "VM"), 50), around(0.05, 0.05)),
    Fact("2Asen: R2 of the hamstrings", explained("*/2Asen", ("BF", "ST"), 50), around(0.56, 0.05)),
    *(
        Fact(f"{task}, {people}: {what} repetitions", repetitions(f"{people}/{task}/*", reduce), expected)
        for task, people, *bounds in REPETITIONS
        for what, reduce, expected in zip(("fewest", "most"), (min, max), bounds, strict=True)
    ),
    *(
        Fact(
            f"{task}, {people}: R2 of {' and '.join(muscles)}, percentile {quarter:.0f}",
            explained(f"{people}/{task}/*", muscles, quarter),
            around(expected, 0.04),
        )
        for task, people, muscles, quarters in EXPLAINED
        for quarter, expected in zip(QUARTERS, quarters, strict=True)
    ),
    *(
        Fact(
            f"{task}: R2 of {' and '.join(muscles)} moved by a third, median",
            explained(f"*N/{task}/*", muscles, 50, shift=1 / 3),
            Between(-0.5, 0.1),
        )
        for task, people, muscles, _ in EXPLAINED[::2]
    ),
)
