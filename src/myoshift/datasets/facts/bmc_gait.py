"""Facts about bmc-gait."""

from __future__ import annotations

from myoshift.datasets.bmc_gait import FILE, SITES
from myoshift.datasets.c3d_measures import (
    channel_count,
    channel_units,
    layout,
    point_count,
    point_missing,
    point_seen,
    point_unit,
    repeated,
    stated_events,
)
from myoshift.datasets.facts import Fact, around, phase
from myoshift.datasets.measures import channels, flagged, peak, strides, strikes, trough

LATE = 0.035  # strikes lie 23 ms, 0.02 of a cycle, after the moment at which the heel is furthest ahead
PEAKS = {
    "soleus": (0.39, 0.47),
    "gastrocnemius": (0.37, 0.41),
    "tibialis_anterior": (0.03, 0.69),
    "vasti": (0.06, 0.11),
}

FACTS = (
    Fact("frames and samples", layout(FILE), "487 frames at 100 Hz from frame 1, 4870 samples at 1000 Hz"),
    Fact("unit of the points", point_unit(FILE), "mm"),
    Fact("points", point_count(FILE), 33),
    Fact("right anterior spine in view", point_seen(FILE, "RASI"), "1.33..3.26 s"),
    Fact("share of frames without the right heel", point_missing(FILE, "RHEE"), around(0.60, 0.005)),
    Fact("labels that occur twice", repeated(FILE), "RKNE, RANK, LKNE, LANK, RFOO, LFOO"),
    Fact("channels of forces: two plates", channel_count(FILE, "F"), 6),
    Fact("unit of the EMG", channel_units(FILE, tuple(SITES)), "V"),
    Fact("strikes stated", stated_events(FILE, "foot_strike", "r"), "none"),
    Fact("strikes right/left", strikes("*"), "2/2"),
    Fact("right strides", strides("*", "soleus_r"), 1),
    Fact("left strides", strides("*", "soleus_l"), 1),
    Fact("channels kept", channels("*"), "L 7 R 7"),
    Fact("trials with channels left out", flagged("*", "dropped"), 1),
    *(
        Fact(f"{site}_{side} peaks at", peak("*", f"{site}_{side}"), phase(stated, stated, LATE))
        for site, both in PEAKS.items()
        for side, stated in zip("lr", both, strict=True)
    ),
    *(
        Fact(f"hamstrings_medial_{side} peak at", peak("*", f"hamstrings_medial_{side}"), phase(0.9, 1.0))
        for side in "lr"
    ),
    *(
        Fact(f"hamstrings_lateral_{side} peak at", peak("*", f"hamstrings_lateral_{side}"), phase(0.02, 0.07))
        for side in "lr"
    ),
    Fact("knee is most bent at", peak("*", "knee_angle"), phase(0.72, 0.73)),
    Fact("hip is furthest back at", trough("*", "hip_flexion"), phase(0.54, 0.54)),
)
