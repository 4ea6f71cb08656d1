"""Facts about kul-predictcpgait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around
from myoshift.datasets.kul_predictcpgait import FOLDER, MUSCLES
from myoshift.datasets.measures import Measure, channels, flagged, rows, span
from myoshift.types import Array

RAW = "OpenSimModel/subject1/EMG/Gait/EMG_filt.mat"
AVERAGE = "OpenSimModel/subject1/IK/Gait/KS_Gait_average_r.mot"
TRACKING = "OpenSimModel/subject1/ReferenceTracking/ReferenceTracking.mat"
SYNERGIES = "OpenSimModel/subject1/Synergies/Synergies.mat"
TRIALS = {"gait_10": 6650, "gait_11": 8690, "gait_12": 6780, "gait_13": 5950, "gait_22": 5050}
# each cycle in the continuous EMG: trial, first and last s; right and left strides overlap
PLACES = {
    "r0": ("gait_10", 2.40, 3.45),
    "r1": ("gait_11", 4.43, 5.48),
    "r2": ("gait_12", 3.00, 4.01),
    "r3": ("gait_13", 1.65, 2.64),
    "l0": ("gait_10", 2.92, 3.94),
    "l1": ("gait_12", 2.45, 3.52),
    "l2": ("gait_13", 1.16, 2.17),
}
PEAKS = {"r": {"RGAS": 20, "RSOL": 18, "RREF": 6, "RTIA": 63, "RMEH": 1},
         "l": {"LGAS": 13, "LSOL": 13, "LVAL": 5, "LTIA": 63}}  # fmt: skip


def group(evidence: Evidence, side: str, name: str) -> dict[str, Any]:
    """`all` (100, C, cycles), `mean` (100, C) and the column names of one quantity of one file."""
    data = evidence.file(FOLDER.format(side))["ExperimentalData"][name]["subject1"]
    found: dict[str, Any] = data["Qs"] if name == "Q" else data
    return found


def size(side: str, name: str) -> Measure:
    """Samples, columns and cycles of one quantity, as words."""
    return lambda evidence: shape(group(evidence, side, name)["all"])


def mean_cycle(side: str, name: str, column: str, reduce: Callable[[Array], float]) -> Measure:
    """The file's own mean cycle of one column, reduced: `np.max`, `np.argmax`, ..."""

    def measure(evidence: Evidence) -> float:
        quantity = group(evidence, side, name)
        return float(reduce(quantity["mean"][:, quantity["colheaders"].index(column)]))

    return measure


def in_any_cycle(side: str, name: str, column: str, reduce: Callable[[Array], float]) -> Measure:
    """All cycles of one column, reduced."""

    def measure(evidence: Evidence) -> float:
        quantity = group(evidence, side, name)
        return float(reduce(quantity["all"][:, quantity["colheaders"].index(column)]))

    return measure


def maxima(side: str, name: str, column: str) -> Measure:
    """Greatest value of a column in each cycle, as words."""

    def measure(evidence: Evidence) -> str:
        quantity = group(evidence, side, name)
        tops = quantity["all"][:, quantity["colheaders"].index(column)].max(axis=0)
        return ", ".join(f"{top:.0f}" for top in tops)

    return measure


def raw(evidence: Evidence, trial: str) -> Array:
    """(T, 17) time and 16 envelopes of one continuous trial."""
    values: Array = evidence.file(RAW)["EMG_filt"][trial]["data"]
    return values


def raw_rows(trial: str) -> Measure:
    """Rows of a continuous trial."""
    return lambda evidence: len(raw(evidence, trial))


def raw_rate(trial: str) -> Measure:
    """Sampling rate of a continuous trial, Hz."""
    return lambda evidence: 1 / float(np.diff(raw(evidence, trial)[:, 0]).mean())


def below_zero(evidence: Evidence) -> float:
    """Greatest share of samples below 0 of any continuous trial."""
    return max(float((raw(evidence, trial)[:, 1:] < 0).mean()) for trial in TRIALS)


def mismatch(name: str) -> Measure:
    """RMS difference of a cycle's EMG and its stretch of the continuous EMG, over the RMS of the cycle."""
    trial, start, stop = PLACES[name]

    def measure(evidence: Evidence) -> float:
        cycle = group(evidence, name[0], "EMG")["all"][:, :, int(name[1])]
        values = raw(evidence, trial)
        times = np.linspace(start, stop, len(cycle))
        stretch = np.stack([np.interp(times, values[:, 0], column) for column in values[:, 1:].T], axis=1)
        return float(np.sqrt(((stretch - cycle) ** 2).mean() / (cycle**2).mean()))

    return measure


