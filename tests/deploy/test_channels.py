"""What the channels of a stream are."""

import numpy as np
import pytest

from myoshift.deploy.channels import LOOK, Watch, channels
from myoshift.errors import DataRefused, UnknownNameError

LABELS = ("hip_flexion_r", "knee_angle_r", "ankle_angle_r")


def test_coordinates_become_radians_with_our_signs():
    found = channels(
        ("EMG1", "hip_flexion_r", "knee_angle_r", "pelvis_tx"),
        ("uV", "degrees", "deg", "mm"),
        "a stream",
        convention="gait2392",
    )
    assert found.names == ("hip_flexion_r", "knee_angle_r", "pelvis_tx")
    np.testing.assert_allclose(found([5.0, 90.0, -45.0, 1000.0]), [np.pi / 2, np.pi / 4, 1.0])
    assert [flag.message for flag in found.notes] == ["no coordinates, left out: EMG1"]


def test_a_sample_of_another_size_is_handed_on_to_be_counted():
    found = channels(LABELS, ("rad",) * 3, "a stream")
    assert [found(np.ones(size)).shape for size in (0, 2, 3, 4)] == [(1, 0), (1, 2), (3,), (1, 4)]


def test_a_stated_unit_rules_over_the_description():
    found = channels(LABELS, ("rad", "rad", ""), "a stream", angle_unit="deg")
    np.testing.assert_allclose(found(np.full(3, 180.0)), np.pi)
    assert [flag.message for flag in found.notes] == ["described in rad, read as deg as you say"]
    assert not channels(LABELS, ("Degrees",) * 3, "a stream", angle_unit="deg").notes


@pytest.mark.parametrize(
    ("labels", "units", "message"),
    [
        (LABELS, ("",) * 3, "no unit.*states none.*--angle-unit deg"),
        (LABELS, ("uV",) * 3, "no unit.*says 'uV'"),
        (("", ""), ("", ""), "no channel of the stream is named.*labels: none.*channels/channel/label"),
        (("EMG1", "EMG2"), ("V", "V"), "no channel.*EMG1, EMG2"),
        ((*LABELS, "/jointset/hip_r/hip_flexion_r/value"), ("rad",) * 4, "two channels are .*'hip_flexion_r'"),
    ],
)
def test_what_is_refused(labels, units, message):
    with pytest.raises(DataRefused, match=message):
        channels(labels, units, "a stream")


def test_an_unknown_convention_is_refused():
    with pytest.raises(UnknownNameError, match="rajagopall"):
        channels(LABELS, ("rad",) * 3, "a stream", convention="rajagopall")


def test_degrees_declared_radians_and_turned_signs_are_refused():
    motion = np.radians([[10.0, 60.0, 5.0], [12.0, 65.0, np.nan]])
    found = channels(LABELS, ("rad",) * 3, "a stream")
    found.refuse_implausible(motion)
    with pytest.raises(DataRefused, match=r"hip_flexion_r turns by more.*12\.0 where rad.*--angle-unit deg"):
        found.refuse_implausible(np.degrees(motion))
    with pytest.raises(DataRefused, match=r"knee_angle_r fits.*only with its sign turned"):
        found.refuse_implausible(motion * [1, -1, 1])


def test_coordinates_that_never_came_are_not_judged():
    found = channels(LABELS, ("rad",) * 3, "a stream")
    found.refuse_implausible(np.full((5, 3), np.nan))


def test_a_watch_says_each_thing_once():
    watch = Watch(channels(LABELS, ("rad",) * 3, "a stream"))
    said = [flag for t in range(10) for flag in watch(t, np.array([0.1, 20.0 + t, np.nan]))]
    assert [flag.code for flag in said] == ["implausible"]
    assert list(watch(11.0, np.ones(2))) == []


def test_a_watch_wonders_about_degrees_that_hardly_move():
    still, moving = (Watch(channels(LABELS, ("deg",) * 3, "a stream")) for _ in range(2))
    times = np.arange(0, 3 * LOOK, 0.1)
    said = [f for t in times for f in still(t, np.radians([0.6 * np.sin(t), 0.3, 0.1]))]
    assert [f.message for f in said] == [f"no joint moved by more than 1.20 deg in {LOOK:g} s: rad?"]
    assert not [f for t in times for f in moving(t, np.radians([20 * np.sin(t), 0.3, 0.1]))]
