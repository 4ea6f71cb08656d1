import numpy as np
import pytest

from myoshift.predictor import movement

NAMES = ("hip_flexion", "knee_angle", "ankle_angle")
RATE = 50.0


def wave(seconds=4.0, *, amplitude=0.3, hertz=1.0, late=0.0, offset=0.0):
    time = np.arange(round(seconds * RATE)) / RATE
    return (offset + amplitude * np.sin(2 * np.pi * hertz * (time - late))).astype(np.float32)


def value(motion, name):
    """A feature's median over the windows, in its unit."""
    index = [feature.name for feature in movement.features(NAMES)].index(name)
    found = np.median(movement.measured(motion, RATE)[:, index])
    return np.exp(found) if movement.features(NAMES)[index].logarithm else found


def test_there_is_a_name_for_every_number():
    for count in (1, 2, 3, 5):
        motion = np.stack([wave()] * count, axis=1)
        assert movement.measured(motion, RATE).shape[1] == len(movement.features(NAMES[:1] * count))


def test_numbers_of_a_sine_are_those_of_the_formula():
    motion = np.stack([wave(offset=0.4), wave(late=0.1), wave(amplitude=0.6)], axis=1)
    assert value(motion, "mean of hip_flexion") == pytest.approx(0.4, abs=1e-3)
    assert value(motion, "SD of ankle_angle") == pytest.approx(0.6 / np.sqrt(2) + movement.STILL, rel=0.01)
    assert value(motion, "SD of the velocity of hip_flexion") == pytest.approx(0.3 * 2 * np.pi / np.sqrt(2), rel=0.03)
    assert value(motion, "skewness of knee_angle") == pytest.approx(0, abs=0.01)
    assert value(motion, "correlation of ankle_angle and hip_flexion") == pytest.approx(1, abs=0.03)
    assert value(motion, "correlation of hip_flexion and knee_angle") == pytest.approx(np.cos(0.2 * np.pi), abs=0.03)


def test_a_lag_is_told_from_a_lead():
    motion = np.stack([wave(), wave(late=0.1), wave()], axis=1)
    later = value(motion, "correlation of hip_flexion and, 0.1 s later, knee_angle")
    earlier = value(motion, "correlation of hip_flexion and, 0.1 s earlier, knee_angle")
    assert later == pytest.approx(1, abs=0.05)
    assert earlier == pytest.approx(np.cos(0.4 * np.pi), abs=0.08)


def test_rest_is_a_number_too():
    assert np.isfinite(movement.measured(np.zeros((100, 3), np.float32), RATE)).all()


@pytest.mark.parametrize(("frames", "windows"), [(30, 0), (49, 0), (50, 1), (62, 2), (100, 5)])
def test_windows_of_a_second_every_quarter(frames, windows):
    motion = np.stack([wave()] * 3, axis=1)[:frames]
    assert len(movement.measured(motion, RATE)) == windows


def test_a_missing_coordinate_takes_its_numbers_with_it_and_no_other():
    motion = np.stack([wave(), wave(late=0.2), wave()], axis=1)
    whole = movement.measured(motion, RATE)
    motion[:, 1] = np.nan
    poor = movement.measured(motion, RATE)
    of_knee = np.array([1 in feature.of for feature in movement.features(NAMES)])
    assert np.isnan(poor[:, of_knee]).all()
    np.testing.assert_allclose(poor[:, ~of_knee], whole[:, ~of_knee])


def test_a_short_gap_is_bridged_and_a_long_one_is_not():
    motion = np.stack([wave()] * 3, axis=1)
    motion[3:6, 0] = np.nan
    assert np.isfinite(movement.measured(motion, RATE)).all()
    motion[3:20, 0] = np.nan
    assert np.isnan(movement.measured(motion, RATE)[0]).any()
