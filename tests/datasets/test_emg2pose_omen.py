"""The emg2pose fixture: read, flagged, and refused as a recording without stopping `prepare --all`."""

from __future__ import annotations

import pytest

from myoshift import anatomy, datasets
from myoshift.errors import DataRefused


@pytest.fixture
def trial(data_root):
    (found,) = datasets.load("emg2pose-omen").trials(data_root)
    return found


def test_names_and_doubts(trial):
    assert len(trial.motion.names) == 20
    assert set(trial.motion.names) <= set(anatomy.COORDINATES)
    assert trial.sites["wrist16_01"] == "wrist16_01_r"
    assert {"stamps", "side_conflict", "unit", "out_of_range"} == {flag.code for flag in trial.flags}


def test_it_is_too_short_for_a_recording_and_says_so(trial):
    assert datasets.load("emg2pose-omen").info.fixture
    with pytest.raises(DataRefused, match=r"too short.*0\.0495 s"):
        datasets.prepare(trial)
