from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import anatomy
from myoshift.errors import DataRefused
from myoshift.simulate import recording as recording_module
from myoshift.simulate import twins
from myoshift.simulate.engine import Objective, Simulation
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.twins import twin
from simulate.fakes import muscle_curve, simulator


@pytest.fixture
def recording():
    return replace(make_walk(), mass=70.0, height=1.75)


def altered(**changes):
    def solver(recording, objective):
        found = simulator(recording, objective)
        made = {name: change(getattr(found, name)) for name, change in changes.items()}
        return replace(found, **made)

    return solver


def test_a_twin_is_the_same_person_moving_alike(recording):
    made = twin(recording, solver=simulator)
    assert made.person == recording.person
    assert made.institution == recording.institution
    np.testing.assert_array_equal(made.motion, recording.motion)
    assert made.kind == "simulated"
    assert made.id != recording.id
    assert made.domain == f"{recording.domain}-simulated"
    assert made.activation_names == anatomy.MUSCLES
    column = made.activation[:, anatomy.MUSCLES.index("soleus_l")]
    np.testing.assert_allclose(column, muscle_curve(recording, "soleus_l"), rtol=1e-6)


def test_measured_activations_have_no_say(recording):
    shown, hidden = (twin(each, solver=simulator) for each in (recording, recording.hidden()))
    np.testing.assert_array_equal(shown.activation, hidden.activation)


def test_only_a_leg_that_was_measured_has_muscles(recording):
    right = [i for i, name in enumerate(recording.motion_names) if name.endswith("_r")]
    one = replace(
        recording, motion=recording.motion[:, right], motion_names=tuple(recording.motion_names[i] for i in right)
    )
    made = twin(one, solver=simulator)
    assert len(made.activation_names) == 40
    assert all(name.endswith("_r") for name in made.activation_names)


def test_a_frame_without_a_coordinate_has_no_activation(recording):
    motion = recording.motion.copy()
    motion[20:30, 0] = np.nan
    made = twin(replace(recording, motion=motion), solver=simulator)
    assert np.isnan(made.activation[20:30]).all()
    assert np.isfinite(made.activation[31:]).all()


@pytest.mark.parametrize(
    ("solver", "why"),
    [
        (altered(feasible=lambda f: np.arange(len(f)) < 0.4 * len(f)), "40 % of the frames"),
        (altered(moments=lambda m: 500 * m), "7.1 N m per kg"),
    ],
)
def test_what_no_muscles_can_do_is_refused(recording, solver, why):
    with pytest.raises(DataRefused, match=why):
        twin(recording, solver=solver)


def test_what_is_no_leg_or_too_short_is_refused(recording):
    with pytest.raises(DataRefused, match=r"0\.20 s are too short"):
        twin(recording.window(0, 10), solver=simulator)
    arm = replace(recording, motion_names=tuple(f"arm_{i}" for i in range(6)))
    with pytest.raises(DataRefused, match="no leg"):
        twin(arm, solver=simulator)


def test_mass_and_height_are_those_stated_and_assumptions_are_flagged(recording):
    assert twins.person(recording) == (70.0, 1.75, ())
    mass, height, flags = twins.person(replace(recording, mass=None, height=None))
    assert (mass, height) == (75.0, 1.70)
    assert [flag.code for flag in flags] == ["mass_assumed", "height_assumed"]
    mass, height, flags = twins.person(replace(recording, mass=None, height=1.19))
    assert (round(mass, 2), height) == (36.75, 1.19)
    assert [flag.code for flag in flags] == ["mass_assumed"]
    mass, height, flags = twins.person(replace(recording, height=None, mass=32.4))
    assert (mass, round(height, 2)) == (32.4, 1.39)
    assert [flag.code for flag in flags] == ["height_assumed"]


@pytest.fixture
def engine(monkeypatch):
    """The embedded model without its muscles, and an engine whose activation is the knee angle; what it was told."""
    told = []

    def demands(model, motion, *, reaction=None):
        told.append((model, motion))
        return {"motion": motion}, None

    def optimise(model, tasks, objective, reaction, flags):
        told[:] = [(*each[:2], objective) for each in told]
        values = tasks["motion"].values
        knees = [values[:, COORDINATES.index(f"knee_angle_{side}")] for side in ("r", "l") for _ in range(40)]
        return Simulation(
            activation=np.stack(knees, axis=1),
            names=anatomy.MUSCLES,
            moments=np.ones((len(values), 10)),
            reserves=np.zeros((len(values), 10)),
            feasible=np.ones(len(values), bool),
            flags=flags,
        )

    monkeypatch.setattr(recording_module.engine, "demands", demands)
    monkeypatch.setattr(recording_module.engine, "optimise", optimise)
    return told


def test_the_model_is_scaled_and_the_posture_completed(recording, engine):
    made = twins.twin(recording, Objective(exponent=3.0))
    ((model, motion, objective),) = engine
    assert (model.mass, model.height, objective.exponent) == (70.0, 1.75, 3.0)
    assert motion.support == "ground"
    knee = recording.motion[:, recording.motion_names.index("knee_angle_l")]
    np.testing.assert_allclose(made.activation[:, anatomy.MUSCLES.index("soleus_l")], knee, atol=1e-6)


def test_a_declared_posture_holds_the_pelvis(recording, engine):
    right = [recording.motion_names.index("knee_angle_r")]
    knee = replace(
        recording,
        motion=recording.motion[:, right],
        motion_names=("knee_angle_r",),
        segment_orientation="thigh horizontal",
        mass=None,
    )
    made = twins.twin(knee)
    motion = engine[0][1]
    assert motion.support == "seated"
    np.testing.assert_allclose(motion.values[:, COORDINATES.index("hip_flexion_r")], np.pi / 2)
    assert all(name.endswith("_r") for name in made.activation_names)
    np.testing.assert_allclose(made.activation[:, 0], knee.motion[:, 0], atol=1e-6)
    assert "mass_assumed" in {flag.code for flag in made.flags}


def test_stretches_between_gaps_are_simulated_apart(recording, engine):
    motion = recording.motion.copy()
    motion[200:210, 0] = np.nan
    motion[225:230, 0] = np.nan
    made = twins.twin(replace(recording, motion=motion))
    assert [len(each[1].values) for each in engine] == [200, 370]
    assert np.isnan(made.activation[200:230]).all()
    assert np.isfinite(np.delete(made.activation, slice(200, 230), 0)).all()
    alternating = motion.copy()
    alternating[::20, 0] = np.nan
    with pytest.raises(DataRefused, match=r"no half second of motion without gaps"):
        twins.twin(replace(recording, motion=alternating))


def test_what_the_muscles_are_asked_for_is_found_once_for_several_objectives(recording, engine):
    for exponent in (1.5, 2.0, 3.0):
        twins.twin(recording, Objective(exponent=exponent))
        assert engine[-1][2].exponent == exponent
    assert len(engine) == 1
    twins.twin(replace(recording), Objective())
    assert len(engine) == 2