def error_of_time(evidence: Evidence) -> float:
    """Greatest difference of the time that the velocities give a cycle from the one in the continuous EMG, s."""
    lasting = {t.name: t.motion.time[-1] for t in evidence.all if t.motion}
    return max(float(abs(lasting[name] - (stop - start))) for name, (_, start, stop) in PLACES.items())


def steps(side: str) -> Measure:
    """Shortest and longest stride of a file, m, as words."""

    def measure(evidence: Evidence) -> str:
        lengths = evidence.file(FOLDER.format(side))["ExperimentalData"]["StrideLength"]["subject1"]["all"]
        return f"{lengths.min():.2f}..{lengths.max():.2f}"

    return measure


def open_ends(evidence: Evidence) -> float:
    """Greatest difference of an angle at the end of a cycle from the one at its begin, deg."""
    tables = [t.motion for t in evidence.all if t.motion]
    angles = [k for k, name in enumerate(tables[0].names) if not name.startswith("lower_torso_T")]
    return max(float(np.abs(m.values[-1, angles] - m.values[0, angles]).max()) for m in tables)


def tracking(evidence: Evidence, *path: str) -> Any:
    """One entry of the tracking simulation."""
    found = evidence.file(TRACKING)["ReferenceTracking"]
    for key in path:
        found = found[key]
    return found


def result(name: str, reduce: Callable[[Array], Any]) -> Measure:
    """One result of the tracking simulation, reduced."""
    return lambda evidence: reduce(tracking(evidence, "Results", name, "mp"))


def shape(values: Array) -> str:
    """The shape of an array, as words."""
    return " x ".join(map(str, values.shape))


def muscle_order(evidence: Evidence) -> str:
    """How many muscles of each side there are and in which order, as words."""
    sides: Sequence[str] = [name[-1] for name in tracking(evidence, "colheaders", "muscles")]
    return f"{sides[:43].count('l')} l, {sides[43:].count('r')} r"


def synergies(evidence: Evidence) -> str:
    """Muscles and numbers of synergies on both sides, as words."""
    data = evidence.file(SYNERGIES)
    return "; ".join(f"{side} {data[side]['W'][-1].shape[0]} muscles, 1 to {len(data[side]['W'])}" for side in data)


