"""Facts about MinT that any part of it must show."""

from __future__ import annotations

from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact
from myoshift.types import Table


def tables(evidence: Evidence) -> list[Table]:
    """The activations of every trial."""
    return [trial.activation for trial in evidence.all if trial.activation]


FACTS = (
    Fact("muscles", lambda e: " ".join(sorted({str(len(t.names)) for t in tables(e)})), "402"),
    Fact("rates of the activations, Hz", lambda e: " ".join(sorted({f"{t.rate:g}" for t in tables(e)})), "50"),
    Fact("first time, s", lambda e: min(float(t.time[0]) for t in tables(e)), Between(0.139, 1e4)),
    Fact("shortest stretch, s", lambda e: min(t.duration for t in tables(e)), Between(0.5, 1e4)),
    Fact("largest activation", lambda e: max(float(t.values.max()) for t in tables(e)), Between(0.0, 1.0)),
)
