"""What a simulation says of a motion, as further columns of it: joint moments, activation, fibres, inclination.

The same joint angle under another posture or load belongs to other muscles; these columns tell the two apart. They
follow from the motion, the person's mass and height, and the posture that the recording declares, never from EMG.
The simulation does not know what is lifted: a recording with a declared external load has no moments and no
simulated activation. The filter and the contact model look at a recording as a whole, so the columns look ahead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
import torch

from myoshift.anatomy import derived, is_derived_column, montage
from myoshift.errors import DataRefused
from myoshift.simulate import twins
from myoshift.simulate.engine import Simulation
from myoshift.simulate.inverse_dynamics import differentiate
from myoshift.simulate.model import COORDINATES, LEG, SIDES, sided
from myoshift.simulate.paths import geometry, lengthening
from myoshift.simulate.recording import Asked
from myoshift.simulate.threads import one_thread
from myoshift.types import Array, Array32, Mask, Recording, Side

KEPT = 4096
"""Recordings whose columns a process remembers."""
INCLINED = {
    "pelvis": {"pelvis_tilt": 1},
    "thigh": {"pelvis_tilt": 1, "hip_flexion": 1},
    "shank": {"pelvis_tilt": 1, "hip_flexion": 1, "knee_angle": -1},
    "foot": {"pelvis_tilt": 1, "hip_flexion": 1, "knee_angle": -1, "ankle_angle": 1},
}
"""What the sagittal inclination of a segment is the sum of; its lower end is in front where it is positive."""


def informed(recording: Recording, inputs: Sequence[str]) -> Recording:
    """The recording with a column of each side for every derived input that it does not have yet.

    Parameters
    ----------
    inputs : names without side, of which those that are derived (`anatomy.derived`) are looked at

    Returns
    -------
    Columns of a leg that was not measured, of what cannot be simulated, and frames in which a measured coordinate is
    missing are NaN. Other frames without a value (not feasible, or in a stretch too short) are bridged, unless they
    are more than half of the column.
    """
    wanted = tuple(
        name for name in inputs if derived(name) and not set(sided((name,), "r")) & set(recording.motion_names)
    )
    if not wanted:
        return recording
    names = tuple(column for side in SIDES for column in sided(wanted, side))
    columns = _columns(_Content.of(recording, wanted))
    return replace(
        recording,
        motion=np.concatenate([recording.motion, columns], axis=1),
        motion_names=(*recording.motion_names, *names),
    )


@dataclass(frozen=True)
class _Content:
    """All that derived columns follow from: two recordings of the same content are simulated once."""

    digest: str
    wanted: tuple[str, ...]
    motion: Recording = field(compare=False)

    @classmethod
    def of(cls, recording: Recording, wanted: tuple[str, ...]) -> _Content:
        kept = [k for k, name in enumerate(recording.motion_names) if not is_derived_column(name)]
        motion = replace(
            recording,
            motion=np.ascontiguousarray(recording.motion[:, kept]),
            motion_names=tuple(recording.motion_names[k] for k in kept),
            activation=np.empty((len(recording.motion), 0), np.float32),
            activation_names=(),
            reference=(),
        )
        body = [motion.mass, motion.height, motion.segment_orientation, motion.external_load]
        facts = repr([motion.motion_names, motion.motion.shape, motion.rate, *body])
        return cls(hashlib.sha256(facts.encode() + motion.motion.tobytes()).hexdigest(), wanted, motion)


@lru_cache(maxsize=KEPT)
@one_thread()
def _columns(content: _Content) -> Array32:
    """(T, 2 C) of C wanted channels, the right leg first."""
    recording = content.motion
    body, seen, sides = _Body(recording), twins.seen(recording), twins.measured_sides(recording)
    columns = []
    for side in SIDES:
        for each in map(derived, content.wanted):
            values = _CHANNELS[each.kind](body, each.of, side) if each and side in sides else None
            columns.append(np.full(len(seen), np.nan) if values is None else _bridged(values, seen))
    return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Fibres:
    """Of one leg, (T, M): length beyond the optimal one and its change, in optimal lengths and per second."""

    length: Array
    velocity: Array
    names: tuple[str, ...]


class _Body:
    """A recording and what is simulated of it, made when it is asked for; None where it is refused."""

    def __init__(self, recording: Recording) -> None:
        self._recording, self._fibres = recording, dict[Side, _Fibres]()
        self.mass = twins.person(recording)[0]

    @cached_property
    def asked(self) -> Asked | None:
        """The completed posture."""
        try:
            return twins.demanded(self._recording)[0]
        except DataRefused:
            return None

    @cached_property
    def simulation(self) -> Simulation | None:
        """Moments and activations."""
        try:
            return None if self._recording.external_load else twins.simulation(self._recording)
        except DataRefused:
            return None

    def angle(self, name: str) -> Array:
        """A coordinate (T,) of the completed posture."""
        return self._spread(lambda values, _: values[:, [COORDINATES.index(name)]])[:, 0]

    def fibres(self, side: Side) -> _Fibres | None:
        """Of a leg."""
        if self.asked and side not in self._fibres:
            leg, columns = self.asked.model.legs[side], [COORDINATES.index(name) for name in sided(LEG, side)]
            slack, optimal = leg.muscles.tendon_slack.numpy(), leg.muscles.optimal_length.numpy()

            def made(values: Array, rate: float) -> Array:
                q, speed, _ = (torch.from_numpy(part[:, columns]) for part in differentiate(values, rate, None))
                length, slope = geometry(leg.paths, q)
                stretch = (length.numpy() - slack) / optimal - 1
                return np.concatenate([stretch, lengthening(slope, speed).numpy() / optimal], axis=1)

            length, velocity = np.split(self._spread(made), 2, axis=1)
            self._fibres[side] = _Fibres(length, velocity, leg.names)
        return self._fibres.get(side)

    def _spread(self, make: Callable[[Array, float], Array]) -> Array:
        """What is made of the posture (T, 37) of each stretch, at its frames; NaN elsewhere."""
        assert self.asked
        pieces = [make(stretch.motion.values, stretch.motion.rate) for stretch in self.asked.stretches]
        out = np.full((len(self._recording.motion), pieces[0].shape[1]), np.nan)
        for stretch, piece in zip(self.asked.stretches, pieces, strict=True):
            out[stretch.frames] = piece
        return out


def _moment(body: _Body, joint: str, side: Side) -> Array | None:
    """N m per kg; NaN where it is larger than any muscles give, and while a seat carries the joint 0."""
    found = body.simulation
    if found is None:
        return None
    values = found.moments[:, found.moment_names.index(f"{joint}_{side}")] / body.mass
    return np.where(np.abs(values) <= twins.LARGEST, values, np.nan)


def _simulated(body: _Body, site: str, side: Side) -> Array | None:
    found = body.simulation
    if found is None:
        return None
    return np.asarray(found.activation @ montage([f"{site}_{side}"], found.names)[0])


def _length(body: _Body, muscle: str, side: Side) -> Array | None:
    found = body.fibres(side)
    return found.length[:, found.names.index(muscle)] if found else None


def _velocity(body: _Body, muscle: str, side: Side) -> Array | None:
    found = body.fibres(side)
    return found.velocity[:, found.names.index(muscle)] if found else None


def _gravity(body: _Body, segment: str, side: Side) -> Array | None:
    if body.asked is None:
        return None
    parts = INCLINED[segment].items()
    signed = [(name if f"{name}_{side}" not in COORDINATES else f"{name}_{side}", sign) for name, sign in parts]
    return np.asarray(sum(sign * body.angle(name) for name, sign in signed))


_CHANNELS: Mapping[str, Callable[[_Body, str, Side], Array | None]] = {
    "moment": _moment,
    "simulated": _simulated,
    "length": _length,
    "velocity": _velocity,
    "gravity": _gravity,
}


def _bridged(values: Array, seen: Mask) -> Array:
    """Values (T,) at all frames that were seen; NaN elsewhere, and everywhere if half of them have none."""
    there, frames = np.isfinite(values) & seen, np.arange(len(values))
    if not there.any() or 2 * there.sum() < seen.sum():
        return np.full(len(values), np.nan)
    return np.where(seen, np.interp(frames, frames[there], values[there]), np.nan)
