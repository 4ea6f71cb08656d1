from __future__ import annotations

import pytest

from fuzz import hands
from fuzz.targets import facts
from myoshift.errors import DataFormatError
from myoshift.formats import child, open_emg2pose, read_emg2pose, watch_emg2pose


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


ECHO = "import sys; [print('seen', flush=True) for line in sys.stdin if '{bad}' not in line or {then}]"


def watch(then):
    """A child that answers every path, but for one: then it does something else."""
    return child.Watch("timeit", ["-n1", "-r1", ECHO.format(bad="bad", then=then)])


@pytest.mark.parametrize(
    ("then", "seconds", "said"),
    [
        ("__import__('os').kill(__import__('os').getpid(), 9)", 30.0, r"crashed its reader.*signal 9"),
        ("__import__('os')._exit(3)", 30.0, r"crashed its reader.*exit code 3"),
        ("__import__('time').sleep(30)", 1.0, r"too long.*limit 1 s"),
    ],
)
def test_one_child_looks_at_many_files_and_a_new_one_follows_a_death(then, seconds, said):
    with watch(then) as looking:
        looking.look("good", 30.0)
        first = looking._process
        looking.look("another", 30.0)
        assert looking._process is first
        with pytest.raises(DataFormatError, match=said):
            looking.look("bad", seconds)
        assert first.poll() is not None
        looking.look("good again", 30.0)
        last = looking._process
    assert last.poll() is not None


def test_one_child_for_several_recordings(tmp_path):
    good, bad = tmp_path / "hand.hdf5", tmp_path / "bad.hdf5"
    good.write_bytes(hands.ORIGINALS[0].data)
    bad.write_bytes(hands.ORIGINALS[0].data[:-500])
    with watch_emg2pose() as looking:
        one = open_emg2pose(good, child=looking)
        with pytest.raises(DataFormatError, match=r"bad\.hdf5"):
            open_emg2pose(bad, child=looking)
        process = looking._process
        assert open_emg2pose(good, child=looking).rows == one.rows
        assert looking._process is process
