from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import datasets, store
from myoshift.datasets import domains
from myoshift.errors import DataRefused, IntegrityError


def imported(folder, recordings=None, text="name: toy\n"):
    """A DOMAIN as `myoshift import` leaves it."""
    facts = {"files": [], "about": {"licence": "MIT", "motion_rates": [100.0], "emg_rates": [1000.0]}}
    store.write(folder, recordings or [make_walk()], domains.key(text, facts))
    (folder / domains.SPEC).write_text(text)
    (folder / domains.SOURCES).write_text(json.dumps(facts))
    return folder


def test_a_domain_is_read_as_it_was_written(tmp_path):
    (read,) = datasets.domain(imported(tmp_path / "d"))
    assert read.id == make_walk().id
    np.testing.assert_array_equal(read.activation, make_walk().activation)


def test_a_folder_with_a_store_for_each_laboratory_is_a_domain(tmp_path):
    for lab in ("lab0", "lab1"):
        store.write(tmp_path / "virtual" / lab, [make_walk(subject=lab)], "key")
    assert [each.subject for each in datasets.domain(tmp_path / "virtual")] == ["lab0", "lab1"]
    assert datasets.about(tmp_path / "virtual").people == 2


@pytest.mark.parametrize("name", [domains.SPEC, domains.SOURCES])
@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_a_torn_domain_is_refused(tmp_path, name, damage):
    path = imported(tmp_path / "d") / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_text(path.read_text().replace("toy", "other").replace("MIT", "none"))
    with pytest.raises(IntegrityError, match="import it again"):
        datasets.domain(tmp_path / "d")


def test_a_domain_without_index_is_torn_and_another_folder_is_none(tmp_path):
    (imported(tmp_path / "d") / store.INDEX).unlink()
    with pytest.raises(IntegrityError, match="import it again"):
        datasets.domain(tmp_path / "d")
    with pytest.raises(DataRefused, match="no such folder") as refused:
        datasets.domain(tmp_path / "nothing")
    assert not isinstance(refused.value, IntegrityError)


def test_an_array_that_was_cut_is_refused(tmp_path):
    array = next(imported(tmp_path / "d").glob("*motion*.npy"))
    array.write_bytes(array.read_bytes()[:-8])
    with pytest.raises(IntegrityError, match="not the one that was stored"):
        datasets.domain(tmp_path / "d")


def test_laboratories_with_one_recording_twice_are_refused(tmp_path):
    for lab in ("lab0", "lab1"):
        store.write(tmp_path / "virtual" / lab, [make_walk()], "key")
    with pytest.raises(DataRefused, match="same id"):
        datasets.domain(tmp_path / "virtual")


def test_about_tells_what_was_counted(tmp_path):
    walk = make_walk()
    info = datasets.about(imported(tmp_path / "d", [walk, replace(walk, trial="second")]))
    assert (info.people, info.trials, info.licence, info.emg_rates) == (1, 2, "MIT", (1000.0,))
