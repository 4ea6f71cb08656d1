"""Who is drawn does not depend on who else is; recordings hold what the sensors see, in time and in size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import anatomy, metrics
from myoshift.simulate import labs
from myoshift.simulate.labs import SimulatedLab, draw_person, virtual_labs
from myoshift.simulate.randomise import Config, Control, Range, Sensor
from simulate.worlds import MUSCLES, solve, world

STILL = Range(low=0.0, high=0.0)
QUICK = Config(seconds=4.0, movements=("walk",), labs=2)
EXACT = Sensor(
    offset=STILL,
    delay=STILL,
    crosstalk=STILL,
    baseline=STILL,
    log_gain=STILL,
    exponent=Range(low=1.0, high=1.0),
    noise=STILL,
    cutoff=Range(low=6.0, high=6.0),
)


def same(one, other):
    return (
        one.id == other.id
        and one.flags == other.flags
        and np.array_equal(one.motion, other.motion)
        and np.array_equal(one.activation, other.activation, equal_nan=True)
    )


def test_a_person_does_not_depend_on_how_many_there_are_or_on_the_order():
    few, many = (list(virtual_labs(n, 3, QUICK, world=world())) for n in (2, 4))
    assert all(same(one, other) for one, other in zip(few, many[:2], strict=True))
    backwards = [draw_person(i, 3, QUICK, world()).recordings[0] for i in (3, 2, 1, 0)]
    assert all(same(one, other) for one, other in zip(backwards[::-1], many, strict=True))


def test_people_laboratories_and_seeds_differ():
    recordings = list(virtual_labs(4, 0, QUICK, world=world()))
    assert [r.institution for r in recordings] == ["virtual-0", "virtual-1"] * 2
    assert len({r.person for r in recordings}) == 4
    assert len({r.motion.tobytes() for r in recordings}) == 4
    other = next(virtual_labs(1, 1, QUICK, world=world()))
    assert not np.array_equal(other.motion, recordings[0].motion)


def test_a_laboratory_shares_its_clock_and_filter_and_nothing_of_its_electrodes():
    lab = SimulatedLab.draw(0, 0, QUICK)
    person = [labs._Person(lab, "p", (0, labs.PERSON, i, 0), QUICK, world()) for i in (0, 2)]
    first, again, other = person[0]._electrodes(0), person[0]._electrodes(1), person[1]._electrodes(0)
    for name, prior in first["r"].priors.items():
        value, left, later, else_ = (
            s.values()[name].tolist() for s in (first["r"], first["l"], again["r"], other["r"])
        )
        assert (value == left) == (prior.level != "session"), name
        assert (value == later) == (prior.level != "session"), name
        assert (value == else_) == (prior.level == "lab"), name


def test_recordings_have_both_legs_sites_and_events():
    recording = next(virtual_labs(1, 0, QUICK, world=world()))
    assert recording.kind == "simulated"
    assert recording.domain == "virtual/healthy-walk"
    assert 10 < recording.mass < 130
    assert 0.9 < recording.height < 2.0
    assert recording.motion.shape == (400, 13)
    assert recording.activation_names == tuple(f"{s}_{side}" for side in "rl" for s in QUICK.sites)
    assert np.nanmin(recording.activation) >= 0
    assert {event.name for event in recording.events} == {"foot_strike"}
    assert len(anatomy.legs(recording, ("hip_flexion", "knee_angle"), ("soleus", "gastrocnemius"))) == 2


def test_both_labels_are_two_recordings_of_one_motion():
    sensor, muscles = virtual_labs(1, 0, QUICK.model_copy(update={"labels": "both"}), world=world())
    assert np.array_equal(sensor.motion, muscles.motion)
    assert muscles.activation.shape == (400, 2 * MUSCLES)
    assert sensor.id != muscles.id
    assert muscles.domain == "virtual/healthy-walk-activation"
    assert next(virtual_labs(1, 0, QUICK.model_copy(update={"labels": "activation"}), world=world())).id == muscles.id


def pair(**sensor):
    """What the sensor shows of one person, and what the montage sees of the muscles."""
    config = QUICK.model_copy(update={"labels": "both", "seconds": 8.0, "sensor": EXACT.model_copy(update=sensor)})
    seen, muscles = virtual_labs(1, 0, config, world=world())
    return seen.activation, muscles.activation @ anatomy.montage(seen.activation_names, muscles.activation_names).T


def test_a_positive_delay_moves_the_emg_earlier_than_the_dynamics_alone():
    (plain, activation), (late, _) = pair(), pair(delay=Range(low=0.05, high=0.05))
    assert np.mean(metrics.lag(activation, plain, 100.0)) == pytest.approx(0.025, abs=0.012)
    assert metrics.lag(plain, late, 100.0) == pytest.approx(np.full(plain.shape[1], 0.05), abs=0.003)


def test_gain_is_proportional():
    (plain, _), (loud, _) = pair(), pair(log_gain=Range(low=1.0, high=1.0))
    np.testing.assert_allclose(loud, np.e * plain, rtol=1e-3, atol=1e-5)


def test_sessions_put_the_electrodes_on_anew():
    one, two = virtual_labs(1, 0, QUICK.model_copy(update={"sessions": 2}), world=world())
    assert (one.session, two.session) == ("s1", "s2")
    assert not np.allclose(one.activation.mean(axis=0), two.activation.mean(axis=0), rtol=0.05)


def test_a_draw_that_muscles_cannot_explain_is_drawn_again_and_said():
    loud = Control(moment_noise=Range(low=10.0, high=35.0))
    found = [draw_person(i, 0, QUICK.model_copy(update={"control": loud}), world()) for i in range(6)]
    assert any(each.rejected and each.recordings for each in found)
    reasons = [why for each in found for why in each.rejected]
    assert all(why.startswith("walk: ") and "reserve" in why for why in reasons)


def test_who_can_never_be_explained_has_no_recordings():
    def never(*arguments):
        found = solve(*arguments)
        return replace(found, feasible=np.zeros_like(found.feasible))

    drawn = draw_person(0, 0, QUICK, world(solve=never))
    assert drawn.recordings == ()
    assert len(drawn.rejected) == QUICK.attempts


def test_a_further_movement_that_is_beyond_the_muscles_is_left_out_and_said():
    def no_running(model, motion, objective, noise):
        found = solve(model, motion, objective, noise)
        runs = np.abs(motion.values).max() > 0.5
        return replace(found, feasible=found.feasible & ~runs)

    both = QUICK.model_copy(update={"movements": ("walk", "run")})
    drawn = draw_person(0, 0, both, world(solve=no_running))
    assert [r.task for r in drawn.recordings] == ["walk"]
    assert [why.partition(":")[0] for why in drawn.left_out] == ["run"]
    assert drawn.rejected == ()
    assert len(draw_person(0, 0, both, world()).recordings) == 2


def test_around_a_frame_without_activation_the_envelope_is_missing():
    def gap(*arguments):
        found = solve(*arguments)
        feasible, activation = found.feasible.copy(), found.activation.copy()
        feasible[250], activation[250] = False, np.nan
        return replace(found, feasible=feasible, activation=activation)

    config = QUICK.model_copy(update={"labels": "both"})
    seen, muscles = virtual_labs(1, 0, config, world=world(solve=gap))
    assert np.flatnonzero(np.isnan(muscles.activation[:, 0])).tolist() == [200]
    assert np.flatnonzero(np.isnan(seen.activation[:, 0])).tolist() == list(range(197, 204))


def test_the_measured_motion_is_off_the_simulated_one_by_the_errors_of_the_angles():
    seen = []

    def spy(model, motion, objective, noise):
        seen.append(motion)
        return solve(model, motion, objective, noise)

    recording = next(virtual_labs(1, 0, QUICK, world=world(solve=spy)))
    hip = recording.motion[:, recording.motion_names.index("hip_flexion_r")]
    off = seen[0].values[50:-50, 6] - hip
    assert np.ptp(off) < 1e-6
    assert 0 < abs(off[0]) < np.radians(9)


@given(st.integers(0, 50))
@settings(deadline=None, max_examples=5)
def test_every_seed_gives_finite_recordings(seed):
    drawn = draw_person(0, seed, QUICK, world())
    assert drawn.recordings
    assert np.isfinite(drawn.recordings[0].activation).all()


@pytest.mark.parametrize("kind", ["walk", "squat", "standing_flexion"])
def test_people_of_the_embedded_model(kind):
    config = Config(seconds=2.0, movements=(kind,), labels="both", children=0.0)
    sensor, muscles = draw_person(0, 0, config).recordings
    assert np.isfinite(sensor.activation).mean() > 0.8
    assert np.nanmin(muscles.activation) >= 0.0
    assert np.nanmax(muscles.activation) <= 1.0 + 1e-6
    assert sensor.segment_orientation == ("thigh vertical" if kind == "standing_flexion" else None)
    assert bool(sensor.events) == (kind == "walk")
    if kind == "standing_flexion":
        knee, hamstrings = (muscles.motion_names.index("knee_angle_r"), muscles.activation_names.index("bflh_r"))
        assert np.corrcoef(muscles.motion[:, knee], muscles.activation[:, hamstrings])[0, 1] > 0.5
