import numpy as np
import pytest

from myoshift.anatomy import COORDINATES
from myoshift.anatomy.tables import split_side
from myoshift.simulate.curves import _knots, curve, has_curve

GRID = np.arange(100) / 100


def test_every_curve_is_of_a_known_coordinate_and_begins_at_phase_0():
    known = {split_side(name)[0] for name in COORDINATES} | {"ground_reaction_x"}
    for (_, coordinate), knots in _knots().items():
        assert coordinate in known
        phases = [*knots]
        assert phases[0] == 0.0
        assert phases == sorted(phases)
        assert phases[-1] < 1.0


def test_a_curve_is_periodic_and_passes_its_knots():
    np.testing.assert_allclose(
        np.degrees(curve("walk", "knee_angle", np.array([0.0, 1.0, -2.0, 0.73]))), [4, 4, 4, 62]
    )


@pytest.mark.parametrize(("coordinate", "low", "high"), [("hip_flexion", -14, 36), ("knee_angle", 2, 64)])
def test_no_spline_overshoots_the_published_range(coordinate, low, high):
    angle = np.degrees(curve("walk", coordinate, GRID))
    assert low < angle.min()
    assert angle.max() < high


@pytest.mark.parametrize("coordinate", ["pelvis_list", "pelvis_rotation", "lumbar_bending", "lumbar_rotation"])
def test_what_the_midline_does_is_mirrored_half_a_cycle_later(coordinate):
    there, later = curve("walk", coordinate, GRID), curve("walk", coordinate, GRID + 0.5)
    assert np.corrcoef(there, later)[0, 1] < -0.95


def test_walking_neither_brakes_nor_propels_on_the_whole():
    assert abs(curve("walk", "ground_reaction_x", GRID).mean()) < 0.01
    assert not has_curve("walk", "subtalar_angle")
