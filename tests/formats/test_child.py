from __future__ import annotations

import pytest

from fuzz import hands
from fuzz.targets import facts
from myoshift.errors import DataFormatError
from myoshift.formats import child, read_emg2pose


def test_what_a_child_says_comes_back():
    done = child.run("json.tool", ["--help"], 30.0)
    assert (done.returncode, "usage" in done.stdout) == (0, True)
    assert child.run("json.tool", ["nowhere.json"], 30.0).returncode > 0


def test_a_child_that_hangs_or_dies_is_a_refusal():
    with pytest.raises(DataFormatError, match=r"too long.*limit 0\.5 s"):
        child.run("timeit", ["-n1", "-r1", "import time; time.sleep(30)"], 0.5)
    with pytest.raises(DataFormatError, match=r"crashed its reader.*signal 9"):
        child.run("timeit", ["-n1", "-r1", "import os; os.kill(os.getpid(), 9)"], 30.0)


def test_hdf5_is_walked_in_a_child_before_it_is_read(tmp_path):
    path = tmp_path / "hand.hdf5"
    path.write_bytes(hands.ORIGINALS[0].data)
    assert facts(read_emg2pose(path)) == hands.ORIGINALS[0].facts
    with pytest.raises(DataFormatError, match=r"hand\.hdf5.*too long"):
        read_emg2pose(path, seconds=0.01)
