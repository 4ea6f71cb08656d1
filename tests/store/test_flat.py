"""The store gives back what was put in, or says why not."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import store
from myoshift.errors import DataRefused, IntegrityError
from myoshift.store import flat
from myoshift.types import Event, Flag, Recording, SourceFile


def recording(trial="t1", task="walk", frames=20, motions=3, muscles=2, seed=0, **facts):
    random = np.random.default_rng(seed)
    activation = random.random((frames, muscles)).astype(np.float32)
    activation[: frames // 4] = np.nan
    return Recording(
        motion=random.standard_normal((frames, motions)).astype(np.float32),
        motion_names=tuple(f"m{k}" for k in range(motions)),
        activation=activation,
        activation_names=tuple(f"a{k}" for k in range(muscles)),
        rate=100.0,
        dataset="set",
        domain=f"set/healthy-{task}",
        institution="lab",
        subject="s1",
        task=task,
        trial=trial,
        **facts,
    )


def assert_same(a: Recording, b: Recording) -> None:
    for each in fields(Recording):
        left, right = getattr(a, each.name), getattr(b, each.name)
        if each.name in ("motion", "activation"):
            assert left.dtype == right.dtype == np.float32
            np.testing.assert_array_equal(left, right)
        else:
            assert left == right, each.name


def test_every_field_comes_back(tmp_path):
    rich = recording(
        start=1.25,
        session="day 2",
        population="cerebral palsy",
        normalisation="percentile",
        reference=(0.5, 2.0),
        events=(Event("foot_strike", 0.1, "r"), Event("clap", 0.2)),
        external_load=5.0,
        provenance=(SourceFile("a/b c.sto", "00ff"),),
        flags=(Flag("code", "some words", "channel 1"),),
    )
    store.write(tmp_path / "new" / "folder", [rich], "key")
    (back,) = store.read(tmp_path / "new" / "folder", "key")
    assert_same(rich, back)


def test_arrays_are_memory_mapped_and_read_only(tmp_path):
    store.write(tmp_path, [recording()], "key")
    (back,) = store.read(tmp_path)
    assert isinstance(back.motion, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        back.activation[0] = 1.0


def test_windows_of_a_stored_recording(tmp_path):
    store.write(tmp_path, [recording("before"), recording("long", frames=50, seed=3)], "key")
    _, back = store.read(tmp_path)
    starts = np.array([45, 0, 7])
    found = store.windows(back.motion, starts, 5)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [back.motion[s : s + 5] for s in starts])
    found[:] = 0
    assert store.windows(back.motion, starts[:0], 5).shape == (0, 5, 3)


@pytest.mark.parametrize("starts", [[46], [-1], [0, 100]])
def test_windows_beyond_the_recording_are_an_error(tmp_path, starts):
    store.write(tmp_path, [recording(frames=50)], "key")
    with pytest.raises(IndexError, match="50 frames"):
        store.windows(store.read(tmp_path)[0].motion, np.array(starts), 5)


def test_recordings_come_domain_by_domain_in_their_order(tmp_path):
    mixed = [recording("a", "walk"), recording("b", "run"), recording("c", "walk"), recording("d", "run")]
    store.write(tmp_path, mixed, "key")
    assert [r.trial for r in store.read(tmp_path)] == ["a", "c", "b", "d"]


@settings(max_examples=20, deadline=None)
@given(shapes=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=5))
def test_any_shapes_survive(tmp_path_factory, shapes):
    folder = tmp_path_factory.mktemp("store")
    written = [recording(f"t{k}", frames=t, motions=c, muscles=m, seed=k) for k, (t, c, m) in enumerate(shapes)]
    store.write(folder, written, "key")
    for before, after in zip(written, store.read(folder, "key"), strict=True):
        assert_same(before, after)


def test_writing_again_replaces_and_leaves_no_litter(tmp_path):
    store.write(tmp_path, [recording(seed=1)], "one")
    (tmp_path / ".array.npy.1234.part").write_bytes(b"half")
    store.write(tmp_path, [recording(seed=2)], "two")
    assert_same(store.read(tmp_path, "two")[0], recording(seed=2))
    assert len(list(tmp_path.iterdir())) == 3


def test_the_same_recordings_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        store.write(tmp_path / name, [recording()], "key")
    a, b = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("a", "b"))
    assert a == b


def test_another_key_is_stale(tmp_path):
    store.write(tmp_path, [recording()], "old")
    with pytest.raises(IntegrityError, match=r"stale.*key old, expected new"):
        store.read(tmp_path, "new")


def test_an_interrupted_writer_leaves_the_old_recordings(tmp_path, monkeypatch):
    store.write(tmp_path, [recording(seed=1)], "old")
    write = flat.write_atomic

    def stop_at_the_index(path, data):
        if path.name == flat.INDEX:
            raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(flat, "write_atomic", stop_at_the_index)
    with pytest.raises(KeyboardInterrupt):
        store.write(tmp_path, [recording(seed=2)], "new")
    monkeypatch.undo()
    assert_same(store.read(tmp_path, "old")[0], recording(seed=1))
    store.write(tmp_path, [recording(seed=3)], "newer")
    assert len(list(tmp_path.iterdir())) == 3


def _tear(path):
    path.write_bytes(path.read_bytes()[:-3])


def _alter(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [_tear, _alter, lambda path: path.unlink()])
@pytest.mark.parametrize("kind", ["motion", "activation"])
def test_a_damaged_array_is_refused(tmp_path, damage, kind):
    store.write(tmp_path, [recording()], "key")
    (array,) = tmp_path.glob(f"*.{kind}.*.npy")
    damage(array)
    with pytest.raises(IntegrityError, match=array.name) as caught:
        store.read(tmp_path, "key")
    assert "delete the folder" in str(caught.value)


def test_a_torn_or_missing_index_is_refused(tmp_path):
    with pytest.raises(IntegrityError, match="no readable index"):
        store.read(tmp_path)
    store.write(tmp_path, [recording()], "key")
    _tear(tmp_path / flat.INDEX)
    with pytest.raises(IntegrityError, match="no readable index"):
        store.read(tmp_path)
    (tmp_path / flat.INDEX).write_text("[1, 2]")
    with pytest.raises(IntegrityError, match="no readable index"):
        store.read(tmp_path)


def test_an_altered_index_is_refused(tmp_path):
    store.write(tmp_path, [recording()], "key")
    index = json.loads((tmp_path / flat.INDEX).read_text())
    index["domains"][0]["recordings"][0]["subject"] = "somebody else"
    (tmp_path / flat.INDEX).write_text(json.dumps(index))
    with pytest.raises(IntegrityError, match="not the one that was stored"):
        store.read(tmp_path)


def test_another_layout_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(flat, "VERSION", 99)
    store.write(tmp_path, [recording()], "key")
    monkeypatch.undo()
    with pytest.raises(IntegrityError, match="layout 99, expected 1"):
        store.read(tmp_path)


def test_nothing_and_twins_are_refused(tmp_path):
    with pytest.raises(DataRefused, match="nothing to store"):
        store.write(tmp_path / "a", [], "key")
    with pytest.raises(DataRefused, match=r"same id.*set/s1//t1"):
        store.write(tmp_path / "b", [recording(), recording(seed=5)], "key")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataRefused, match="MYOSHIFT_CACHE"):
        store.write(tmp_path / "file" / "folder", [recording()], "key")


def test_strange_domain_names_stay_in_the_folder(tmp_path):
    odd = replace(recording(), domain="../set/a b:c-walk")
    store.write(tmp_path / "in", [odd], "key")
    assert store.read(tmp_path / "in")[0].domain == odd.domain
    assert [p.name for p in tmp_path.iterdir()] == ["in"]
