"""Facts are held against the data: what holds says so, what does not says so too."""

from __future__ import annotations

import importlib
import shutil
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoshift import datasets
from myoshift.datasets import base, measures
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact, around, phase
from myoshift.errors import DataRefused

checking = importlib.import_module("myoshift.datasets.check")
REAL = (
    "mcgill-biomechzoo",
    "ceinmsrt-lowerlimb",
    "stanford-matlabso",
    "kul-3dpredictsim",
    "opensim-core-moco",
    "uci-lowerlimb",
    "missouri-oa-stepdown",
    "dymnz-wrist",
    "emg2pose-omen",
    "ceinmsrt-back",
    "kul-predictcpgait",
    "opensim-so-reference",
)


@pytest.mark.parametrize("name", REAL)
def test_every_fact_about_the_recordings_holds(name, data_root):
    findings = datasets.check(name, data_root)
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) > (10 if datasets.load(name).info.fixture else 40)


def test_every_fact_about_toy_holds(tmp_path):
    assert all(finding.ok for finding in datasets.check("toy", tmp_path))


def held(expected, found) -> bool:
    fact = Fact("a fact", lambda evidence: found, expected)
    return checking._held(fact, Evidence(datasets.load("toy"), None)).ok


def test_a_fact_that_does_not_hold_is_told():
    assert held(3, 3)
    assert not held(3, 4)
    assert held(32.1, 32.099998)
    assert not held(32.1, 32.2)
    assert held("2/2; 4/3", "2/2; 4/3")
    assert not held("2/2; 4/3", "2/2; 3/4")
    assert held(around(0.5, 0.1), 0.59)
    assert not held(around(0.5, 0.1), 0.61)
    assert not held(around(0.5, 0.1), float("nan"))
    assert not held(3, float("nan"))
    assert not held(around(0.5, 0.1), "words")


@given(at=st.floats(0, 1))
def test_a_phase_wraps(at):
    late = phase(0.95, 1.0)
    assert late.holds(at) == (at >= 0.925 or at <= 0.025)
    assert late.holds(at) == late.holds(at + 1) or at in (0.0, 1.0)


def test_a_plain_range_does_not_wrap():
    assert not Between(0.95, 1.05).holds(0.0)


def test_each_piece_of_info_is_a_fact(monkeypatch):
    toy = datasets.load("toy")
    wrong = replace(toy.info, people=13, trials=25, tasks=("walk",), motion_rates=(50.0,), emg_rates=(50.0,))
    monkeypatch.setattr(type(toy), "info", wrong)
    failed = {finding.fact for finding in datasets.check("toy") if not finding.ok}
    assert failed == {"people", "trials", "tasks", "motion rates, Hz", "EMG rates, Hz"}


def test_a_set_without_stated_facts_is_checked_by_its_info():
    class Plain:
        pass

    Plain.__module__ = "somewhere.else_"
    assert checking.facts(Plain()) == ()


def test_an_altered_file_is_a_finding(data_root, tmp_path):
    name = "stanford-matlabso"
    for file in base.files(name):
        target = tmp_path / name / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(data_root / name / file.path, target)
    emg = tmp_path / name / "TestData/EMG_allMuscles.sto"
    emg.chmod(0o644)
    emg.write_text(emg.read_text().replace("0.271563", "0.371563"))
    failed = [finding.fact for finding in datasets.check(name, tmp_path) if not finding.ok]
    assert "files with the sha256 of the manifest" in failed
    assert "sha256 of TestData/EMG_allMuscles.sto" in failed


def test_missing_files_are_refused(tmp_path):
    with pytest.raises(DataRefused, match="datasets get mcgill-biomechzoo"):
        datasets.check("mcgill-biomechzoo", tmp_path)


def test_measures_see_a_shifted_recording(data_root):
    """The alignment checks can fail: EMG of the other leg, half a stride late, does not pass as this leg's."""
    evidence = Evidence(datasets.load("opensim-core-moco"), data_root)
    folder = "Bindings/Java/Matlab/examples/Moco/exampleEMGTracking/emg.sto"
    right = (folder, "soleus")
    emg = "OpenSim/Examples/Moco/example3DWalking/electromyography.sto"
    assert measures.correlation(right, (emg, "soleus"))(evidence) < 0.2
    assert measures.lag(right, (emg, "soleus"), 0.7)(evidence) == pytest.approx(0.58, abs=0.01)
    left_strike, stride, right_strike = 0.836, 1.1445, 1.4115
    as_left = measures.peak_between(folder, "soleus", left_strike, left_strike + stride)(evidence)
    as_right = as_left + (left_strike - right_strike) / stride
    assert phase(0.51, 0.51).holds(as_left)
    assert not phase(0.51, 0.51).holds(as_right)
