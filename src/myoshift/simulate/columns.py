"""What a simulation found, as columns that OpenSim opens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from myoshift.simulate.motion import Reaction
from myoshift.simulate.recording import Simulated
from myoshift.types import Array, Table


def activations(found: Simulated) -> Table:
    """(F, 80) activation of every muscle in the F frames that are feasible, at their times.

    The others are left out: OpenSim's `Storage` takes the first NaN for 0, and drops all rows behind it.
    """
    whole, there = _table(found, found.simulation.activation, found.simulation.names), found.simulation.feasible
    return replace(whole, values=whole.values[there], time=whole.time[there])


def moments(found: Simulated) -> Table:
    """(T, 20) the moment that the muscles of each joint were asked for, and what they could not give, N m."""
    simulation = found.simulation
    names = (
        *(f"{name}_moment" for name in simulation.moment_names),
        *(f"{name}_reserve" for name in simulation.moment_names),
    )
    return _table(found, np.concatenate([simulation.moments, simulation.reserves], axis=1), names)


def vertical_force(reaction: Reaction) -> Array:
    """(T,) of both feet together, N."""
    return np.asarray(sum(force[:, 1] for force in reaction.force.values()))


def _table(found: Simulated, values: Array, names: tuple[str, ...]) -> Table:
    recording = found.recording
    return Table(
        values=values,
        names=names,
        units=("1" if values is found.simulation.activation else "N m",) * len(names),
        rate=recording.rate,
        time=recording.start + np.arange(len(values)) / recording.rate,
        flags=found.simulation.flags,
    )
