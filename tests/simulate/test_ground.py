import numpy as np

from myoshift.simulate.ground import GRAVITY, lowest, support

RATE = 100.0


def _feet(time, *, back=1.2, lift=0.3):
    """Heel and ball of two feet: the right one on the ground and moving back under the body, the left one lifted."""
    right = np.stack([-back * time, np.full_like(time, -0.9), np.zeros_like(time)], axis=1)
    left = np.stack([3.0 * time, np.full_like(time, -0.9 + lift), np.zeros_like(time)], axis=1)
    return np.stack([np.stack([foot, foot + np.array([0.15, 0, 0])], axis=1) for foot in (right, left)], axis=1)


def test_the_lower_foot_rests_and_the_body_moves_over_it():
    time = np.arange(50) / RATE
    found = support(_feet(time), np.zeros((50, 3)), RATE)
    np.testing.assert_allclose(found.velocity, np.tile([1.2, 0, 0], (50, 1)), atol=1e-3)
    np.testing.assert_allclose(found.height, 0.9, atol=1e-3)


def test_which_foot_bears_may_be_known():
    time = np.arange(50) / RATE
    found = support(_feet(time), np.zeros((50, 3)), RATE, np.tile([0.0, 1.0], (50, 1)))
    np.testing.assert_allclose(found.velocity[:, 0], -3.0, atol=1e-9)


def test_in_flight_the_body_falls_freely():
    time = np.arange(60) / RATE
    bearing = np.zeros((60, 2))
    bearing[:20, 0] = bearing[40:, 0] = 1.0
    found = support(_feet(time), np.zeros((60, 3)), RATE, bearing)
    flight = np.diff(found.height, 2)[22:36] * RATE**2
    np.testing.assert_allclose(flight, -GRAVITY, rtol=1e-6)
    assert found.height.max() > 0.93


def test_the_centre_of_mass_moves_with_the_body_and_against_it():
    time = np.arange(50) / RATE
    centre = np.stack([0.02 * np.sin(6 * time), np.zeros(50), np.zeros(50)], axis=1)
    found = support(_feet(time), centre, RATE)
    np.testing.assert_allclose(found.velocity[5:-5, 0], (1.2 + 0.12 * np.cos(6 * time))[5:-5], atol=2e-3)


def test_weights_of_the_lowest():
    weight = lowest(np.array([[0.0, 1.0], [0.0, 0.0]]))
    np.testing.assert_allclose(weight, [[1, 0], [0.5, 0.5]], atol=1e-6)
