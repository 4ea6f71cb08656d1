"""Facts about toy, read off lab toy-a, whose EMG has no delay."""

from __future__ import annotations

from myoshift.datasets.facts import Fact, phase
from myoshift.datasets.measures import channels, count, peak, trough

WALK, RUN = "a*/walk/*", "a*/run/*"

FACTS = (
    Fact("trials with EMG", count(labelled=True), 24),
    Fact("channels of a walk", channels("a1/walk/*"), "L 9 R 9"),
    Fact("gastrocnemius of walking peaks at", peak(WALK, "gastrocnemius"), phase(0.45, 0.45)),
    Fact("vastus lateralis of walking peaks at", peak(WALK, "vastus_lateralis"), phase(0.10, 0.10)),
    Fact("hamstrings of walking peak at", peak(WALK, "hamstrings"), phase(0.94, 0.94)),
    Fact("gastrocnemius of running peaks at", peak(RUN, "gastrocnemius"), phase(0.14, 0.14)),
    Fact("knee flexion of walking is most at", peak(WALK, "knee_angle"), phase(0.73, 0.73)),
    Fact("hip flexion of walking is least at", trough(WALK, "hip_flexion"), phase(0.51, 0.53)),
)
