import numpy as np

from myoshift.simulate.curves import curve
from myoshift.simulate.phases import cycles, half_a_cycle_later

RATE = 100.0
PHASE = 0.3 + np.arange(600) / RATE / 1.1


def _apart(one, two):
    """Distance of two phases, (T,), in cycles."""
    return np.abs(np.mod(one - two + 0.5, 1.0) - 0.5)


def test_phase_of_both_legs_from_the_hips():
    hips = {side: curve("walk", "hip_flexion", PHASE + shift) for side, shift in (("r", 0.0), ("l", 0.5))}
    found = cycles(hips, {}, RATE)
    assert found.gait == "walk"
    for side, shift in (("r", 0.0), ("l", 0.5)):
        assert _apart(found.phase[side], PHASE + shift).max() < 0.03
        assert np.all(np.diff(found.phase[side]) > 0)
    assert abs(found.frequency(RATE) - 1 / 1.1) < 0.01


def test_phase_of_both_legs_from_one_knee():
    found = cycles({}, {"l": curve("walk", "knee_angle", PHASE)}, RATE)
    assert _apart(found.phase["l"], PHASE).max() < 0.03
    assert _apart(found.phase["r"], PHASE + 0.5).max() < 0.03


def test_a_knee_that_bends_beyond_80_degrees_runs():
    phase = np.arange(600) / RATE / 0.75
    assert cycles({}, {"r": curve("run", "knee_angle", phase)}, RATE).gait == "run"


def test_who_stands_does_not_walk():
    still = {"r": np.full(300, 0.1)}
    assert cycles(still, still, RATE) is None
    assert cycles({}, {"r": np.linspace(0, 1, 300)}, RATE) is None


def test_both_feet_of_a_walk_bear_all_between_them_and_none_of_a_run_in_flight():
    walk = cycles({"r": curve("walk", "hip_flexion", PHASE)}, {}, RATE)
    np.testing.assert_allclose(walk.bearing().sum(axis=1), 1.0, atol=1e-9)
    run = cycles({}, {"r": curve("run", "knee_angle", np.arange(600) / RATE / 0.75)}, RATE)
    aloft = run.bearing().sum(axis=1) == 0
    assert 0.25 < aloft.mean() < 0.40


def test_the_other_leg_does_the_same_half_a_cycle_later():
    knee, other = (curve("walk", "knee_angle", PHASE + shift) for shift in (0.0, 0.5))
    np.testing.assert_allclose(half_a_cycle_later(knee, PHASE), other, atol=0.01)


def test_less_than_a_cycle_is_continued_by_its_harmonics():
    phase = 0.2 + np.arange(90) / 100
    other = half_a_cycle_later(curve("walk", "hip_flexion", phase), phase)
    assert np.abs(other - curve("walk", "hip_flexion", phase + 0.5)).max() < 0.15
