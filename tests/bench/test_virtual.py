"""Virtual laboratories can be held out as real ones are."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import datasets
from myoshift.bench import virtual


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYOSHIFT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield datasets.recordings(["virtual"])


def test_the_info_holds(recordings):
    info = virtual.Virtual.info
    assert len(recordings) == info.trials
    assert len({r.person for r in recordings}) == info.people
    assert {r.task for r in recordings} == set(info.tasks)
    assert {r.institution for r in recordings} == {f"virtual-{i}" for i in range(virtual.LABS)}


def test_recordings_count_as_measured_and_say_what_they_are(recordings):
    assert {r.kind for r in recordings} == {"emg_envelope"}
    for recording in recordings:
        assert "synthetic" in {flag.code for flag in recording.flags}
        assert np.isfinite(recording.activation).mean() > 0.8


def test_walking_looks_like_walking(recordings):
    """Calf muscles work in late stance, dorsiflexors around foot strike, whoever walks."""
    for recording in recordings:
        strikes = [event.time for event in recording.events if event.side == "r"]
        assert len(strikes) >= 5
        phase = (
            np.interp(np.arange(len(recording.motion)) / 100, strikes, np.arange(len(strikes)), np.nan, np.nan) % 1
        )
        soleus = recording.activation[:, recording.activation_names.index("soleus_r")]
        late, swing = (phase > 0.25) & (phase < 0.5), (phase > 0.65) & (phase < 0.9)
        assert np.nanmean(soleus[late]) > 2 * np.nanmean(soleus[swing])
