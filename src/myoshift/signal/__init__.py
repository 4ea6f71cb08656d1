"""Signals: envelope, filters, sampling, amplitude reference, quality verdicts, gait events."""

from myoshift.signal.amplitude import coefficient_of_variation, percentile_reference
from myoshift.signal.events import cycles, hip_peaks, phase, strikes_from_force, strikes_from_hip
from myoshift.signal.filters import envelope, lowpass
from myoshift.signal.quality import Limits, Verdict, verdicts
from myoshift.signal.sampling import regrid, resample

__all__ = [
    "Limits",
    "Verdict",
    "coefficient_of_variation",
    "cycles",
    "envelope",
    "hip_peaks",
    "lowpass",
    "percentile_reference",
    "phase",
    "regrid",
    "resample",
    "strikes_from_force",
    "strikes_from_hip",
    "verdicts",
]
