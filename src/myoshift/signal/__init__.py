"""Signals: envelope, filters, sampling, amplitude reference, quality verdicts, gait events."""

from myoshift.signal.amplitude import coefficient_of_variation, percentile_reference
from myoshift.signal.events import (
    cycles,
    phase,
    phase_from_hip,
    strikes_from_force,
    strikes_from_heel,
    strikes_from_hip,
)
from myoshift.signal.filters import envelope, lowpass
from myoshift.signal.gaps import bridge
from myoshift.signal.quality import Limits, Verdict, verdicts
from myoshift.signal.sampling import regrid, resample

__all__ = [
    "Limits",
    "Verdict",
    "bridge",
    "coefficient_of_variation",
    "cycles",
    "envelope",
    "lowpass",
    "percentile_reference",
    "phase",
    "phase_from_hip",
    "regrid",
    "resample",
    "strikes_from_force",
    "strikes_from_heel",
    "strikes_from_hip",
    "verdicts",
]
