"""From the muscles of a simulation to what electrodes show: as they are, earlier, or as a drawn sensor has it."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch

from myoshift import anatomy, physiology
from myoshift.anatomy import IPSILATERAL, Leg
from myoshift.simulate import labs, randomise
from myoshift.simulate.model import SIDES
from myoshift.simulate.randomise import Sensor as Ranges
from myoshift.types import Array32, Recording

Sensor = Literal["none", "fixed", "drawn"]
SETTLE = 0.1  # s around a frame without activation in which a drawn envelope is a guess


@dataclass(frozen=True)
class Constants:
    """What a simulation is told, and the time by which its sites become EMG.

    `co_activation` is the share of the mean of the leg's muscles that each muscle has on top of its own. `delays` are
    the seconds by which the EMG of a site (without side) comes earlier; other sites have `delay`.
    """

    exponent: float
    floor: float
    co_activation: float = 0.0
    delay: float = 0.0
    delays: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        later = "".join(f", {site} {1000 * seconds:.0f} ms" for site, seconds in self.delays)
        control = f"exponent {self.exponent:g}, floor {self.floor:g}, co-activation {self.co_activation:g}"
        return f"{control}, EMG {1000 * self.delay:.0f} ms earlier{later}"


def co_activated(recording: Recording, share: float) -> Recording:
    """A twin whose antagonists work along: each leg's muscles with a share of the mean of that leg."""
    if not share:
        return recording
    values = recording.activation.astype(np.float64)
    for side in SIDES:
        own = [i for i, name in enumerate(recording.activation_names) if anatomy.split_side(name)[1] == side]
        values[:, own] = randomise.co_activated(values[:, own], share) if own else values[:, own]
    return replace(recording, activation=values.astype(np.float32))


def sites(recording: Recording, inputs: Sequence[str], outputs: Sequence[str]) -> Recording:
    """What sites see of a twin's muscles, both legs, by the montage."""
    legs = anatomy.legs(recording, inputs, outputs)
    return _seen(recording, outputs, [(leg, leg.activation) for leg in legs])


def early(recording: Recording, constants: Constants) -> Recording:
    """The recording's sites as EMG, which comes before the activation by what the constants say."""
    known = dict(constants.delays)
    delays = [known.get(anatomy.split_side(name)[0], constants.delay) for name in recording.activation_names]
    if not any(delays):
        return recording
    values = torch.tensor(recording.activation)[None]
    seen = physiology.advance(values, torch.tensor([delays], dtype=values.dtype), recording.rate)[0].numpy()
    return replace(recording, activation=np.maximum(seen, 0.0).astype(np.float32))


def drawn(
    recording: Recording, inputs: Sequence[str], outputs: Sequence[str], ranges: Ranges, seed: int
) -> Recording:
    """What a drawn sensor shows of a recording's muscles.

    The laboratory's part of the sensor follows from the seed and its name, the person's from theirs, and so on down
    to the noise of a recording: they are the same whatever else is drawn.
    """
    seeing = [name for name in outputs if set(anatomy.site(name).muscles) & set(IPSILATERAL)]
    sensor = physiology.Observation.draw(seeing, _random(seed, recording.institution), ranges=ranges.ranges)
    sensor.redraw(_random(seed, recording.person), "person", ranges.ranges)
    legs = anatomy.legs(recording, inputs, IPSILATERAL)
    return _seen(recording, seeing, [(leg, _envelopes(leg, sensor, ranges, seed)) for leg in legs])


def _seen(recording: Recording, names: Sequence[str], legs: Sequence[tuple[Leg, Array32]]) -> Recording:
    empty = np.empty((len(recording.motion), 0), np.float32)
    return replace(
        recording,
        activation=np.concatenate([empty, *(values for _, values in legs)], axis=1),
        activation_names=tuple(f"{name}_{leg.side}" for leg, _ in legs for name in names),
    )


def _envelopes(leg: Leg, sensor: physiology.Observation, ranges: Ranges, seed: int) -> Array32:
    """Envelopes (T, S) of one leg, NaN around frames without activation; electrodes are put on anew each session."""
    recording = leg.recording
    missing = np.asarray(~np.isfinite(leg.activation).all(axis=1), np.bool_)
    if missing.all():
        return np.full((len(missing), len(sensor.sites)), np.nan, np.float32)
    own = copy.deepcopy(sensor)
    own.redraw(_random(seed, recording.person, recording.session, leg.side), "session", ranges.ranges)
    noise = _random(seed, recording.id, leg.side).standard_normal((1, len(missing), len(sensor.sites)))
    with torch.no_grad():
        whole = torch.tensor(labs.bridged(leg.activation, missing), dtype=torch.float32)[None]
        values = own(whole, recording.rate, torch.tensor(noise, dtype=torch.float32))[0].numpy()
    reach = np.ones(2 * round(SETTLE * recording.rate) + 1)
    around = np.convolve(missing, reach)[len(reach) // 2 :][: len(missing)] > 0
    return np.where(around[:, None], np.float32(np.nan), values)


def _random(seed: int, *names: str) -> np.random.Generator:
    """A generator of its own for each name, whatever else is drawn."""
    words = hashlib.sha256("/".join(names).encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(words[:8], "little")])
