"""A motion file as if it came now."""

import numpy as np
import pytest

from conftest import write_walk
from deploy.stand_ins import Echo, Kept
from myoshift import formats
from myoshift.deploy.files import read_motion
from myoshift.deploy.replay import Replay
from myoshift.deploy.streaming import run
from myoshift.errors import DataRefused


def test_as_predict_reads_it(tmp_path):
    path, kept = write_walk(tmp_path / "walk.mot"), Kept()
    read = read_motion(path, 100.0)
    source = Replay(path)
    run(source, Echo(source.names), [kept])
    assert source.names == read.motion_names
    np.testing.assert_array_equal(kept.rows, 2 * read.motion)
    np.testing.assert_allclose(kept.time, read.start + np.arange(len(read.motion)) / 100)


def test_at_twice_the_rate_of_the_model_within_a_hundredth_degree(tmp_path):
    path, kept = write_walk(tmp_path / "walk.mot", rate=200.0), Kept()
    source, read = Replay(path), read_motion(path, 100.0)
    run(source, Echo(source.names), [kept])
    inner = slice(50, -50)
    np.testing.assert_allclose(np.array(kept.rows)[inner] / 2, read.motion[inner], atol=np.radians(0.01))


def test_raw_leaves_times_and_values_as_they_are(tmp_path):
    path = write_walk(tmp_path / "walk.mot")
    table = formats.read_sto(path)
    random = np.random.default_rng(0)
    time = table.time + random.uniform(-0.001, 0.001, len(table.time))
    noisy = formats.read_sto(path).values + random.normal(0, 0.5, table.values.shape)
    changed = type(table)(values=noisy, names=table.names, units=table.units, rate=100.0, time=time)
    formats.write_sto(path, changed, in_degrees=True)
    got = list(Replay(path, raw=True).samples())
    np.testing.assert_allclose([t for t, _ in got], time)
    np.testing.assert_allclose([v for _, v in got], np.radians(noisy))


def test_it_keeps_the_pace_that_is_asked_for(tmp_path, monkeypatch):
    slept = []
    monkeypatch.setattr("myoshift.deploy.replay.clocks.perf_counter", lambda: 3.0 + sum(slept))
    monkeypatch.setattr("myoshift.deploy.replay.clocks.sleep", slept.append)
    source = Replay(write_walk(tmp_path / "walk.mot"), speed=2.0)
    assert sum(1 for _ in source.samples()) == 1200
    assert sum(slept) == pytest.approx(11.99 / 2)
    assert source.now() is None
    own = Replay(write_walk(tmp_path / "walk.mot"), speed=1.0)
    passed = [own.now() - time for time, _ in own.samples()]
    np.testing.assert_allclose(passed, 0, atol=1e-9)


def test_the_units_and_signs_are_those_of_predict(tmp_path):
    with pytest.raises(DataRefused, match="gait2392"):
        Replay(write_walk(tmp_path / "turned.mot", knee=-1.0), raw=True)
    turned = Replay(tmp_path / "turned.mot", raw=True, convention="gait2392")
    right = Replay(write_walk(tmp_path / "walk.mot"), raw=True)
    for (_, one), (_, other) in zip(turned.samples(), right.samples(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
