"""Facts about c3dorg-coda."""

from __future__ import annotations

import numpy as np

from myoshift.datasets.c3d_measures import (
    channel_count,
    channel_peak,
    channel_units,
    deviations,
    extent,
    layout,
    least,
    modulation,
    point_count,
    point_missing,
    point_unit,
    stated_events,
)
from myoshift.datasets.c3dorg_coda import FILE, SITES
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around, phase
from myoshift.datasets.measures import channels, flagged, peak, seconds, strides, strikes, trough

EMG = tuple(f"{side}.{muscle}" for side in "RL" for muscle in ("Quads", "Med.Hams", "Ant.Tib", "Gastroc"))
LATE = 0.035  # strikes lie 23 ms, 0.02 of a cycle, after the moment at which the heel is furthest ahead


def advance(evidence: Evidence) -> float:
    """How far the right anterior spine goes along x between the first and the last frame in which it was seen."""
    x = evidence.file(FILE).point("R.ASIS")[:, 0]
    x = x[np.isfinite(x)]
    return float(x[-1] - x[0]) / 1000


FACTS = (
    Fact("frames and samples", layout(FILE), "512 frames at 200 Hz from frame 1, 1024 samples at 400 Hz"),
    Fact("seconds", seconds(), 2.56),
    Fact("unit of the points", point_unit(FILE), "mm"),
    Fact("points", point_count(FILE), 24),
    Fact("z is up, mm", extent(FILE, 2), "-7..927"),
    Fact("share of frames without the left ankle", point_missing(FILE, "L.Ankle"), Between(0.0, 0.06)),
    Fact("share of frames without the left heel", point_missing(FILE, "L.Heel"), Between(0.0, 0.06)),
    Fact("unit of the EMG, as declared", channel_units(FILE, EMG), "mV"),
    Fact("SD of the EMG, implausible for mV", deviations(FILE, EMG), "7.4..50"),
    Fact("least value of the EMG: rectified", least(FILE, EMG), 0.0),
    Fact("channels of force", channel_count(FILE, "F1"), 8),
    Fact("trials flagged: unit", flagged("*", "implausible_unit"), 1),
    Fact("trials flagged: rectified", flagged("*", "rectified"), 1),
    Fact("strikes stated", stated_events(FILE, "foot_strike", "r"), "none"),
    Fact("strikes right/left", strikes("*"), "2/3"),
    Fact("strides", strides("*", "gastrocnemius"), 3),
    Fact("left strides", strides("*", "gastrocnemius_l"), 2),
    Fact("channels kept", channels("*"), "L 3 R 3"),
    Fact("gastrocnemius_l peaks at", peak("*", "gastrocnemius_l"), phase(0.38, 0.38, LATE)),
    Fact("gastrocnemius_r peaks at", peak("*", "gastrocnemius_r"), phase(0.43, 0.43, LATE)),
    Fact("tibialis_anterior_l peaks at", peak("*", "tibialis_anterior_l"), phase(0.01, 0.01, LATE)),
    Fact("tibialis_anterior_r peaks at", peak("*", "tibialis_anterior_r"), phase(1.0, 1.0, LATE)),
    Fact("tibialis_anterior_r, second hump", peak("*", "tibialis_anterior_r", (0.5, 0.9)), phase(0.75, 0.75, LATE)),
    Fact("hamstrings_medial_l peak at", peak("*", "hamstrings_medial_l"), phase(0.09, 0.09, LATE)),
    Fact("hamstrings_medial_r peak at", peak("*", "hamstrings_medial_r"), phase(0.09, 0.09, LATE)),
    Fact("R.Quads, left out, peaks at", channel_peak("*", FILE, "R.Quads", "r"), phase(0.02, 0.06, LATE)),
    *(Fact(f"modulation of {site}", modulation("*", site), Between(0.5, 1.0)) for site in SITES.values()),
    Fact("knee is most bent at", peak("*", "knee_angle"), phase(0.73, 0.73)),
    Fact("hip is furthest back at", trough("*", "hip_flexion"), phase(0.55, 0.55)),
    Fact("way along x, m", advance, around(-3.2, 0.1)),
)
