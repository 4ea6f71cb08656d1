"""Any target checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conftest import make_walk
from datasets.test_inspection import WAVE, write
from myoshift import store
from myoshift.datasets.checking import check_target
from myoshift.errors import DataRefused, IntegrityError
from myoshift.types import Flag


def test_a_file_a_folder_a_domain_and_a_data_set(tmp_path):
    path = write(tmp_path / "raw" / "a.mot", {"hip_flexion_r": WAVE}) if (tmp_path / "raw").mkdir() is None else None
    store.write(tmp_path / "domain", [make_walk()], "key")
    assert [each.rule for each in check_target(str(path)).judgements] == ["read"]
    assert [each.where for each in check_target(str(tmp_path / "raw")).judgements] == ["a.mot"]
    rules = {each.rule for each in check_target(str(tmp_path / "domain")).judgements}
    assert {"units", "sync", "sign", "drift"} <= rules
    assert len(check_target("toy").trials) == 24


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataRefused, match="nothing to check"):
        check_target(str(tmp_path / "nowhere"))


def test_a_torn_domain_is_refused(tmp_path):
    store.write(tmp_path / "domain", [make_walk()], "key")
    (tmp_path / "domain" / "index.json").write_text("{")
    with pytest.raises(IntegrityError):
        check_target(str(tmp_path / "domain"))


def test_pages(tmp_path):
    write(tmp_path / "a.mot", {"hip_flexion_r": WAVE})
    (tmp_path / "b.sto").write_bytes(b"")
    page = check_target(str(tmp_path)).write(tmp_path / "page.html").read_text()
    assert "hip_flexion_r" in page
    assert "<b>read</b> refused: the file is empty" in page
    assert "1 refused, 1 pass" in page
    assert "empty (0 bytes)" in page


def test_what_the_import_doubted_is_repeated(tmp_path):
    doubts = (Flag("emg_masked", "flat", "EMG1"), Flag("emg_masked", "noise", "EMG2"), Flag("dropped", "a", "b"))
    store.write(tmp_path / "domain", [replace(make_walk(), session="2", flags=doubts)], "key")
    judged = check_target(str(tmp_path / "domain")).judgements
    assert [(j.where, j.why) for j in judged if j.rule == "emg_masked"] == [
        ("s1/2/walk-0", "EMG1: flat; EMG2: noise")
    ]
    assert "dropped" not in {j.rule for j in judged}
