"""Recordings by name: prepared once, reused while nothing changed, rebuilt when anything did."""

from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np
import pytest

from myoshift import datasets
from myoshift.datasets import build
from myoshift.datasets.base import DatasetInfo, UpstreamFile, table
from myoshift.errors import DataRefused, IntegrityError
from myoshift.types import Subject


class Pendulum:
    """A data set of one file, which holds the amplitude of a swing in degrees."""

    info = DatasetInfo(
        name="pendulum",
        institution="lab",
        people=1,
        trials=2,
        motion_rates=(100.0,),
        emg_rates=(100.0,),
        tasks=("walk",),
        licence="none",
        citation="none",
    )
    read = 0
    broken = False

    def trials(self, root):
        type(self).read += 1
        amplitude = float((root / "pendulum" / "a.txt").read_text())
        swing = amplitude * np.sin(np.arange(300) / 20)[:, None]
        for name in ("one", "two"):
            yield self.info.trial(
                name=name,
                subject=Subject(id="s"),
                task="walk",
                motion=table(swing, ("hip_flexion_r",), "deg", 100.0),
                emg=table(np.abs(swing), ("ch",), "", 100.0),
                emg_kind="envelope",
                sites={"ch": "soleus_r"},
            )
            if self.broken:
                raise DataRefused("the second half is broken")


def manifest(content: str) -> tuple[UpstreamFile, ...]:
    digest = hashlib.sha256(content.encode()).hexdigest()
    return (
        UpstreamFile(
            dataset="pendulum",
            path="a.txt",
            bytes=2,
            sha256=digest,
            upstream_repo="owner/repository",
            upstream_commit="c" * 40,
            upstream_path="a.txt",
            licence="none",
        ),
    )


@pytest.fixture
def pendulum(tmp_path, monkeypatch):
    """The data set, its root, and a cache of its own."""
    Pendulum.read, Pendulum.broken = 0, False
    (tmp_path / "data" / "pendulum").mkdir(parents=True)
    (tmp_path / "data" / "pendulum" / "a.txt").write_text("30")
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(build, "load", lambda name: Pendulum())
    monkeypatch.setattr(build, "files", lambda name: manifest("30"))
    return tmp_path / "data"


def store_of(pendulum):
    return pendulum.parent / "cache" / "store" / "pendulum-100Hz"


def test_prepared_once_and_then_read(pendulum):
    told = []
    first = datasets.recordings(["pendulum"], pendulum, progress=told.append)
    second = datasets.recordings(["pendulum"], pendulum, progress=told.append)
    assert Pendulum.read == 1
    assert told == ["pendulum/s//one", "pendulum/s//two"]
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a.motion, b.motion)
        np.testing.assert_array_equal(a.activation, b.activation)
    assert isinstance(second[0].motion, np.memmap)


def test_another_preparation_is_built_anew(pendulum):
    datasets.recordings(["pendulum"], pendulum)
    (smooth, _) = datasets.recordings(["pendulum"], pendulum, datasets.Preparation(motion_cutoff=1.0))
    (plain, _) = datasets.recordings(["pendulum"], pendulum)
    assert Pendulum.read == 3
    assert not np.array_equal(smooth.motion, plain.motion)


def test_other_code_is_built_anew(pendulum, monkeypatch):
    datasets.recordings(["pendulum"], pendulum)
    hashed = []
    monkeypatch.setattr(build.store, "code", lambda *rooms: hashed.append(rooms) or "another hash")
    datasets.recordings(["pendulum"], pendulum)
    assert Pendulum.read == 2
    assert set(hashed) == {build.ROOMS}


def test_the_rooms_hold_readers_and_tables():
    rooms = [resources.files("myoshift").joinpath(room) for room in build.ROOMS]
    counted = {file.name for room in rooms for file in room.iterdir()}
    assert {"c3d.py", "filters.py", "sites.csv", "manifest.csv", "prepare.py", "flat.py"} <= counted


def test_an_altered_file_is_refused_before_anything_is_read(pendulum):
    datasets.recordings(["pendulum"], pendulum)
    (pendulum / "pendulum" / "a.txt").write_text("31")
    with pytest.raises(IntegrityError, match=r"a\.txt.*sha256.*datasets get pendulum") as caught:
        datasets.recordings(["pendulum"], pendulum)
    assert caught.value.exit_code == 3
    assert Pendulum.read == 1


def test_a_missing_file_is_refused(pendulum):
    (pendulum / "pendulum" / "a.txt").unlink()
    with pytest.raises(DataRefused, match="datasets get pendulum"):
        datasets.recordings(["pendulum"], pendulum)


def test_a_damaged_store_is_built_anew(pendulum):
    before = [np.array(r.activation) for r in datasets.recordings(["pendulum"], pendulum)]
    (array,) = store_of(pendulum).glob("*.activation.*.npy")
    array.write_bytes(array.read_bytes()[:-8])
    after = datasets.recordings(["pendulum"], pendulum)
    assert Pendulum.read == 2
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b.activation)


def test_an_interrupted_build_leaves_nothing(pendulum):
    Pendulum.broken = True
    with pytest.raises(DataRefused, match="broken"):
        datasets.recordings(["pendulum"], pendulum)
    assert not store_of(pendulum).exists()
    Pendulum.broken = False
    assert len(datasets.recordings(["pendulum"], pendulum)) == 2


def test_a_cache_that_cannot_be_written_says_so(pendulum, monkeypatch):
    (pendulum.parent / "file").write_text("in the way")
    monkeypatch.setenv("MYOSHIFT_CACHE", str(pendulum.parent / "file"))
    with pytest.raises(DataRefused, match="MYOSHIFT_CACHE"):
        datasets.recordings(["pendulum"], pendulum)


def test_several_sets_come_in_the_order_of_their_names():
    both = datasets.recordings(["toy", "toy"])
    assert [r.id for r in both[:24]] == [r.id for r in both[24:]]


def test_toy_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path))
    datasets.recordings(["toy"])
    assert list(tmp_path.iterdir()) == []
