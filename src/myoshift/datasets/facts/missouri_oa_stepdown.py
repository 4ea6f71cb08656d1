"""Facts about missouri-oa-stepdown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from myoshift import formats
from myoshift.datasets.base import locate
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around
from myoshift.datasets.measures import Measure, count, flagged, ridge_scores
from myoshift.datasets.missouri_oa_stepdown import MUSCLES, RATE, SAMPLES
from myoshift.types import Array, Table

PARTS, KINDS, LEFT_OUT = ("Train", "Test"), ("EMG", "Angles"), 7
# deg at 0, 20, .. 100 % of the mean training cycle
COURSES = {
    "Lead_Knee_FE": (9, 29, 22, 14, 14, 42),
    "Lead_Ankle_FE": (-26, 11, 14, 15, 17, -6),
    "Trail_Knee_FE": (16, 21, 28, 41, 59, 87),
}
PEAKS = {"Lead_Vas_Med": 11, "Lead_Vas_Lat": 14, "Lead_TA": 19, "Lead_Glut_Med": 7, "Lead_Sol": 5}
EXPLAINED = {"Sol": 0.44, "Med_Gas": 0.54, "Lat_Gas": 0.38, "TA": 0.63, "Vas_Med": 0.74, "Vas_Lat": 0.64,
             "Glut_Med": 0.72}  # fmt: skip


def rows(evidence: Evidence, part: str, kind: str, ending: str = "") -> Table:
    """One file."""
    path = locate(evidence.root, evidence.dataset.info.name, f"Kinematics_{part}_Data_{kind}{ending}.csv")
    return formats.read_delimited(path, delimiter=",", rate=RATE)


def blocks(table: Table, *names: str) -> Array:
    """The blocks (N, 101, C) of a file, of all columns or some."""
    chosen = table.select(names) if names else table
    return chosen.values.reshape(-1, SAMPLES, len(chosen.names))


def shape(part: str, kind: str, ending: str) -> Measure:
    """Rows and columns, as words."""
    return lambda evidence: "{} x {}".format(*rows(evidence, part, kind, ending).values.shape)


def reduced(part: str, kind: str, ending: str, without: int) -> Measure:
    """Greatest difference of a shorter file and the whole one without a block."""

    def measure(evidence: Evidence) -> float:
        whole, short = (blocks(rows(evidence, part, kind, end)) for end in ("", ending))
        return float(np.abs(np.delete(whole, without, axis=0) - short).max())

    return measure


def extreme(reduce: Callable[[list[float]], float], inner: Callable[[Array], float]) -> Measure:
    """Least or greatest envelope of all."""
    return lambda evidence: reduce([float(inner(rows(evidence, part, "EMG").values)) for part in PARTS])


def missing(evidence: Evidence) -> int:
    """Missing numbers."""
    return sum(int((~rows(evidence, part, kind).mask).sum()) for part in PARTS for kind in KINDS)


def same_people(evidence: Evidence) -> int:
    """Test blocks that are nearest in mean pose to the training block of their own index."""
    train, test = (blocks(rows(evidence, part, "Angles")).mean(axis=1) for part in PARTS)
    distance = np.linalg.norm(test[:, None] - train, axis=2)
    return int((distance.argmin(axis=1) == np.arange(len(test))).sum())


def nearest(evidence: Evidence) -> float:
    """Least distance of a test block from a training block in mean pose, deg: 0 for a copy."""
    train, test = (blocks(rows(evidence, part, "Angles")).mean(axis=1) for part in PARTS)
    return float(np.linalg.norm(test[:, None] - train, axis=2).min())


def course(column: str, percent: int) -> Measure:
    """The mean training cycle of an angle."""
    return lambda evidence: float(blocks(rows(evidence, "Train", "Angles"), column)[:, percent].mean())


def peak(column: str) -> Measure:
    """Where the mean training envelope is greatest, in % of the cycle."""
    return lambda evidence: int(blocks(rows(evidence, "Train", "EMG"), column).mean(axis=0).argmax())


def landing(part: str) -> Measure:
    """Where in the trail leg's cycle the pelvis tilts as at the beginning of the lead leg's, in %."""

    def measure(evidence: Evidence) -> int:
        lead, trail = (blocks(rows(evidence, part, "Angles"), f"{leg}_Pelvis_Ant") for leg in ("Lead", "Trail"))
        return int(((trail - lead[:, :1]) ** 2).mean(axis=0).argmin())

    return measure


def apart(evidence: Evidence) -> float:
    """Mean difference of the lead and the trail leg's pelvic tilt in one row, deg: 0 if rows were simultaneous."""
    angles = rows(evidence, "Train", "Angles")
    return float(np.abs(angles.column("Lead_Pelvis_Ant") - angles.column("Trail_Pelvis_Ant")).mean())


