"""Recordings are stored one at a time, and the files are the same as if all had been at hand."""

from __future__ import annotations

import hashlib
import io
import tracemalloc

import numpy as np
import pytest

from myoshift import store
from myoshift.errors import DataRefused
from myoshift.store.drafts import Drafts
from store.test_flat import recording


def saved(arrays):
    """What `np.save` writes of arrays one after the other."""
    buffer = io.BytesIO()
    np.save(buffer, np.concatenate([array.ravel() for array in arrays]), allow_pickle=False)
    return buffer.getvalue()


def test_files_are_those_that_numpy_saves(tmp_path):
    """So that a store of an older version is still the one that is asked for."""
    mixed = [recording("a", "walk"), recording("b", "run", seed=1), recording("c", "walk", frames=1000, seed=2)]
    store.write(tmp_path, mixed, "key")
    for task, members in (("walk", mixed[::2]), ("run", mixed[1:2])):
        for array in ("motion", "activation"):
            expected = saved([getattr(each, array) for each in members])
            digest = hashlib.sha256(expected).hexdigest()[:16]
            assert (tmp_path / f"set.healthy-{task}.{array}.{digest}.npy").read_bytes() == expected


def test_memory_does_not_grow_with_the_number_of_recordings(tmp_path):
    """Sixty recordings of 400 kB each through less than a tenth of their sum."""
    stream = (recording(f"t{k}", frames=20_000, seed=k) for k in range(60))
    tracemalloc.start()
    try:
        store.write(tmp_path, stream, "key")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    stored = sum(path.stat().st_size for path in tmp_path.glob("*.npy"))
    assert stored > 60 * 400_000
    assert peak < stored / 10


def failing():
    yield recording("a", "walk")
    yield recording("b", "run")
    raise DataRefused("the third one is broken")


def test_a_stream_that_breaks_leaves_nothing(tmp_path):
    with pytest.raises(DataRefused, match="third"):
        store.write(tmp_path / "new", failing(), "key")
    assert not (tmp_path / "new").exists()


def test_a_stream_that_breaks_leaves_what_was_there(tmp_path):
    store.write(tmp_path, [recording("old")], "old")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(DataRefused, match="third"):
        store.write(tmp_path, failing(), "key")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_recordings_without_columns_or_frames_make_empty_arrays(tmp_path):
    drafts = Drafts(tmp_path)
    drafts.add(recording(frames=0))
    drafts.add(recording("t2", motions=0, muscles=0))
    (domain,) = drafts.finished()
    assert [domain[array]["values"] for array in ("motion", "activation")] == [0, 0]
    assert np.load(tmp_path / domain["motion"]["file"]).shape == (0,)
