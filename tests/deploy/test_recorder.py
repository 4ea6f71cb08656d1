"""Rows on their way into a file."""

import numpy as np
import pytest

from myoshift import formats
from myoshift.deploy.recorder import Recorder


def test_rows_become_a_table_and_lost_ones_are_left_out(tmp_path):
    recorder = Recorder(("soleus_r", "tibant_r"), 100.0)
    for k in range(50):
        recorder.take(2 + k / 100, np.full(2, np.nan if 20 <= k < 30 else k / 50, np.float32))
    assert recorder.write(tmp_path / "new" / "out.sto", "a stream") == 40
    table = formats.read_sto(tmp_path / "new" / "out.sto")
    assert table.names == ("soleus_r", "tibant_r")
    assert np.isfinite(table.values).all()
    np.testing.assert_allclose(table.time[[0, 19, 20, -1]], [2.0, 2.19, 2.3, 2.49])
    assert table.values[-1, 0] == pytest.approx(0.98)


def test_no_rows(tmp_path):
    assert Recorder(("soleus_r",), 100.0).write(tmp_path / "out.sto", "nothing") == 0
    assert (tmp_path / "out.sto").read_text().endswith("time\tsoleus_r\n")


def test_an_old_file_stays_when_the_new_one_cannot_be_written(tmp_path):
    (tmp_path / "out.sto").mkdir()
    recorder = Recorder(("soleus_r",), 100.0)
    recorder.take(0.0, np.ones(1, np.float32))
    with pytest.raises(OSError, match="directory"):
        recorder.write(tmp_path / "out.sto", "a stream")
    assert [p.name for p in tmp_path.iterdir()] == ["out.sto"]
