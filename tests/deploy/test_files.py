"""Motion files in, tables of muscles out, on synthetic and on real files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk, write_walk
from myoshift import anatomy, formats
from myoshift.calibration.base import LARGEST
from myoshift.calibration.intervals import fit_intervals, with_intervals
from myoshift.deploy import predict_file, read_motion
from myoshift.errors import DataRefused
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Predictor, Problem, shipped
from myoshift.types import Split

PROBLEM = Problem(
    inputs=("hip_flexion", "knee_angle", "ankle_angle"),
    outputs=("tibialis_anterior", "gastrocnemius_medialis", "soleus"),
    rate=50.0,
)


@pytest.fixture(scope="module")
def predictor():
    source = tuple(make_walk(subject=f"s{i}", seed=i) for i in range(3))
    return Ridge(PROBLEM).fit(Split(name="all", source=source))


def test_every_trained_muscle_of_both_legs_on_the_clock_of_the_file(predictor, tmp_path):
    table = predict_file(predictor, write_walk(tmp_path / "walk.mot"))
    expected = {f"{m}_{s}" for m in ("tibant", "gasmed", "soleus") for s in "rl"}
    assert set(table.names) == expected
    assert table.rate == 50.0
    assert table.time[0] == pytest.approx(2.0)
    assert np.isfinite(table.values).all()
    assert all(anatomy.muscle(name).name == name for name in table.names)


def test_degrees_and_radians_give_the_same_activation(predictor, tmp_path):
    degrees = predict_file(predictor, write_walk(tmp_path / "deg.mot"))
    radians = predict_file(predictor, write_walk(tmp_path / "rad.mot", degrees=False))
    assert np.allclose(degrees.values, radians.values, atol=1e-4)


def test_a_knee_that_bends_backwards_asks_for_its_convention(predictor, tmp_path):
    path = write_walk(tmp_path / "gait2392.mot", knee=-1.0)
    with pytest.raises(DataRefused, match=r"knee_angle_r fits.*only with its sign turned.*--convention"):
        predict_file(predictor, path)
    turned = predict_file(predictor, path, convention="gait2392")
    plain = predict_file(predictor, write_walk(tmp_path / "walk.mot"))
    assert np.allclose(turned.values, plain.values, atol=1e-5)


def test_sites_are_what_electrodes_would_see(predictor, tmp_path):
    path = write_walk(tmp_path / "walk.mot")
    table = predict_file(predictor, path, what="sites")
    assert set(table.names) == {f"{site}_{side}" for site in PROBLEM.outputs for side in "rl"}
    expected = predictor.legs(read_motion(path, 50.0))["l"][:, PROBLEM.outputs.index("soleus")]
    np.testing.assert_array_equal(table.column("soleus_l"), expected.astype(float))


def test_a_site_that_was_never_learned_is_left_out(predictor, tmp_path):
    fewer = replace(predictor, trained=("soleus",))
    path = write_walk(tmp_path / "walk.mot")
    assert predict_file(fewer, path, what="sites").names == ("soleus_r", "soleus_l")
    with pytest.raises(DataRefused, match="has learned no site or muscle"):
        predict_file(replace(predictor, trained=()), path, what="sites")


def test_intervals_stand_beside_their_sites(predictor, tmp_path):
    path, errors = write_walk(tmp_path / "walk.mot"), [np.full((10, 3), 0.1 * (k + 1)) for k in range(9)]
    wide = with_intervals(predictor, fit_intervals(errors, PROBLEM.outputs, level=0.5))
    table = predict_file(wide, path, what="sites", intervals=True)
    assert table.names[:3] == ("tibialis_anterior_r", "tibialis_anterior_r_low", "tibialis_anterior_r_high")
    assert len(table.names) == 18
    soleus, low, high = (table.column(f"soleus_r{end}") for end in ("", "_low", "_high"))
    np.testing.assert_allclose(high, np.clip(soleus + 0.5, None, LARGEST), atol=1e-6)
    np.testing.assert_allclose(low, np.clip(soleus - 0.5, 0, None), atol=1e-6)
    with pytest.raises(DataRefused, match=r"intervals are known of sites.*--sites"):
        predict_file(wide, path, intervals=True)
    with pytest.raises(DataRefused, match=r"no predictive intervals.*myoshift train .* --intervals"):
        predict_file(predictor, path, what="sites", intervals=True)


def test_where_motion_is_missing_there_is_no_activation_and_a_note_says_when(predictor, tmp_path):
    path = write_walk(tmp_path / "gap.mot")
    table = formats.read_sto(path)
    table.values[300:400] = np.nan
    formats.write_sto(path, table, in_degrees=True)
    found = predict_file(predictor, path)
    missing = np.isnan(found.values).all(axis=1)
    assert found.time[missing][0] == pytest.approx(5.0, abs=0.05)
    assert found.time[missing][-1] == pytest.approx(6.0, abs=0.05)
    assert np.isfinite(found.values[~missing]).all()
    (flag,) = (flag for flag in found.flags if flag.code == "gap")
    assert flag.message.startswith("no activation at 5.0")


def test_an_angle_that_is_missing_for_a_while_is_noted_where_the_model_does_without_it(tmp_path):
    path = write_walk(tmp_path / "gap.mot")
    table = formats.read_sto(path)
    table.values[300:400, table.names.index("knee_angle_l")] = np.nan
    formats.write_sto(path, table, in_degrees=True)
    found = predict_file(Predictor.load(shipped.folder()), path)
    assert np.isfinite(found.values).all()
    (flag,) = (flag for flag in found.flags if flag.code == "gap")
    assert (flag.where, flag.message[:15]) == ("knee_angle_l", "missing at 5.00")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"degrees": False, "declared": True}, "(?s)no asked angle moves.*declared deg.*--angle-unit"),
        ({"degrees": True, "declared": False}, "(?s)bad.mot, .*implausible angle.*declared rad.*--angle-unit"),
        ({"degrees": True, "declared": True, "rows": 20}, "bad.mot: the motion is too short.*0.5 s are needed"),
    ],
    ids=["radians called degrees", "degrees called radians", "short"],
)
def test_a_wrong_unit_or_a_short_file_is_refused_with_its_name(predictor, tmp_path, change, why):
    path = write_walk(tmp_path / "bad.mot", degrees=change["degrees"])
    table = formats.read_sto(path)
    rows = slice(change.get("rows"))
    table = replace(table, values=table.values[rows], time=table.time[rows])
    formats.write_sto(path, table, in_degrees=change["declared"])
    with pytest.raises(DataRefused, match=why):
        predict_file(predictor, path)


def test_a_missing_ankle_is_noted_and_a_file_without_any_angle_of_a_leg_refused(predictor, tmp_path):
    names = tuple(n.replace("ankle_angle", "subtalar_angle") for n in make_walk().motion_names)
    table = predict_file(predictor, write_walk(tmp_path / "walk.mot", names=names))
    said = [flag.message for flag in table.flags if flag.code == "missing_coordinate"]
    assert said == ["ankle_angle is missing; predicted without it, which the model has not learned to"] * 2
    others = (
        "pelvis_tilt",
        "pelvis_list",
        "pelvis_rotation",
        "lumbar_extension",
        "lumbar_bending",
        "lumbar_rotation",
    )
    with pytest.raises(
        DataRefused, match=r"trunk\.mot: no leg with any .*\(needs hip_flexion, knee_angle, ankle_angle"
    ):
        predict_file(predictor, write_walk(tmp_path / "trunk.mot", names=others))


def test_a_knee_that_is_mostly_nan_is_refused_with_channel_and_row(predictor, tmp_path):
    path = write_walk(tmp_path / "nan.mot")
    table = formats.read_sto(path)
    table.values[300:, table.names.index("knee_angle_l")] = np.nan
    formats.write_sto(path, table, in_degrees=True)
    with pytest.raises(DataRefused, match=r"nan\.mot, channel 'knee_angle_l', row 301: mostly NaN"):
        predict_file(predictor, path)


def test_real_motion_of_another_lab(predictor, data_root):
    path = data_root / "opensim-core-moco/Bindings/Java/Matlab/examples/Moco/exampleEMGTracking/coordinates.mot"
    recording = read_motion(path, 50.0)
    knee = recording.motion[:, recording.motion_names.index("knee_angle_r")]
    assert np.rad2deg(knee.max()) == pytest.approx(72.2, abs=1.0)
    assert np.isfinite(predict_file(predictor, path).values).all()


def test_real_motion_with_backward_knees(predictor, data_root):
    path = data_root / "ceinmsrt-lowerlimb/data/walk36/ik.sto"
    with pytest.raises(DataRefused, match="gait2392"):
        predict_file(predictor, path)
    assert np.isfinite(predict_file(predictor, path, convention="gait2392").values).all()
