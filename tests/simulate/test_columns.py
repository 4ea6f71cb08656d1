"""Tables of a simulation are on the clock of its recording, and say what their columns are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.anatomy import MUSCLES
from myoshift.simulate.columns import activations, moments, vertical_force
from myoshift.simulate.engine import Objective
from myoshift.simulate.motion import Reaction
from myoshift.simulate.recording import Simulated
from simulate.fakes import simulator


@pytest.fixture
def found():
    recording = replace(make_walk(), start=2.0)
    simulation = simulator(recording, Objective())
    reserves = simulation.reserves + 3.0
    return Simulated(recording=recording, simulation=replace(simulation, reserves=reserves), measured=frozenset())


def test_activations_are_those_of_the_muscles_on_the_clock_of_the_motion(found):
    table = activations(found)
    assert table.names == MUSCLES
    assert set(table.units) == {"1"}
    np.testing.assert_array_equal(table.values, found.simulation.activation)
    np.testing.assert_allclose(table.time, 2.0 + np.arange(len(table.values)) / found.recording.rate)


def test_frames_that_are_not_feasible_are_left_out(found):
    feasible = np.ones(len(found.recording.motion), bool)
    feasible[[3, 4, 90]] = False
    activation = np.where(feasible[:, None], found.simulation.activation, np.nan)
    simulation = replace(found.simulation, feasible=feasible, activation=activation)
    table = activations(replace(found, simulation=simulation))
    assert len(table.time) == feasible.sum()
    assert np.isfinite(table.values).all()
    assert table.time[3] - table.time[2] == pytest.approx(3 / found.recording.rate)


def test_reserves_stand_behind_the_moments(found):
    table = moments(found)
    assert (table.names[0], table.names[10]) == ("hip_flexion_r_moment", "hip_flexion_r_reserve")
    assert set(table.units) == {"N m"}
    np.testing.assert_array_equal(table.values, np.repeat([[1.0, 3.0]], 10, axis=1).repeat(len(table.values), axis=0))


def test_both_feet_push_upwards_together():
    force = {"r": np.array([[1.0, 20.0, 3.0]]), "l": np.array([[1.0, 5.0, 3.0]])}
    assert vertical_force(Reaction(force=force, moment=force)).tolist() == [25.0]
