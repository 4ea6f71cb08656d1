"""Facts about opensim-so-reference: numbers to reproduce, and how simulated labels agree with the EMG.

The EMG is the envelopes of opensim-core-moco, on the grid of the labels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from myoshift import anatomy, formats
from myoshift.datasets.base import locate
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around
from myoshift.datasets.measures import Measure
from myoshift.datasets.opensim_core_moco import COORDINATES, WALK
from myoshift.datasets.opensim_so_reference import LABELS, MOTION, RESERVE, gated
from myoshift.types import Array, Table

GEOMETRY, PATHS, MOCO = LABELS.values()
EXCITATION, BAD, EMG = "moco_excitation.csv", "BAD_so_bounded_residuals.csv", "emg_envelopes_100hz.csv"
TORQUES, SPEEDS, FORCES = "id_torques_100hz.csv", "kin_speed_100hz.csv", "grf_100hz.csv"
TABLES = {GEOMETRY: (114, 109), PATHS: (114, 109), BAD: (114, 109), MOCO: (115, 80), EXCITATION: (115, 80),
          EMG: (114, 10), MOTION: (114, 31), SPEEDS: (114, 31), "kin_acc_100hz.csv": (114, 31), TORQUES: (114, 31),
          FORCES: (114, 12)}  # fmt: skip
MAPPING = {
    "soleus": ("soleus_r",),
    "gastrocnemius": ("gasmed_r",),
    "tibialis_anterior": ("tibant_r",),
    "medial_hamstrings": ("semimem_r", "semiten_r"),
    "biceps_femoris": ("bflh_r",),
    "vastus_lateralis": ("vaslat_r",),
    "vastus_medius": ("vasmed_r",),
    "rectus_femoris": ("recfem_r",),
    "gluteus_maximus": ("glmax1_r", "glmax2_r", "glmax3_r"),
    "gluteus_medius": ("glmed1_r", "glmed2_r", "glmed3_r"),
}
AT_ZERO = dict(zip(MAPPING, (0.68, 0.72, 0.84, 0.93, 0.48, 0.77, 0.50, 0.29, 0.08, 0.16), strict=True))
# mean r at lag 0, at one lag for all channels, that lag in s, at the best lag of each channel
AGREEMENT = {
    GEOMETRY: (0.544, 0.669, 0.060, 0.779),
    PATHS: (0.547, 0.668, 0.060, 0.776),
    MOCO: (0.540, 0.688, 0.065, 0.789),
    EXCITATION: (0.579, 0.669, 0.050, 0.771),
}
LAGS = np.arange(-30, 31) * 0.005  # s; positive: the simulation comes after the EMG
TORQUE = {"hip_flexion_r": (-51.6, 65.6, 0.22), "knee_angle_r": (-64.6, 33.9, 0.13),
          "ankle_angle_r": (-144.3, 12.9, 0.13)}  # fmt: skip
TURNS = ("pelvis_tilt", "hip_flexion_r", "knee_angle_r", "ankle_angle_r", "lumbar_extension")


def read(evidence: Evidence, file: str) -> Table:
    """One of the csv files, its time column as time."""
    return formats.read_delimited(locate(evidence.root, evidence.dataset.info.name, file), time="time")


def moco(evidence: Evidence, path: str) -> Table:
    """A file of the set whose walk was simulated."""
    return formats.read_sto(locate(evidence.root, "opensim-core-moco", path))


def muscles(table: Table) -> Array:
    """(T, 80) the columns that are muscles."""
    return table.select(tuple(name for name in table.names if name in anatomy.MUSCLES)).values


def rows(file: str) -> Measure:
    """Rows of a file."""
    return lambda evidence: len(read(evidence, file).time)


def columns(file: str) -> Measure:
    """Columns of a file without its time."""
    return lambda evidence: len(read(evidence, file).names)


def span(file: str) -> Measure:
    """First and last time of a file, as words."""
    return lambda evidence: "{:.2f}..{:.2f} s".format(*read(evidence, file).time[[0, -1]])


def of(file: str, reduce: Callable[[Array], float]) -> Measure:
    """The activations of the 80 muscles, reduced."""
    return lambda evidence: float(reduce(muscles(read(evidence, file))))


def effort(activation: Array) -> float:
    """Mean over frames of the sum of squared activations."""
    return float((activation**2).sum(axis=1).mean())


def actuators(file: str, prefix: str) -> Measure:
    """Greatest control of the actuators whose names begin so; of a reserve this is N m."""

    def measure(evidence: Evidence) -> float:
        table = read(evidence, file)
        return float(np.abs(table.select(tuple(n for n in table.names if n.startswith(prefix))).values).max())

    return measure


def gated_frames(file: str) -> Measure:
    """Frames that the gate on reserves takes out."""
    return lambda evidence: int(np.isnan(gated(read(evidence, file))[0].values[:, 0]).sum())


def correlations(evidence: Evidence, file: str) -> Array:
    """(10, 61) correlation of each EMG channel with its muscles' mean, by the lag of the simulation."""
    labels, emg = read(evidence, file), moco(evidence, WALK + "electromyography.sto")
    time = read(evidence, EMG).time
    found = []
    for channel, names in MAPPING.items():
        simulated = np.interp(time, labels.time, labels.select(names).values.mean(axis=1))
        moved = [np.interp(time - lag, emg.time, np.clip(emg.column(channel), 0.0, None)) for lag in LAGS]
        found.append([np.corrcoef(simulated, each)[0, 1] for each in moved])
    return np.array(found)


