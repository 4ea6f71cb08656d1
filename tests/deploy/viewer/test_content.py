"""Files that belong together, and those that do not."""

from __future__ import annotations

import numpy as np
import pytest

from deploy.viewer.desk import START, write, write_activation, write_desk, write_emg
from myoshift.deploy.pairs import Stated
from myoshift.deploy.viewer import content
from myoshift.errors import DataRefused

ENVELOPE = Stated(emg_kind="envelope")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return write_desk(tmp_path_factory.mktemp("desk"))


def test_all_files_of_a_recording(desk):
    found = content.read(
        desk / "activation.sto",
        motion=desk / "walk.mot",
        emg=desk / "emg.sto",
        compare=desk / "other.sto",
        stated=ENVELOPE,
    )
    assert [track.name for track in found.tracks] == ["activation.sto", "other.sto"]
    assert found.emg.names == ("soleus_r", "gastrocnemius_medialis_r")
    assert found.emg.units == ("", "")
    assert found.playback.start == pytest.approx(START)
    assert found.playback.stop == pytest.approx(START + 11.98)
    assert found.playback.step == pytest.approx(0.02)
    assert found.title == "activation: activation.sto; beside it: other.sto; motion: walk.mot; EMG: emg.sto"


def test_without_a_motion_time_is_that_of_the_activation(desk):
    found = content.read(desk / "activation.sto", stated=Stated())
    assert len(found.scene.time) == 1
    assert (found.playback.start, found.playback.stop) == pytest.approx((START, START + 11.98))


def test_a_file_of_the_same_name_is_told_apart(desk, tmp_path):
    again = write_activation(tmp_path / "activation.sto")
    found = content.read(desk / "activation.sto", compare=again, stated=Stated())
    assert found.tracks[1].name == f"{tmp_path.name}/activation.sto"


@pytest.mark.parametrize("what", ["motion", "compare", "emg"])
def test_another_time_is_refused_with_both_spans(what, desk, tmp_path):
    late = write_activation(tmp_path / "late.sto", start=500.0)
    other = {
        "motion": lambda: desk / "walk.mot",
        "compare": lambda: desk / "activation.sto",
        "emg": lambda: write_emg(tmp_path / "emg.sto"),
    }[what]()
    with pytest.raises(DataRefused, match="shares no time with late") as refused:
        content.read(late, **{what: other}, stated=ENVELOPE)
    assert "500..511.98 s" in str(refused.value)
    assert "2..1" in str(refused.value)


def test_no_known_muscle_is_refused(desk, tmp_path):
    unknown = write(tmp_path / "x.sto", {"wing_r": np.zeros(100)}, np.arange(100) / 50)
    with pytest.raises(DataRefused, match="no column is a muscle or a site"):
        content.read(unknown, stated=Stated())
    with pytest.raises(DataRefused, match="no column is EMG of a known site"):
        content.read(desk / "activation.sto", emg=unknown, stated=ENVELOPE)


def test_emg_is_not_guessed_to_be_raw(desk):
    with pytest.raises(DataRefused, match="not stated whether the EMG is raw"):
        content.read(desk / "activation.sto", emg=desk / "emg.sto", stated=Stated())
