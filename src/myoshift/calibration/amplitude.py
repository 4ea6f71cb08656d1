"""The unit that a person's envelopes are given in, channel by channel.

A unit is the 95th percentile of the envelope over recordings that may be seen: of a calibration, its seconds alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from myoshift import signal
from myoshift.types import Array, Flag, Recording

UNIT = "amplitude_reference"
"""Code of the flag that says over which recordings a unit was taken."""
OVER = "\n"
"""Stands between the recordings that this flag names."""


def unit(recordings: Sequence[Recording]) -> dict[str, float]:
    """Amplitude unit of every channel of one person: the 95th percentile over these recordings together."""
    names = sorted({name for recording in recordings for name in recording.activation_names})
    return {name: _percentile([column(r, name) for r in recordings]) for name in names}


def column(recording: Recording, name: str) -> Array:
    """One channel as (T, 1); (0, 1) where the recording does not have it."""
    if name not in recording.activation_names:
        return np.empty((0, 1))
    return recording.activation[:, [recording.activation_names.index(name)]].astype(np.float64)


def _percentile(blocks: list[Array]) -> float:
    measured = [block for block in blocks if np.isfinite(block).any()]
    return float(signal.percentile_reference(measured)[0]) if measured else float("nan")


def scaled(recording: Recording, units: dict[str, float], label: str, over: Sequence[str] = ()) -> Recording:
    """Activations in the given units; a channel without a positive unit becomes NaN.

    `label` says in words what the unit was taken over, `over` names the recordings.
    """
    found = np.array([units.get(name, np.nan) for name in recording.activation_names])
    reference = np.where(found > 0, found, np.nan)
    return replace(
        recording,
        activation=(recording.activation / reference).astype(np.float32),
        normalisation="percentile",
        reference=tuple(float(value) for value in reference),
        flags=(*recording.flags, Flag(code=UNIT, message=label, where=OVER.join(over))),
    )
