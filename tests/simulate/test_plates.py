"""Labels of force plates, as they occur."""

import pytest

from myoshift.errors import ConfigError, DataRefused
from myoshift.simulate.plates import sources, stated


def labels(force, point, torque=None):
    return [f"{stem}{axis}" for stem in (force, point, torque) if stem for axis in "xyz"]


@pytest.mark.parametrize(
    ("force", "point", "torque", "side"),
    [
        ("ground_force_r_v", "ground_force_r_p", "ground_torque_r_", "r"),
        ("l_ground_force_v", "l_ground_force_p", "l_ground_torque_", "l"),
        ("1_ground_force_v", "1_ground_force_p", "1_ground_torque_", None),
        ("ground_force_1_v", "ground_force_1_p", "ground_moment_1_m", None),
        ("ground_force_v", "ground_force_p", None, None),
        ("left_ground_force_v", "left_ground_force_p", "left_ground_torque_", "l"),
        ("R_ground_force_v", "R_ground_force_p", "R_ground_torque_", "r"),
        ("ground_force_calcn_r_v", "ground_force_calcn_r_p", "ground_force_calcn_r_m", "r"),
        ("F_r", "COP_r", "T_r", "r"),
    ],
)
def test_the_labels_that_occur(force, point, torque, side):
    (found,) = sources(["other", *labels(force, point, torque)])
    assert (found.name, found.side) == (force, side)
    assert found.force[1] == f"{force}y"
    assert found.point[2] == f"{point}z"
    assert found.torque is None if torque is None else found.torque == tuple(f"{torque}{axis}" for axis in "xyz")


TWO = [
    *labels("ground_force_v", "ground_force_p", "ground_torque_"),
    *labels("1_ground_force_v", "1_ground_force_p", "1_ground_torque_"),
]


def test_sides_are_stated_by_the_beginning_of_the_labels():
    chosen = stated(sources(TWO), {"ground_force": "r", "1_": "l"})
    assert [(each.name, each.side) for each in chosen] == [("ground_force_v", "r"), ("1_ground_force_v", "l")]


def test_a_beginning_that_fits_nothing_names_the_plates():
    with pytest.raises(ConfigError, match=r"2_ground=r fits 0 plates \(forces of the file: ground_force_v, 1_ground"):
        stated(sources(TWO), {"2_ground": "r"})


def test_one_plate_stated_twice_is_a_mistake():
    with pytest.raises(ConfigError, match="stated already"):
        stated(sources(TWO), {"1_": "r", "1_ground": "l"})


def test_a_force_without_point_is_refused():
    with pytest.raises(DataRefused, match="'F_r' has no centre of pressure"):
        sources(labels("F_r", "T_r"))


def test_a_table_without_forces_says_what_is_expected():
    with pytest.raises(DataRefused, match=r"no column is a ground reaction force.*--loads"):
        sources(["hip_flexion_r", "knee_angle_r"])


def test_two_columns_of_one_quantity_are_not_chosen_from():
    with pytest.raises(DataRefused, match="same quantity of one plate"):
        sources([*labels("ground_force_r_v", "ground_force_r_p"), *labels("grf_r_v", "")])