def agreement(file: str, reduce: Callable[[Array], float]) -> Measure:
    """The correlations (10, 61) of a file, reduced."""
    return lambda evidence: float(reduce(correlations(evidence, file)))


def best_lag(r: Array) -> float:
    """The lag at which the mean correlation is greatest, s."""
    return float(LAGS[int(np.argmax(r.mean(axis=0)))])


def at_zero(channel: str) -> Measure:
    """Correlation of static optimisation with one channel at lag 0."""
    return agreement(GEOMETRY, lambda r: r[list(MAPPING).index(channel), len(LAGS) // 2])


def gains(evidence: Evidence) -> tuple[Array, Array, Array]:
    """Least-squares gain (10,) from static optimisation to EMG, RMSE with it, and RMSE of a constant, at lag 0."""
    labels, emg = read(evidence, GEOMETRY), read(evidence, EMG)
    x = np.stack([labels.select(names).values.mean(axis=1) for names in MAPPING.values()], axis=1)
    y = emg.select(tuple(MAPPING)).values
    gain = (x * y).sum(axis=0) / (x * x).sum(axis=0)
    return gain, np.sqrt(((gain * x - y) ** 2).mean(axis=0)), y.std(axis=0)


def gain(channel: str) -> Measure:
    """By how much static optimisation under-predicts a channel."""
    return lambda evidence: float(gains(evidence)[0][list(MAPPING).index(channel)])


def torque(coordinate: str, reduce: Callable[[Array], float]) -> Measure:
    """The torque of inverse dynamics at one coordinate, reduced, N m."""
    return lambda evidence: float(reduce(read(evidence, TORQUES).column(f"{coordinate}_moment")))


def root_mean_square(values: Array) -> float:
    """Root of the mean square."""
    return float(np.sqrt((values**2).mean()))


def vertical_residual(evidence: Evidence) -> float:
    """Vertical force that nothing but the residual at the pelvis explains, N RMS."""
    return root_mean_square(read(evidence, TORQUES).column("pelvis_ty_force"))


def torque_error(coordinate: str) -> Measure:
    """RMS difference from the example's own inverse dynamics, N m."""

    def measure(evidence: Evidence) -> float:
        own, theirs, name = read(evidence, TORQUES), moco(evidence, WALK + "id_walk.sto"), f"{coordinate}_moment"
        difference = own.column(name) - np.interp(own.time, theirs.time, theirs.column(name))
        return float(np.sqrt((difference**2).mean()))

    return measure


def derivative_error(coordinate: str) -> Measure:
    """RMS difference of the speed in the file and the slope of the coordinate, over the RMS of the speed."""

    def measure(evidence: Evidence) -> float:
        angle, speed = read(evidence, MOTION), read(evidence, SPEEDS).column(coordinate)
        slope = np.gradient(angle.column(coordinate), angle.time)[1:-1]
        return float(np.sqrt(((slope - speed[1:-1]) ** 2).mean() / (speed**2).mean()))

    return measure


def same_knee(evidence: Evidence) -> float:
    """Correlation of the right knee with that of opensim-core-moco."""
    own, theirs = read(evidence, MOTION), moco(evidence, COORDINATES)
    knee = np.interp(own.time, theirs.time, theirs.column("knee_angle_r"))
    return float(np.corrcoef(own.column("knee_angle_r"), knee)[0, 1])


def archive(name: str, file: str) -> Measure:
    """Greatest difference of an array of the archive from the columns of a csv file."""

    def measure(evidence: Evidence) -> float:
        table, stored = read(evidence, file), evidence.file("walk_reference.npz")[name]
        return float(np.abs(table.values[:, : stored.shape[1]] - stored).max())

    return measure


def archived(name: str) -> Measure:
    """Shape of an array of the archive, as words."""
    return lambda evidence: " x ".join(map(str, evidence.file("walk_reference.npz")[name].shape))


def step(file: str) -> Measure:
    """Median time between two rows, s."""
    return lambda evidence: float(np.median(np.diff(read(evidence, file).time)))


def paths_differ(evidence: Evidence) -> float:
    """RMSE of the activations between the two representations of the muscles' paths."""
    return float(np.sqrt(((muscles(read(evidence, GEOMETRY)) - muscles(read(evidence, PATHS))) ** 2).mean()))


FACTS = (
    *(Fact(f"rows of {file}", rows(file), count) for file, (count, _) in TABLES.items()),
    *(Fact(f"columns of {file}", columns(file), count) for file, (_, count) in TABLES.items()),
    *(Fact(f"times of {file}", span(file), "0.48..1.61 s") for file in TABLES),
    Fact("step of static optimisation, s", step(GEOMETRY), 0.01),
    Fact("step of MocoInverse, on a mesh of its own, s", step(MOCO), around(0.009912, 1e-6)),
    *(
        Fact(f"muscles of {file}", of(file, lambda values: values.shape[1]), 80)
        for file in (*LABELS.values(), EXCITATION, BAD)
    ),
    Fact("RMSE between the two path representations", paths_differ, around(0.0039, 0.00005)),
    Fact("sum of squared activations, geometry paths", of(GEOMETRY, effort), around(1.3613, 0.00005)),
    Fact("sum of squared activations, polynomial paths", of(PATHS, effort), around(1.3551, 0.00005)),
    Fact("least activation", of(GEOMETRY, np.min), around(0.010, 0.0005)),
    Fact("greatest activation", of(GEOMETRY, np.max), around(0.859, 0.0005)),
    Fact("greatest reserve, geometry paths, N m", actuators(GEOMETRY, "reserve_"), around(0.026, 0.0005)),
    Fact("greatest reserve, polynomial paths, N m", actuators(PATHS, "reserve_"), around(0.025, 0.0005)),
    Fact("BAD: greatest reserve, N m", actuators(BAD, "reserve_"), around(48, 0.5)),
    Fact("BAD: residual controls stop at", actuators(BAD, "residual_"), 1.0),
    Fact(f"BAD: frames with a reserve above {RESERVE:g} N m", gated_frames(BAD), 9),
    *(Fact(f"frames of {file} with such a reserve", gated_frames(file), 0) for file in (GEOMETRY, PATHS)),
    Fact("BAD: mean r at lag 0", agreement(BAD, lambda r: r[:, 30].mean()), around(0.137, 0.0006)),
    *(
        Fact(f"least torque of {name}, N m", torque(name, np.min), around(low, 0.05))
        for name, (low, _, _) in TORQUE.items()
    ),
    *(
        Fact(f"greatest torque of {name}, N m", torque(name, np.max), around(high, 0.05))
        for name, (_, high, _) in TORQUE.items()
    ),
    *(
        Fact(f"{name}: difference from id_walk.sto, N m RMS", torque_error(name), around(rms, 0.005))
        for name, (_, _, rms) in TORQUE.items()
    ),
    *(Fact(f"speed of {name} is its slope", derivative_error(name), Between(0, 0.03)) for name in TURNS),
    Fact("hip flexion torque, N m RMS", torque("hip_flexion_r", root_mean_square), around(33, 0.5)),
    Fact("vertical residual force at the pelvis, N RMS", vertical_residual, around(13, 0.5)),
    Fact("the right knee is that of opensim-core-moco", same_knee, Between(0.999, 1)),
    *(
        Fact(f"{file}: mean r, lag 0", agreement(file, lambda r: r[:, 30].mean()), around(zero, 0.0015))
        for file, (zero, _, _, _) in AGREEMENT.items()
    ),
    *(
        Fact(f"{file}: mean r, one global lag", agreement(file, lambda r: r.mean(axis=0).max()), around(one, 0.0015))
        for file, (_, one, _, _) in AGREEMENT.items()
    ),
    *(
        Fact(f"{file}: that lag, s", agreement(file, best_lag), around(lag, 0.0001))
        for file, (_, _, lag, _) in AGREEMENT.items()
    ),
    *(
        Fact(
            f"{file}: mean r, best lag per muscle",
            agreement(file, lambda r: r.max(axis=1).mean()),
            around(best, 0.0015),
        )
        for file, (_, _, _, best) in AGREEMENT.items()
    ),
    *(Fact(f"{channel}: r at lag 0", at_zero(channel), around(AT_ZERO[channel], 0.0051)) for channel in MAPPING),
    Fact("earliest best lag of a muscle, s", agreement(GEOMETRY, lambda r: LAGS[r.argmax(axis=1)].min()), -0.02),
    Fact("latest best lag of a muscle, s", agreement(GEOMETRY, lambda r: LAGS[r.argmax(axis=1)].max()), 0.14),
    Fact(
        "static optimisation with a gain, lag 0: mean RMSE",
        lambda e: float(gains(e)[1].mean()),
        around(0.233, 0.0005),
    ),
    Fact("a constant: mean RMSE", lambda e: float(gains(e)[2].mean()), around(0.226, 0.0005)),
    Fact("gain that vastus lateralis needs", gain("vastus_lateralis"), around(4.8, 0.05)),
    Fact("gain that vastus medialis needs", gain("vastus_medius"), around(8.9, 0.05)),
    Fact("gain that rectus femoris needs", gain("rectus_femoris"), around(2.9, 0.05)),
    Fact("gain that gluteus maximus needs", gain("gluteus_maximus"), around(6.1, 0.05)),
    Fact("gain that gluteus medius needs", gain("gluteus_medius"), around(1.2, 0.05)),
    Fact("archive: activations as in the csv", archive("so_opensim", GEOMETRY), Between(0, 1e-6)),
    Fact("archive: coordinates as in the csv", archive("q", MOTION), Between(0, 1e-5)),
    Fact("archive: EMG as in the csv", archive("emg", EMG), Between(0, 1e-6)),
    *(
        Fact(f"archive: shape of {name}", archived(name), said)
        for name, said in (("muscle_par", "80 x 7"), ("mtl", "114 x 80"), ("mtv", "114 x 80"), ("id", "114 x 31"))
    ),
)
