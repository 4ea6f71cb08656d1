"""Rows on their way into a file."""

import numpy as np
import pytest

from myoshift import formats
from myoshift.deploy.recorder import Recorder
from myoshift.errors import ConfigError


def test_rows_become_a_table_and_lost_ones_are_left_out(tmp_path):
    recorder = Recorder(tmp_path / "new" / "out.sto", ("soleus_r", "tibant_r"), 100.0)
    for k in range(50):
        recorder.take(2 + k / 100, np.array([k / 50, np.nan if 20 <= k < 30 else 1.0], np.float32))
    assert recorder.write("a stream") == 40
    table = formats.read_sto(tmp_path / "new" / "out.sto")
    assert table.names == ("soleus_r", "tibant_r")
    assert np.isfinite(table.values).all()
    np.testing.assert_allclose(table.time[[0, 19, 20, -1]], [2.0, 2.19, 2.3, 2.49])
    assert table.values[-1, 0] == pytest.approx(0.98)


def test_no_rows(tmp_path):
    assert Recorder(tmp_path / "out.sto", ("soleus_r",), 100.0).write("nothing") == 0
    assert not list(tmp_path.iterdir())


def test_an_old_file_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "out.sto"
    path.write_text("old")
    recorder = Recorder(path, ("soleus_r",), 100.0)
    recorder.take(0.0, np.ones(1, np.float32))
    assert [p.name for p in tmp_path.iterdir()] == ["out.sto"]

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        recorder.write("a stream")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("out.sto", "old")]


def test_a_place_that_cannot_be_written_is_said_before_the_first_row(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="is a folder"):
        Recorder(tmp_path, ("soleus_r",), 100.0)
    with pytest.raises(OSError, match=r"directory|exists"):
        Recorder(tmp_path / "file" / "out.sto", ("soleus_r",), 100.0)