def flat(evidence: Evidence) -> str:
    """Channels that are constant throughout a block, as words."""
    spread = [
        (part, table.names, blocks(table).std(axis=1)) for part in PARTS for table in [rows(evidence, part, "EMG")]
    ]
    return " ".join(f"{part} {block} {names[k]}" for part, names, sd in spread for block, k in np.argwhere(sd < 1e-9))


def explained(leg: str, muscle: str, *, shift: int = 0, scaled: bool = True) -> Measure:
    """R2 of an envelope that a ridge regression predicts from a leg's hip, knee and ankle, person by person.

    Inputs: angles and their changes, each cycle of inputs and envelope brought to mean 0 and SD 1 if `scaled`.
    `shift` moves the envelope around by that many samples.
    """

    def measure(evidence: Evidence) -> float:
        joints = [f"{leg}_{joint}_FE" for joint in ("Hip", "Knee", "Ankle")]
        angles, emg = (
            np.stack([blocks(rows(evidence, part, kind), *names) for part in PARTS], axis=1)
            for kind, names in (("Angles", joints), ("EMG", [f"{leg}_{muscle}"]))
        )
        inputs = np.concatenate([angles, np.gradient(angles, axis=2)], axis=3)
        if scaled:
            inputs, emg = _standard(inputs), _standard(emg)
        people, columns = len(inputs), inputs.shape[3]
        moved = np.roll(emg, shift, axis=2)
        return float(ridge_scores(inputs.reshape(-1, columns), moved.reshape(-1, 1), blocks=people)[0])

    return measure


def _standard(cycles: Array) -> Array:
    spread = cycles.std(axis=2, keepdims=True)
    return np.asarray((cycles - cycles.mean(axis=2, keepdims=True)) / np.maximum(spread, 1e-9))


def best(leg: str, *, shifts: tuple[int, ...] = (0,)) -> Measure:
    """The greatest R2 of any muscle of a leg, at any of the shifts."""
    return lambda evidence: max(explained(leg, muscle, shift=s)(evidence) for muscle in MUSCLES for s in shifts)


FACTS = (
    *(
        Fact(f"rows and columns of {part} {kind}{ending}", shape(part, kind, ending), f"{length} x {width}")
        for part in PARTS
        for kind, width in zip(KINDS, (16, 20), strict=True)
        for ending, length in (("", 14 * SAMPLES), ("_NO24", 13 * SAMPLES))
    ),
    *(
        Fact(f"{part} {kind}_NO24 is the same without block 7", reduced(part, kind, "_NO24", LEFT_OUT), 0.0)
        for part in PARTS
        for kind in KINDS
    ),
    Fact("stances of the lead leg", count("*/step_down/*"), 28),
    Fact("stances of the trail leg", count("*/step_down_trail/*"), 28),
    Fact("trials with a nominal time axis", flagged("*", "nominal_time"), 56),
    Fact("least envelope", extreme(min, np.min), Between(0.0, 0.0005)),
    Fact("greatest envelope", extreme(max, np.max), around(0.363, 0.0005)),
    Fact("missing numbers", missing, 0),
    Fact("channels constant throughout a block", flat, "Train 8 Lead_Sol"),
    Fact("test blocks nearest to the training block of their index", same_people, 10),
    Fact("least distance of a test block from a training block, deg", nearest, around(10.3, 0.1)),
    *(
        Fact(f"{column} at {20 * k} %, deg", course(column, 20 * k), around(value, 0.55))
        for column, values in COURSES.items()
        for k, value in enumerate(values)
    ),
    *(Fact(f"{column} is most at, %", peak(column), float(percent)) for column, percent in PEAKS.items()),
    Fact("difference of the pelvic tilt of the two legs in a row, deg", apart, around(2.45, 0.05)),
    *(Fact(f"{part}: lead leg lands, % of the trail leg's stance", landing(part), Between(74, 77)) for part in PARTS),
    *(Fact(f"R2 of Lead_{name}", explained("Lead", name), around(r2, 0.03)) for name, r2 in EXPLAINED.items()),
    Fact("greatest R2 of the trail leg", best("Trail"), around(0.46, 0.03)),
    Fact("greatest R2 at a wrong shift", best("Lead", shifts=(20, 30, 40, 50, 60, 70, 80)), Between(0.17, 0.7)),
    Fact("R2 of Lead_Sol, amplitudes as they are", explained("Lead", "Sol", scaled=False), Between(-0.3, 0.1)),
)  # fmt: skip
