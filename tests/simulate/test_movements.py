import numpy as np

from myoshift.simulate.model import COORDINATES
from myoshift.simulate.movements import Movement


def test_the_same_generator_gives_the_same_walk():
    one, two = (Movement.draw(np.random.default_rng(3), "walk").motion(4.0, 100.0) for _ in range(2))
    assert one.values.shape == (400, len(COORDINATES))
    np.testing.assert_array_equal(one.values, two.values)
