"""Motion files in, tables of muscles out, on synthetic and on real files."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import make_walk, write_walk
from myoshift import anatomy, formats
from myoshift.deploy import predict_file, read_motion
from myoshift.errors import DataRefused
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
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


def test_a_file_without_an_ankle_is_refused_with_what_is_needed(predictor, tmp_path):
    names = tuple(n.replace("ankle_angle", "subtalar_angle") for n in make_walk().motion_names)
    with pytest.raises(DataRefused, match="needed on one side: hip_flexion, knee_angle, ankle_angle"):
        predict_file(predictor, write_walk(tmp_path / "walk.mot", names=names))


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
