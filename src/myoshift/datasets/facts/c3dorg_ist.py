"""Facts about c3dorg-ist."""

from __future__ import annotations

from myoshift.datasets.c3d_measures import (
    channel_count,
    channel_units,
    deviations,
    extent,
    layout,
    point_count,
    point_seen,
    point_unit,
    stated_events,
)
from myoshift.datasets.c3dorg_ist import GAIT, SITES, STATIC
from myoshift.datasets.facts import Fact, phase
from myoshift.datasets.measures import channels, flagged, peak, seconds, strides, strikes, trough

LATE = 0.035  # strikes lie 23 ms, 0.02 of a cycle, after the moment at which the heel is furthest ahead
FLAT = tuple(f"analog_{number}" for number in range(21, 33))

FACTS = (
    Fact("gait", layout(GAIT), "134 frames at 60 Hz from frame 1, 2412 samples at 1080 Hz"),
    Fact("static", layout(STATIC), "120 frames at 60 Hz from frame 1, 2160 samples at 1080 Hz"),
    Fact("seconds", seconds(), 134 / 60),
    Fact("unit of the points", point_unit(GAIT), "m"),
    Fact("points", point_count(GAIT), 24),
    Fact("right anterior spine in view", point_seen(GAIT, "RASI"), "0.02..2.22 s"),
    Fact("z is up, m", extent(GAIT, 2), "0.00956..1.41"),
    Fact("unit of the EMG", channel_units(GAIT, tuple(SITES)), "V"),
    Fact("channels of forces: two plates", channel_count(GAIT, "F"), 6),
    Fact("unnamed channels", channel_count(GAIT, "analog_"), 12),
    Fact("SD of the unnamed channels: flat", deviations(GAIT, FLAT), "0..0"),
    Fact("strikes stated", stated_events(GAIT, "foot_strike", "l"), "none"),
    Fact("strikes right/left; the last right one is 0.08 s before the end", strikes("*"), "2/2"),
    Fact("left strides", strides("*", "gastrocnemius_l"), 1),
    Fact("channels kept", channels("*"), "L 3 R 3"),
    Fact("trials with channels left out", flagged("*", "dropped"), 1),
    Fact("gastrocnemius_l peaks at", peak("*", "gastrocnemius_l"), phase(0.44, 0.44, LATE)),
    Fact("tibialis_anterior_l peaks at", peak("*", "tibialis_anterior_l"), phase(0.07, 0.07, LATE)),
    Fact("vasti_l peak at", peak("*", "vasti_l"), phase(0.09, 0.09, LATE)),
    Fact("knee is most bent at", peak("*", "knee_angle"), phase(0.73, 0.73)),
    Fact("hip is furthest back at", trough("*", "hip_flexion"), phase(0.54, 0.54)),
)
