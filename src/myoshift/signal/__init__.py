"""Signals: envelope, filters, mains, sampling, amplitude reference, quality verdicts, gait events."""

from myoshift.signal.amplitude import (
    AmplitudeReference,
    coefficient_of_variation,
    mvc_reference,
    percentile_reference,
    task_peak_reference,
)
from myoshift.signal.causal import CausalEnvelope, causal_envelope
from myoshift.signal.design import Design
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
from myoshift.signal.mains import NOTCH_WIDTH, MainsFilter, refuse_line, remove_mains, wrong_mains
from myoshift.signal.quality import COUNTS, ENVELOPED, MICROVOLTS, Limits, Verdict, about_unit, verdicts
from myoshift.signal.rotations import resample_rotations
from myoshift.signal.sampling import regrid, resample

__all__ = [
    "COUNTS",
    "ENVELOPED",
    "MICROVOLTS",
    "NOTCH_WIDTH",
    "AmplitudeReference",
    "CausalEnvelope",
    "Design",
    "Limits",
    "MainsFilter",
    "Verdict",
    "about_unit",
    "bridge",
    "causal_envelope",
    "coefficient_of_variation",
    "cycles",
    "envelope",
    "lowpass",
    "mvc_reference",
    "percentile_reference",
    "phase",
    "phase_from_hip",
    "refuse_line",
    "regrid",
    "remove_mains",
    "resample",
    "resample_rotations",
    "strikes_from_force",
    "strikes_from_heel",
    "strikes_from_hip",
    "task_peak_reference",
    "verdicts",
    "wrong_mains",
]
