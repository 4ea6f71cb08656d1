from __future__ import annotations

import pytest

from myoshift.datasets.humanml3d import Clip, decimated, doubt, groups, read_clips
from myoshift.errors import DataFormatError, DataRefused

INDEX = """source_path,start_frame,end_frame,new_name
./pose_data/KIT/3/kick_high_left02_poses.npy,0,117,000000.npy
./pose_data/Eyes_Japan_Dataset/aita/walk-01-normal-aita_poses.npy,20,160,000001.npy
./pose_data/humanact12/humanact12/P11G01R02F1812T1847A0402.npy,0,-1,000002.npy
"""


@pytest.fixture
def index(tmp_path):
    path = tmp_path / "index.csv"
    path.write_text(INDEX)
    return path


def test_rows_of_amass(index):
    assert read_clips(index) == (
        Clip("KIT", "3", "kick_high_left02_poses", 0, 117, "000000"),
        Clip("Eyes_Japan_Dataset", "aita", "walk-01-normal-aita_poses", 20, 160, "000001"),
    )


@pytest.mark.parametrize(
    ("subset", "rate", "seconds"),
    [
        ("KIT", 100.0, 0.5),
        ("Eyes_Japan_Dataset", 120.0, 3.5),
        ("TotalCapture", 60.0, 1.5),
        ("KIT", 250.0, 10 / (250 / 12)),
        ("KIT", 59.0, 10 / 29.5),
        ("Transitions_mocap", 150.0, 20 / (150 / 7)),
    ],
)
def test_the_head_and_the_true_rate_count(subset, rate, seconds):
    assert Clip(subset, "s", "q", 4, 40, "1").seconds(6, rate) == pytest.approx(seconds)


def test_a_clip_without_a_known_head_is_not_paired():
    with pytest.raises(DataRefused, match=r"head cut of 'ACCAD' is not known"):
        Clip("ACCAD", "s", "q", 0, 40, "1").seconds(0, 120.0)


def test_rates_that_are_not_20():
    assert not doubt(60.0)
    assert not doubt(100.0)
    assert "20.833 Hz" in doubt(250.0)[0].message
    assert decimated(150.0) == pytest.approx(21.4286, abs=1e-4)


def test_bad_39_copies_and_overlapping_clips_stay_together():
    def clip(start, stop, name, sequence="a"):
        return Clip("KIT", "3", sequence, start, stop, name)

    clips = [clip(0, 50, "1"), clip(100, 150, "4"), clip(40, 90, "2"), clip(80, 100, "3"), clip(0, 50, "5", "b")]
    found = groups(clips)
    assert {found[name] for name in ("1", "M1", "2", "M2", "3", "M3")} == {"1"}
    assert found["4"] == found["M4"] == "4"
    assert found["5"] == found["M5"] == "5"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\n1,2\n", "no index of HumanML3D"),
        (INDEX.replace("117", "last"), r"line 2.*'last'"),
        (INDEX.replace("./pose_data/KIT/3/", ""), r"line 2.*cannot be read"),
    ],
)
def test_what_is_no_index(index, text, why):
    index.write_text(text)
    with pytest.raises(DataFormatError, match=why):
        read_clips(index)
