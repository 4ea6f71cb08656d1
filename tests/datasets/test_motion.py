"""Names, signs and units of motion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoshift.datasets.base import table
from myoshift.datasets.motion import canonical
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import SourceFile, Subject, Table, Trial

ASKED = ("hip_flexion", "knee_angle", "ankle_angle")
SWING = np.sin(np.linspace(0, 12, 300))


def trial(columns: dict[str, np.ndarray], unit="deg", convention="rajagopal") -> Trial:
    motion = table(np.stack(list(columns.values()), axis=1), tuple(columns), unit, 100.0)
    return Trial(
        name="t",
        dataset="set",
        institution="lab",
        subject=Subject(id="s"),
        task="walk",
        convention=convention,
        motion=motion,
    )


def test_degrees_become_radians_and_lengths_stay():
    found, flags = canonical(trial({"hip_flexion_r": 30 * SWING, "pelvis_tx": SWING}), ASKED)
    np.testing.assert_allclose(found.column("hip_flexion_r"), np.radians(30 * SWING))
    np.testing.assert_allclose(found.column("pelvis_tx"), SWING)
    assert found.units == ("rad", "m")
    assert flags == ()


def test_radians_stay():
    found, _ = canonical(trial({"knee_angle_l": 1.0 + SWING}, unit="rad"), ASKED)
    np.testing.assert_allclose(found.column("knee_angle_l"), 1.0 + SWING)


def test_millimetres_become_metres():
    motion = Table(
        values=1000 * SWING[:, None], names=("pelvis_ty",), units=("mm",), rate=100.0, time=np.arange(300) / 100
    )
    given_ = Trial(name="t", dataset="set", institution="lab", subject=Subject(id="s"), task="walk", motion=motion)
    np.testing.assert_allclose(canonical(given_, ())[0].column("pelvis_ty"), SWING)


def test_the_knee_of_gait2392_is_turned():
    given_ = trial({"knee_angle_r": -35 - 30 * SWING, "hip_flexion_r": 20 * SWING}, convention="gait2392")
    found, _ = canonical(given_, ASKED)
    np.testing.assert_allclose(np.degrees(found.column("knee_angle_r")), 35 + 30 * SWING)
    np.testing.assert_allclose(np.degrees(found.column("hip_flexion_r")), 20 * SWING)


def test_state_paths_are_shortened():
    found, _ = canonical(trial({"/jointset/hip_r/hip_flexion_r/value": 20 * SWING}), ASKED)
    assert found.names == ("hip_flexion_r",)


def test_coupled_and_unknown_columns_are_left_out_and_named():
    found, flags = canonical(
        trial({"knee_angle_r": 30 + 30 * SWING, "knee_angle_r_beta": SWING, "tail_wag": SWING}), ASKED
    )
    assert found.names == ("knee_angle_r",)
    assert {(flag.code, flag.where) for flag in flags} == {
        ("coupled", "knee_angle_r_beta"),
        ("unknown_coordinate", "tail_wag"),
    }


def test_an_angle_without_unit_is_refused():
    with pytest.raises(DataRefused, match=r"'hip_flexion_r' has no unit.*state deg or rad"):
        canonical(trial({"hip_flexion_r": SWING}, unit=""), ASKED)


def test_degrees_declared_as_radians_are_refused_when_asked_for():
    with pytest.raises(DataRefused, match=r"knee_angle_r.*declared rad.*57\.3"):
        canonical(trial({"knee_angle_r": 30 + 30 * SWING}, unit="rad"), ASKED)


def test_radians_declared_as_degrees_are_refused_when_asked_for():
    with pytest.raises(DataRefused, match=r"ankle_angle_r.*declared deg.*57\.3"):
        canonical(trial({"hip_flexion_r": 30 * SWING, "ankle_angle_r": 0.09 * SWING}), ASKED)
    with pytest.raises(DataRefused, match=r"no asked angle moves.*57\.3"):
        canonical(trial({"knee_angle_r": 0.6 + 0.6 * SWING, "hip_flexion_r": 0.4 * SWING}), ASKED)


def test_an_implausible_column_that_nobody_asked_for_is_left_out():
    found, flags = canonical(trial({"hip_flexion_r": 30 * SWING, "hip_rotation_r": 0.05 * SWING}), ASKED)
    assert found.names == ("hip_flexion_r",)
    assert [(flag.code, flag.where) for flag in flags] == [("implausible", "hip_rotation_r")]


def test_a_constant_column_gives_no_verdict():
    found, flags = canonical(trial({"hip_flexion_r": 30 * SWING, "mtp_angle_r": np.zeros(300)}), ASKED)
    assert found.names == ("hip_flexion_r", "mtp_angle_r")
    assert flags == ()


def test_a_value_beyond_the_body_is_flagged():
    _, flags = canonical(trial({"knee_angle_r": 30 - 80 * SWING}), ASKED)
    assert [(flag.code, flag.where) for flag in flags] == [("out_of_range", "knee_angle_r")]
    assert "expected within" in flags[0].message


def test_two_columns_of_one_coordinate_are_refused():
    with pytest.raises(DataRefused, match=r"two columns.*hip_flexion_r.*hip_flex_r"):
        canonical(trial({"hip_flexion_r": 30 * SWING, "hip_flex_r": 30 * SWING}), ASKED)


def test_no_known_column_and_no_motion_are_refused():
    with pytest.raises(DataRefused, match=r"vocabulary.*wing_flap.*convention"):
        canonical(trial({"wing_flap": SWING}), ASKED)
    empty = Trial(name="t", dataset="set", institution="lab", subject=Subject(id="s"), task="walk")
    with pytest.raises(DataRefused, match="set/s/t: a trial without motion"):
        canonical(empty, ASKED)


@given(amplitude=st.floats(4, 60), offset=st.floats(-20, 60))
def test_the_unit_of_a_file_does_not_change_the_motion(amplitude, offset):
    degrees = offset + amplitude * SWING
    a, _ = canonical(trial({"knee_angle_r": degrees}), ASKED)
    b, _ = canonical(trial({"knee_angle_r": np.radians(degrees)}, unit="rad"), ASKED)
    np.testing.assert_allclose(a.values, b.values, atol=1e-12)


def test_missing_samples_are_kept():
    gappy = 30 * SWING
    gappy[10:20] = np.nan
    found, _ = canonical(trial({"knee_angle_r": gappy, "hip_flexion_r": np.full(300, np.nan)}), ASKED)
    assert np.isnan(found.column("knee_angle_r")).sum() == 10
    assert np.isnan(found.column("hip_flexion_r")).all()


def test_a_locked_joint_with_rounding_noise_is_no_radian():
    locked = 5.0 + 1e-6 * SWING
    found, flags = canonical(trial({"hip_flexion_r": 30 * SWING, "ankle_angle_r": locked}), ASKED)
    assert "ankle_angle_r" in found.names
    assert flags == ()


def test_an_unknown_convention_names_the_nearest():
    with pytest.raises(UnknownNameError, match="gait2392"):
        canonical(trial({"hip_flexion_r": 30 * SWING}, convention="gait2393"), ASKED)


def test_errors_name_the_files():
    given_ = replace(trial({"hip_flexion_r": SWING}, unit=""), sources=(SourceFile("set/ik.sto", "00"),))
    with pytest.raises(DataRefused, match=r"set/s/t \(set/ik\.sto\): angle 'hip_flexion_r'"):
        canonical(given_, ASKED)
