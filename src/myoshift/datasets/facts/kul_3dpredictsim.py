"""Facts about kul-3dpredictsim."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around, phase
from myoshift.datasets.kul_3dpredictsim import FILE, SITES
from myoshift.datasets.measures import Measure, flagged, peak, trough
from myoshift.types import Array

# greatest value of the mean cycle, and its sample of 0..99
EMG_PEAKS = {
    "Gastrocnemius-lateralis": (0.177, 40, 40),
    "Gastrocnemius-medialis": (0.152, 41, 41),
    "Soleus": (0.107, 48, 48),
    "Tibialis-anterior": (0.113, 8, 8),
    "Vastus-lateralis": (0.046, 8, 9),
    "Vastus-medialis": (0.046, 8, 9),
    "Hamstrings-medialis": (0.078, 92, 92),
    "Hamstrings-lateralis": (0.025, 96, 96),
    "Gluteus-medialis": (0.053, 9, 9),
}
MISSING = {"Soleus": "", "Vastus-lateralis": "", "Peroneus-longus": "1 3 10", "Hamstrings-medialis": "1 3 10"}
OTHERS = "1 3 5 8 10"


def group(evidence: Evidence, name: str) -> dict[str, Array]:
    """`all` (100, C, 11), `mean` (100, C) and the column names of one quantity."""
    data = evidence.file(FILE)["ExperimentalData"][name]["subject1"]
    found: dict[str, Array] = data["Qs"] if name == "Q" else data
    return found


def mean_cycle(name: str, column: str, reduce: Callable[[Array], float]) -> Measure:
    """The file's own mean cycle of one column, reduced: `np.max`, `np.argmax`, ..."""

    def measure(evidence: Evidence) -> float:
        quantity = group(evidence, name)
        return float(reduce(quantity["mean"][:, list(quantity["colheaders"]).index(column)]))

    return measure


def missing(channel: str) -> Measure:
    """The cycles, from 0, in which a channel is NaN throughout, as words."""

    def measure(evidence: Evidence) -> str:
        cycles = [t.emg.column(channel) for t in evidence.all if t.emg]
        return " ".join(str(k) for k, values in enumerate(cycles) if np.isnan(values).all())

    return measure


def nan_samples(evidence: Evidence) -> int:
    """NaN values of the EMG in all cycles."""
    return int(np.isnan(group(evidence, "EMG")["all"]).sum())


def own_mean(evidence: Evidence) -> float:
    """Greatest difference of the file's mean EMG and the mean of its cycles, NaN left out."""
    emg = group(evidence, "EMG")
    return float(np.abs(emg["mean"] - np.nanmean(emg["all"], axis=2)).max())


def speed(evidence: Evidence) -> float:
    """Mean walking speed over the cycles with the time that the velocities give them, m/s."""
    tables = [t.motion for t in evidence.all if t.motion]
    return float(np.mean([np.ptp(m.column("pelvis_tx")[[0, -1]]) / m.time[-1] for m in tables]))


def durations(reduce: Callable[[list[float]], float]) -> Measure:
    """Shortest or longest cycle, s."""
    return lambda evidence: reduce([float(t.motion.time[-1]) for t in evidence.all if t.motion])


def stride_length(reduce: Callable[[Array], float]) -> Measure:
    """Shortest or longest stride, m."""
    return lambda evidence: float(reduce(group(evidence, "StrideLength")["all"]))


FACTS = (
    Fact("trials with a derived time axis", flagged("*", "derived_time"), 11),
    Fact("shortest cycle, s", durations(min), Between(0.95, 1.10)),
    Fact("longest cycle, s", durations(max), Between(1.00, 1.20)),
    Fact("walking speed, m/s", speed, around(1.33, 0.03)),
    Fact("coordinates", lambda e: len(group(e, "Q")["colheaders"]), 19),
    Fact("EMG channels", lambda e: len(group(e, "EMG")["colheaders"]), 14),
    Fact("samples, channels, cycles of the EMG", lambda e: str(group(e, "EMG")["all"].shape), "(100, 14, 11)"),
    Fact("NaN values of the EMG", nan_samples, 5600),
    *(Fact(f"{name} is missing in cycles", missing(name), MISSING.get(name, OTHERS)) for name in SITES),
    Fact("least EMG", lambda e: float(np.nanmin(group(e, "EMG")["all"])), around(0.0007, 0.00005)),
    Fact("greatest EMG", lambda e: float(np.nanmax(group(e, "EMG")["all"])), around(0.26, 0.005)),
    Fact("the file's mean is the mean of its cycles", own_mean, around(0.0, 1e-9)),
    *(
        fact
        for name, (value, first, last) in EMG_PEAKS.items()
        for fact in (
            Fact(f"{name}: peak of the mean cycle", mean_cycle("EMG", name, np.max), around(value, 0.001)),
            Fact(f"{name}: sample of the peak", mean_cycle("EMG", name, np.argmax), Between(first, last)),
        )
    ),
    Fact("tibialis anterior, second hump", peak("*", "tibialis_anterior", (0.5, 0.85)), phase(0.70, 0.70, 0.05)),
    Fact("greatest hip flexion, deg", mean_cycle("Q", "hip_flexion", np.max), around(27.5, 0.05)),
    Fact("sample of greatest hip flexion", mean_cycle("Q", "hip_flexion", np.argmax), 6),
    Fact("least hip flexion, deg", mean_cycle("Q", "hip_flexion", np.min), around(-17.5, 0.05)),
    Fact("sample of least hip flexion", mean_cycle("Q", "hip_flexion", np.argmin), 54),
    Fact("least knee angle, deg: flexion negative", mean_cycle("Q", "knee_angle", np.min), around(-66.2, 0.05)),
    Fact("sample of least knee angle", mean_cycle("Q", "knee_angle", np.argmin), 75),
    Fact("greatest ankle angle, deg", mean_cycle("Q", "ankle_angle", np.max), around(14.2, 0.05)),
    Fact("sample of greatest ankle angle", mean_cycle("Q", "ankle_angle", np.argmax), 46),
    Fact("least ankle angle, deg", mean_cycle("Q", "ankle_angle", np.min), around(-18.6, 0.05)),
    Fact("sample of least ankle angle", mean_cycle("Q", "ankle_angle", np.argmin), 67),
    Fact("knee flexion, turned positive, is most at", peak("*", "knee_angle"), phase(0.75, 0.75)),
    Fact("hip is least at", trough("*", "hip_flexion"), phase(0.54, 0.54)),
    Fact("greatest vertical force, % of body weight", mean_cycle("GRFs", "Vertical", np.max), around(102, 0.5)),
    Fact("shortest stride, m", stride_length(np.min), around(1.32, 0.005)),
    Fact("longest stride, m", stride_length(np.max), around(1.46, 0.005)),
)
