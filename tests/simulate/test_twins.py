from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import anatomy
from myoshift.errors import DataRefused
from myoshift.simulate.twins import twin, twins
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


def test_those_without_a_twin_are_counted_with_the_reason(recording):
    made, refused = twins((recording, recording.window(0, 10)), solver=simulator)
    assert len(made) == 1
    assert [(each.recording, each.why) for each in refused] == [
        (recording.id, "0.20 s are too short to derive accelerations")
    ]
