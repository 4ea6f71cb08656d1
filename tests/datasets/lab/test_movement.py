from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from myoshift.datasets.lab.movement import coordinates, wanted, within
from myoshift.datasets.lab.parts import Motion
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Table

WHERE = Path("lab/x.sto")


def table(names=("hip_flexion_r", "knee_angle_r"), unit="", rows=5):
    values = np.arange(rows * len(names), dtype=float).reshape(rows, len(names))
    return Table(values=values, names=names, units=(unit,) * len(names), rate=10.0, time=np.arange(rows) / 10)


def test_names_follow_the_convention():
    found, convention, flags = coordinates(table(), Motion(convention="gait2392", unit="deg"), WHERE)
    assert (found.names, found.units, convention, flags) == (table().names, ("deg", "deg"), "gait2392", ())


def test_columns_are_mapped_with_unit_and_sign():
    said = {"a": {"coordinate": "knee_angle_l", "unit": "rad", "sign": -1}, "b": "hip_flexion_l"}
    found, convention, _ = coordinates(table(("a", "b", "c")), Motion(unit="deg", columns=said), WHERE)
    assert (found.names, found.units, convention) == (("knee_angle_l", "hip_flexion_l"), ("rad", "deg"), "rajagopal")
    np.testing.assert_array_equal(found.values[:, 0], -table(("a", "b", "c")).values[:, 0])


def test_beside_mapped_columns_the_convention_turns_the_others():
    said = {"a": "hip_flexion_r", "knee_angle_r": {}}
    found, _, _ = coordinates(table(("a", "knee_angle_r"), "deg"), Motion(convention="gait2392", columns=said), WHERE)
    np.testing.assert_array_equal(found.values[:, 1], -table().values[:, 1])


def test_sums_and_sides():
    motion = Motion(convention="rajagopal", unit="rad", sums={"lumbar_extension": ("a", "b")}, side="l")
    found, _, flags = coordinates(table(("a", "b", "hip_flexion")), motion, WHERE)
    assert found.names == ("hip_flexion_l", "lumbar_extension")
    np.testing.assert_array_equal(found.values[:, 1], table(("a", "b", "c")).values[:, :2].sum(axis=1))
    assert [flag.code for flag in flags] == ["derived"]


def test_what_is_dropped_is_not_asked_for_and_said():
    motion = Motion(convention="rajagopal", drop={"b": "stuck"})
    assert wanted(motion, ("a", "b")) == ("a",)
    _, _, flags = coordinates(table(unit="deg"), motion, WHERE)
    assert [(flag.code, flag.where) for flag in flags] == [("dropped", "b")]
    with pytest.raises(UnknownNameError, match=r"motion\.drop"):
        wanted(motion, ("a",))


def test_a_window_includes_its_ends():
    assert len(within(table(), (0.1, 0.3)).time) == 3
    assert len(within(table(), (None, None)).time) == 5


@pytest.mark.parametrize(
    ("motion", "unit", "tokens"),
    [
        (Motion(convention="rajagopal"), "", ["no unit", "motion.unit", "hip_flexion_r"]),
        (Motion(unit="deg"), "", ["motion.convention", "rajagopal"]),
        (Motion(convention="rajagopal", unit="rad"), "deg", ["two units", "motion.unit"]),
        (Motion(convention="gait2393", unit="deg"), "", ["gait2392"]),
        (
            Motion(unit="deg", columns={"knee_angle_r": "knee_angel_r"}),
            "",
            ["knee_angle_r", "motion.columns", "nearest"],
        ),
        (Motion(unit="deg", convention="rajagopal", sums={"lumbar": ("knee_angle_r",)}), "", ["lumbar_extension"]),
    ],
)
def test_what_is_not_stated_is_refused(motion, unit, tokens):
    with pytest.raises(DataRefused) as refused:
        coordinates(table(unit=unit), motion, WHERE)
    for token in tokens:
        assert token in str(refused.value)
