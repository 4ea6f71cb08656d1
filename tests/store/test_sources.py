"""The hash of the code changes with the rooms that it is taken over."""

from __future__ import annotations

from myoshift import store
from myoshift.store import sources


def test_the_hash_depends_on_the_rooms():
    assert store.code("anatomy") == store.code("anatomy")
    assert len({store.code("anatomy"), store.code("signal"), store.code("anatomy", "signal")}) == 3


def test_the_hash_depends_on_the_version(monkeypatch):
    before = store.code("signal")
    monkeypatch.setattr(sources, "__version__", "99")
    sources.code.cache_clear()
    assert store.code("signal") != before
    sources.code.cache_clear()


def test_tables_and_folders_below_count_and_caches_do_not(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.json").write_text("{}")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "b.pyc").write_text("x")
    assert [name for name, _ in sources._files(tmp_path, "room")] == ["room/tables/a.json"]
