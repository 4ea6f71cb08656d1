"""Facts about pyomeca-tests."""

from __future__ import annotations

import numpy as np

from myoshift.datasets.c3d_measures import (
    channel_count,
    channel_units,
    deviation,
    deviations,
    layout,
    point_count,
    point_missing,
    point_unit,
)
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around
from myoshift.datasets.measures import Measure, channels, seconds, unseen
from myoshift.datasets.prepare import prepare
from myoshift.datasets.pyomeca_tests import FILE, SITES

GAPS = {"SCAP_CP": 0.16, "LARMl": 0.08, "STERr": 0.06, "STERl": 0.05, "STYLu": 0.05, "LASTC": 0.04, "MEDH": 0.04}
WEAK = {"Subscap.EMG11": 5e-6, "Pec.IM EMG12": 1.2e-5, "Gd_dors.IM EMG13": 3.8e-5}
LIVE = tuple(name for name in SITES if name not in WEAK)


def silent(evidence: Evidence) -> int:
    """Channels called Sensor that are 0 throughout."""
    c3d = evidence.file(FILE)
    return sum(name.startswith("Sensor") and not c3d.analogs[:, i].any() for i, name in enumerate(c3d.analog_names))


def bent(column: str, pick: str) -> Measure:
    """Least or greatest angle in deg."""

    def measure(evidence: Evidence) -> float:
        motion = evidence.all[0].motion
        assert motion is not None
        return float(np.degrees(getattr(np, pick)(motion.column(column))))

    return measure


def follows(site: str, coordinate: str) -> Measure:
    """Correlation of an envelope with an angle at the same time."""

    def measure(evidence: Evidence) -> float:
        recording = prepare(evidence.all[0])
        envelope = recording.activation[:, recording.activation_names.index(site)]
        angle = recording.motion[:, recording.motion_names.index(coordinate)]
        known = np.isfinite(envelope)
        return float(np.corrcoef(envelope[known], angle[known])[0, 1])

    return measure


FACTS = (
    Fact("frames and samples", layout(FILE), "580 frames at 100 Hz from frame 1, 11600 samples at 2000 Hz"),
    Fact("seconds", seconds(), 5.8),
    Fact("unit of the points", point_unit(FILE), "mm"),
    Fact("points", point_count(FILE), 51),
    Fact("points of the box", point_count(FILE, "boite:"), 8),
    Fact("points of the person", point_count(FILE, "Daphnee:"), 43),
    *(
        Fact(f"{name} missing", point_missing(FILE, f"Daphnee:{name}"), around(share, 0.005))
        for name, share in GAPS.items()
    ),
    Fact("unit of the EMG", channel_units(FILE, tuple(SITES)), "V"),
    Fact("SD of the living channels, V", deviations(FILE, LIVE), "2.7e-05..0.00055"),
    *(Fact(f"SD of {name}, V: weak", deviation(FILE, name), around(sd, 0.1 * sd)) for name, sd in WEAK.items()),
    Fact("channels called Sensor", channel_count(FILE, "Sensor"), 19),
    Fact("of them 0 throughout", silent, 19),
    Fact("channels called Voltage: no EMG", channel_count(FILE, "Voltage"), 6),
    Fact("channels", channels("*"), "R 13"),
    Fact("frames without shoulder or elbow", unseen("*"), 0),
    Fact("least elbow flexion, deg", bent("elbow_flex_r", "min"), Between(0, 40)),
    Fact("greatest elbow flexion, deg", bent("elbow_flex_r", "max"), Between(100, 150)),
    Fact("greatest arm flexion, deg", bent("arm_flex_r", "max"), Between(80, 120)),
    Fact("deltoid_anterior_r follows arm_flex_r, r", follows("deltoid_anterior_r", "arm_flex_r"), around(0.63, 0.01)),
    Fact("deltoid_medius_r follows arm_flex_r, r", follows("deltoid_medius_r", "arm_flex_r"), around(0.73, 0.01)),
    Fact("biceps_brachii_r follows elbow_flex_r, r", follows("biceps_brachii_r", "elbow_flex_r"), around(0.27, 0.01)),
)
