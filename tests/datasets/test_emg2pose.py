"""emg2pose as a corpus: blocks with a solved hand, the published split, nothing invented, little in memory."""

from __future__ import annotations

import numpy as np
import pytest

from miniatures import emg2pose as miniature
from myoshift import anatomy, datasets
from myoshift.datasets.emg2pose import Emg2PoseCorpus
from myoshift.errors import DataRefused
from myoshift.testing import check_dataset

SMALL = {"users": 2, "sessions": 1, "stages": ("Fist making", "Free"), "sides": ("left",), "seconds": 3.0}


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_a_trial_per_recording_in_the_vocabulary(root):
    corpus = miniature.write(root, **SMALL)
    trials = list(Emg2PoseCorpus().trials(root))
    assert [trial.name for trial in trials] == sorted(str(row["filename"]) for row in corpus.rows)
    first = trials[0]
    assert (first.subject.id, first.task, first.session) == ("user00", "fist_making", corpus.rows[0]["session"])
    assert set(first.motion.names) <= set(anatomy.COORDINATES)
    assert first.sites["wrist16_01"] == "wrist16_01_l"
    assert {anatomy.split_side(name)[1] for name in first.motion.names} == {"l"}
    assert {"unit", "filtered", "published_split"} == {flag.code for flag in first.flags}
    assert [f.message for t in trials for f in t.flags if f.code == "published_split"] == [
        *("train", "test stage", "test user", "test user_stage"),
    ]


def test_envelopes_follow_what_was_planted(root):
    """Of the motion's own electrodes: those beside a source are strong, and follow the source."""
    miniature.write(root, **SMALL)
    (first, *_) = datasets.recordings(["emg2pose"], root)
    assert (first.rate, first.domain, first.kind) == (100.0, "emg2pose/healthy-fist_making", "emg_envelope")
    expected = miniature.activity(first.motion.astype(float))
    there = np.isfinite(first.activation).all(axis=1)
    r = [np.corrcoef(expected[there, k], first.activation[there, k])[0, 1] for k in (0, 2, 5, 8)]
    assert min(r) > 0.7


def test_where_no_hand_was_solved_nothing_is_learned_or_scored(root):
    miniature.write(root, **SMALL, unsolved=(1.2, 1.7))
    first, second, *_ = datasets.recordings(["emg2pose"], root)
    assert [r.trial[-2:] for r in (first, second)] == [".1", ".2"]
    assert (first.start, round(second.start, 6)) == (0.0, 1.7)
    for recording in (first, second):
        assert np.isfinite(recording.motion).all()
    assert first.seconds == pytest.approx(1.2, abs=0.011)
    assert np.isfinite(second.activation).all()
    assert any(flag.code == "ik_failure" and "16.7%" in flag.message for flag in first.flags)


def test_a_hand_that_was_solved_too_briefly_is_no_trial(root):
    miniature.write(root, **SMALL, unsolved=(0.9, 2.5))
    assert list(Emg2PoseCorpus().trials(root)) == []


def test_paths_are_the_table_and_its_files(root):
    miniature.write(root, **SMALL)
    found = [path.name for path in Emg2PoseCorpus().paths(root)]
    assert found[0] == "metadata.csv"
    assert len(found) == 5


def test_a_part_is_read_alone_and_kept_beside_the_whole(root):
    miniature.write(root, **{**SMALL, "sides": ("left", "right")})
    told = []
    some = datasets.recordings(["emg2pose"], root, hours=10 / 3600, progress=told.append)
    assert len(some) == len(told) == 4
    assert sum(r.seconds for r in some) == pytest.approx(12.0, abs=0.1)
    whole = datasets.recordings(["emg2pose"], root)
    assert len(whole) == 8
    assert {r.id for r in some} < {r.id for r in whole}
    datasets.recordings(["emg2pose"], root, hours=10 / 3600, progress=told.append)
    assert len(told) == 4


def test_it_keeps_the_contract_of_a_data_set(root):
    miniature.write(root, **SMALL)
    assert len(check_dataset("emg2pose", root)) == 4


def test_nothing_there_is_said_before_anything_is_looked_at(root):
    with pytest.raises(DataRefused, match=r"there is no recording of emg2pose here.*unpack"):
        datasets.recordings(["emg2pose"], root)