FACTS = (
    *(
        Fact(f"samples, channels, cycles of file {s}", size(s, "EMG"), f"100 x 16 x {n}")
        for s, n in (("r", 4), ("l", 3))
    ),
    *(
        Fact(f"samples, coordinates, cycles of file {s}", size(s, "Q"), f"100 x 21 x {n}")
        for s, n in (("r", 4), ("l", 3))
    ),
    Fact("channels kept: a cycle has one leg's", channels("*"), "R 6; R 6; R 6; R 6; L 7; L 7; L 7"),
    Fact("trials that say that their time is derived", flagged("*", "derived_time"), 7),
    Fact("trials that say that they do not close", flagged("*", "open_cycle"), 7),
    Fact("an angle at the end of a cycle is off by, deg", open_ends, around(24.3, 0.05)),
    Fact("sites", lambda e: len({site for t in e.all for site in t.sites.values()}), 2 * len(MUSCLES) - 1),
    Fact("RVAL is dead", in_any_cycle("r", "EMG", "RVAL", np.max), Between(0, 0.0007)),
    Fact(
        "RVAL is dead in the continuous EMG", lambda e: max(raw(e, t)[:, 2].max() for t in TRIALS), Between(0, 7e-4)
    ),
    *(Fact(f"rows of {t}", raw_rows(t), count) for t, count in TRIALS.items()),
    Fact("seconds of continuous EMG", lambda e: sum(len(raw(e, t)) for t in TRIALS) / 1000, around(33.1, 0.05)),
    *(Fact(f"rate of {t}, Hz", raw_rate(t), 1000.0) for t in TRIALS),
    Fact("least continuous EMG", lambda e: min(float(raw(e, t).min()) for t in TRIALS), around(-0.015, 0.0005)),
    Fact("greatest share of continuous EMG below 0", below_zero, Between(0, 0.001)),
    *(
        Fact(f"cycle {name} is {trial} from {start:g} to {stop:g} s", mismatch(name), Between(0, 0.01))
        for name, (trial, start, stop) in PLACES.items()
    ),
    Fact("the time from the velocities is right, s", error_of_time, Between(0, 0.0021)),
    *(
        Fact(f"{column} of file {side} peaks at sample", mean_cycle(side, "EMG", column, np.argmax), sample)
        for side, peaks in PEAKS.items()
        for column, sample in peaks.items()
    ),
    Fact(
        "least right knee flexion of the mean cycle, deg",
        mean_cycle("r", "Q", "knee_flex_r", np.min),
        around(37.0, 0.05),
    ),
    Fact("sample of it", mean_cycle("r", "Q", "knee_flex_r", np.argmin), 97),
    Fact(
        "greatest right knee flexion of the mean cycle, deg",
        mean_cycle("r", "Q", "knee_flex_r", np.max),
        around(70.0, 0.05),
    ),
    Fact("sample of it, knee", mean_cycle("r", "Q", "knee_flex_r", np.argmax), 71),
    Fact("greatest right hip flexion, deg", mean_cycle("r", "Q", "hip_flex_r", np.max), around(32.0, 0.05)),
    Fact("sample of it, hip", mean_cycle("r", "Q", "hip_flex_r", np.argmax), 0),
    Fact("least right hip flexion, deg", mean_cycle("r", "Q", "hip_flex_r", np.min), around(-2.8, 0.05)),
    Fact("sample of least hip flexion", mean_cycle("r", "Q", "hip_flex_r", np.argmin), 55),
    Fact("greatest right ankle angle, deg", mean_cycle("r", "Q", "ankle_flex_r", np.max), around(16.1, 0.05)),
    Fact("sample of it, ankle", mean_cycle("r", "Q", "ankle_flex_r", np.argmax), 48),
    Fact("least right ankle angle, deg", mean_cycle("r", "Q", "ankle_flex_r", np.min), around(-11.4, 0.05)),
    Fact("sample of least ankle angle", mean_cycle("r", "Q", "ankle_flex_r", np.argmin), 97),
    Fact(
        "crouch: least right knee flexion of any cycle, deg",
        in_any_cycle("r", "Q", "knee_flex_r", np.min),
        around(35.7, 0.05),
    ),
    Fact(
        "crouch: least left knee flexion of the mean right cycle, deg",
        mean_cycle("r", "Q", "knee_flex_l", np.min),
        around(47.0, 0.05),
    ),
    Fact(
        "crouch: least left knee flexion of any cycle, deg",
        in_any_cycle("r", "Q", "knee_flex_l", np.min),
        around(44.5, 0.05),
    ),
    Fact(
        "left vertical force in right cycles, % of body weight", maxima("r", "GRFs", "Vertical-l"), "126, 0, 86, 76"
    ),
    Fact("strides of file r, m", steps("r"), "0.91..1.11"),
    Fact("strides of file l, m", steps("l"), "0.98..1.05"),
    Fact("rows of the average cycle", rows(AVERAGE), 100),
    Fact("times of the average cycle", span(AVERAGE), "0..1.025 s"),
    Fact("activations of the tracking simulation", result("Acts_opt", shape), "100 x 86"),
    Fact("muscles of the tracking simulation", muscle_order, "43 l, 43 r"),
    Fact("times of the tracking simulation", result("tgrid", lambda t: f"{t[0]:.2f}..{t[-1]:.2f} s"), "1.61..2.38 s"),
    Fact("coordinates to track begin with time, s", result("Qs_toTrack", lambda q: float(q[0, 0])), 1.61),
    Fact(
        "greatest angle to track, rad",
        result("Qs_toTrack", lambda q: float(np.abs(q[:, 7:]).max())),
        around(1.21, 0.01),
    ),
    Fact(
        "greatest tracked angle, deg", result("Qs_opt", lambda q: float(np.abs(q[:, 6:]).max())), around(69.8, 0.05)
    ),
    Fact("activations lie in", result("Acts_opt", lambda a: f"{a.min():.4f}..{a.max():.4f}"), "0.0000..0.9999"),
    Fact("synergies", synergies, "Left 43 muscles, 1 to 15; Right 43 muscles, 1 to 15"),
)
