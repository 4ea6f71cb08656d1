"""Facts, files and roots."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from myoshift import datasets, registry
from myoshift.datasets import base
from myoshift.errors import DataRefused, UnknownNameError
from myoshift.types import Table

MADE = ("toy", "virtual-labs")
SETS = tuple(card["name"] for card in registry.cards("datasets") if card["name"] not in MADE)
ELSEWHERE = tuple(name for name in SETS if datasets.load(name).info.origin)
REAL = tuple(name for name in SETS if name not in ELSEWHERE)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_set_that_is_published_elsewhere_says_where_and_on_what_terms(name, tmp_path):
    origin = datasets.load(name).info.origin
    assert origin.page.startswith("https://")
    assert origin.terms
    assert not base.files(name)
    assert not base.within_reach(name, tmp_path)


@pytest.mark.parametrize("name", REAL)
def test_every_real_set_states_its_facts(name):
    info = datasets.load(name).info
    assert info.name == name
    assert info.institution
    assert info.licence
    assert info.citation
    assert info.tasks
    if base.within_reach(name, Path("nowhere")):
        assert len(info.commit) == 40
        assert info.repository.count("/") == 1


def test_one_set_is_published_nowhere_and_within_reach_where_it_lies(tmp_path):
    assert [name for name in REAL if not base.within_reach(name, tmp_path)] == ["opensim-so-reference"]
    for file in base.files("opensim-so-reference"):
        (tmp_path / "opensim-so-reference").mkdir(exist_ok=True)
        (tmp_path / "opensim-so-reference" / file.path).touch()
    assert base.within_reach("opensim-so-reference", tmp_path)


@pytest.mark.parametrize("name", REAL)
def test_licences_are_those_of_the_manifest(name):
    assert {file.licence for file in base.files(name)} == {datasets.load(name).info.licence}


@pytest.mark.parametrize("name", SETS)
def test_a_data_set_costs_at_most_sixty_lines(name):
    module = Path(base.__file__).with_name(name.replace("-", "_") + ".py")
    assert len(module.read_text().splitlines()) <= 60


def test_the_manifest_has_whole_hashes_and_no_strange_paths():
    assert {file.dataset for file in base.manifest()} == set(REAL)
    for file in base.manifest():
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.bytes > 0
        assert not Path(file.path).is_absolute()
        assert ".." not in Path(file.path).parts


def test_no_file_is_stated_twice():
    """Two rows of one file would be downloaded, counted and hashed twice."""
    stated = [(file.dataset, file.path) for file in base.manifest()]
    assert len(stated) == len(set(stated))
    sets = [file.dataset for file in base.manifest()]
    assert [name for name, _ in groupby(sets)] == list(dict.fromkeys(sets))
    upstream = [(f.upstream_repo, f.upstream_commit, f.upstream_path) for f in base.manifest() if f.upstream_repo]
    assert len(upstream) == len(set(upstream))


def test_cards_count_the_files_of_the_manifest():
    for card in registry.cards("datasets"):
        if card["name"] in REAL:
            assert card["needs"].partition(" ")[0] == str(len(base.files(card["name"]))), card["name"]


def test_cards_describe_every_built_in_set():
    assert not set(MADE) & set(SETS)
    assert sorted([*SETS, *MADE]) == list(registry.names("datasets"))


def test_both_sets_of_stanford_are_one_institution():
    assert datasets.load("stanford-matlabso").info.institution == datasets.load("opensim-core-moco").info.institution


def test_the_root_is_the_option_then_the_variable_then_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("MYOSHIFT_DATA", "/somewhere")
    assert datasets.data_root(tmp_path) == tmp_path
    assert datasets.data_root() == Path("/somewhere")
    monkeypatch.delenv("MYOSHIFT_DATA")
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path))
    assert datasets.data_root() == tmp_path / "data"
    monkeypatch.delenv("MYOSHIFT_CACHE")
    assert "myoshift" in str(datasets.data_root())


def test_an_unknown_set_names_the_nearest():
    with pytest.raises(UnknownNameError, match="stanford-matlabso"):
        datasets.load("stanford-matlab")


def test_a_missing_file_names_the_command_that_fetches_it(tmp_path):
    with pytest.raises(DataRefused, match="myoshift datasets get kul-3dpredictsim") as caught:
        list(datasets.load("kul-3dpredictsim").trials(tmp_path))
    assert caught.value.exit_code == 3
    assert "ExperimentalData.mat" in str(caught.value)


def test_dropped_channels_leave_a_flag():
    table = base.table(np.arange(6.0).reshape(2, 3), ("a", "b", "c"), "V", 100.0, start=2.0)
    kept, flags = base.drop(table, {"b": "dead"})
    assert kept.names == ("a", "c")
    assert [(flag.code, flag.where, flag.message) for flag in flags] == [("dropped", "b", "dead")]
    np.testing.assert_array_equal(kept.values[1], [3.0, 5.0])
    np.testing.assert_allclose(kept.time, [2.0, 2.01])
    nothing, _ = base.drop(table, dict.fromkeys("abc", "dead"))
    assert nothing.names == ()


def test_strikes_are_on_the_clock_of_the_forces():
    force = np.where(np.arange(400) % 110 >= 50, 700.0, 0.0)
    forces = Table(
        values=np.stack([force, np.roll(force, 55)], axis=1),
        names=("right", "left"),
        units=("N", "N"),
        rate=100.0,
        time=5.0 + np.arange(400) / 100,
    )
    events = base.strikes(forces, {"r": "right", "l": "left"}, rise=100, rearm=30)
    assert [event.time for event in events] == sorted(event.time for event in events)
    assert [round(event.time, 2) for event in events if event.side == "r"] == [5.5, 6.6, 7.7, 8.8]
    assert {event.name for event in events} == {"foot_strike"}
