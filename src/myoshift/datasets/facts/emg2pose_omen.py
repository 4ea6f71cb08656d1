"""Facts about emg2pose-omen."""

from __future__ import annotations

from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Fact
from myoshift.datasets.measures import flagged
from myoshift.types import Table


def motion(evidence: Evidence) -> Table:
    """The angles of the only trial."""
    (table,) = [trial.motion for trial in evidence.all if trial.motion]
    return table


def emg(evidence: Evidence) -> Table:
    """The EMG of the only trial."""
    (table,) = [trial.emg for trial in evidence.all if trial.emg]
    return table


FACTS = (
    Fact("rows", lambda e: len(motion(e).time), 100),
    Fact("seconds", lambda e: motion(e).duration, 0.05),
    Fact("angles", lambda e: len(motion(e).names), 20),
    Fact("unit of the angles", lambda e: " ".join(sorted(set(motion(e).units))), "rad"),
    Fact("missing angles", lambda e: int((~motion(e).mask).sum()), 0),
    Fact("channels", lambda e: len(emg(e).names), 16),
    Fact("side that the file states", lambda e: motion(e).names[0][-1], "r"),
    Fact("trials with contradicting sides", flagged("*", "side_conflict"), 1),
    Fact("trials whose time counts rows", flagged("*", "stamps"), 1),
)
