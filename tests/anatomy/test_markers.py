"""Roles, directions, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from anatomy.walker import bent, laboratory, markers
from myoshift import anatomy
from myoshift.errors import DataRefused

TIME = np.linspace(0, 1, 50)
NAMES, BODY = bent((30 * TIME, 40 * TIME, 10 * TIME))


def found(values, names=NAMES, marker_set=anatomy.PLUG_IN_GAIT):
    return anatomy.landmarks(markers(names, values), marker_set)


@pytest.mark.parametrize(("axis", "expected"), [("x", [1, 0, 0]), ("y", [0, 1, 0]), ("z", [0, 0, 1])])
def test_up_is_found_whatever_axis_it_is(axis, expected):
    np.testing.assert_array_equal(anatomy.up(found(laboratory(BODY, axis))), expected)


def test_up_may_be_a_negative_axis():
    np.testing.assert_array_equal(anatomy.up(found(BODY * [1, -1, -1])), [0, -1, 0])


def test_facing_is_horizontal_and_turns_with_the_body():
    names, tilted = bent((30 * TIME, 40 * TIME, 10 * TIME), tilt=15)
    ahead = anatomy.facing(found(tilted, names))
    np.testing.assert_allclose(ahead, np.tile([1, 0, 0], (50, 1)), atol=1e-12)
    turned = anatomy.facing(found(laboratory(tilted, "y", yaw=np.pi / 2), names))
    np.testing.assert_allclose(turned, np.tile([0, 0, -1], (50, 1)), atol=1e-12)


def test_course_tells_forwards_from_backwards():
    way = np.linspace(0, 3, 50)[:, None, None] * [1, 0, 0]
    np.testing.assert_allclose(anatomy.course(found(BODY + way)), [3, 0], atol=1e-9)
    np.testing.assert_allclose(anatomy.course(found(BODY - way)), [-3, 0], atol=1e-9)
    np.testing.assert_allclose(anatomy.course(found(BODY)), [0, 0], atol=1e-9)


def test_the_rise_of_a_flat_foot():
    _, standing = bent((np.zeros(50), np.zeros(50), np.zeros(50)))
    raised = standing.copy()
    raised[:, NAMES.index("RTOE"), 1] += 0.2 * np.tan(np.radians(10))
    slope = anatomy.foot_slope(found(raised))
    assert np.degrees(slope["r"]) == pytest.approx(10, abs=1e-9)
    assert slope["l"] == pytest.approx(0, abs=1e-12)


def test_nobody_stands_on_the_toes_in_a_standing_trial():
    raised = BODY.copy()
    raised[:, NAMES.index("LTOE"), 1] -= 0.4
    with pytest.raises(DataRefused, match=r"flat feet.*deg above the heel"):
        anatomy.foot_slope(found(raised))


@pytest.mark.parametrize("scale", [1000.0, 0.01])
def test_millimetres_taken_for_metres_are_refused(scale):
    with pytest.raises(DataRefused, match="m between the anterior spines"):
        found(BODY * scale)


def test_two_names_are_the_point_between_and_one_without_side_serves_both():
    names = [*NAMES, "RKNM", "LKNM", "SACR"]
    knee = [NAMES.index("RKNE"), NAMES.index("LKNE")]
    inner = BODY[:, knee] + [0, 0.1, 0]
    sacrum = BODY[:, [NAMES.index("RPSI")]]
    roles = anatomy.MarkerSet(knee=("{}KNE", "{}KNM"), psis="SACR")
    points = found(np.concatenate([BODY, inner, sacrum], axis=1), names, roles)
    np.testing.assert_allclose(points["knee_r"], BODY[:, knee[0]] + [0, 0.05, 0])
    np.testing.assert_array_equal(points["psis_l"], sacrum[:, 0])


def test_every_missing_marker_is_named_at_once():
    values = BODY.copy()
    values[:, NAMES.index("LTOE")] = np.nan
    names = [{"RASI": "R.ASIS", "LHEE": "L.Heel"}.get(name, name) for name in NAMES]
    with pytest.raises(DataRefused, match=r"not in the file: RASI, LHEE; never seen: LTOE.*MarkerSet"):
        found(values, names)


def test_exchanged_sides_are_refused():
    swapped = [{"R": "L", "L": "R"}[name[0]] + name[1:] for name in NAMES]
    with pytest.raises(DataRefused, match=r"exchanged.*0\.24 m to the right"):
        found(BODY, swapped)
    with pytest.raises(DataRefused, match="front and back"):
        found(BODY, marker_set=anatomy.MarkerSet(asis="{}PSI", psis="{}ASI"))
