"""AMASS files: both releases, the rule for the rate, and everything that is refused or flagged."""

from __future__ import annotations

import numpy as np
import pytest

from miniatures.amass import posed, walking, write
from myoshift import formats
from myoshift.errors import DataFormatError

RATE = 120.0
POSE = posed(walking(1.0, RATE))


def read(folder, options=None, **changes):
    return formats.read_amass(write(folder / "a_poses.npz", POSE, **changes), **(options or {}))


def codes(found):
    return {flag.code for flag in found.flags}


@pytest.mark.parametrize("release", ["smplh", "smplx"])
def test_both_releases_hold_the_same_motion(tmp_path, release):
    found = read(tmp_path, release=release)
    np.testing.assert_allclose(found.rotations, POSE)
    assert found.translation.shape == (120, 3)
    assert (found.rate, found.gender, found.duration) == (RATE, "male", 1.0)
    assert found.betas.shape == (16,)
    assert not found.flags


def test_smplx_without_the_joined_poses(tmp_path):
    np.testing.assert_allclose(read(tmp_path, release="smplx", poses=None).rotations, POSE)


def test_the_marker_names_of_smplx_are_never_opened(tmp_path):
    path = write(tmp_path / "a.npz", POSE, release="smplx")
    with pytest.raises(DataFormatError, match="object array"):
        formats.read_npz(path)
    assert formats.read_amass(path).rate == RATE


@pytest.mark.parametrize("name", ["poses", "trans", "gender", "mocap_framerate"])
def test_an_object_array_that_is_needed_is_refused(tmp_path, name):
    with pytest.raises(DataFormatError, match="object array") as caught:
        read(tmp_path, **{name: np.array([{"a": 1}], dtype=object)})
    assert name in caught.value.where
    assert "numpy.savez" in caught.value.mend


@pytest.mark.parametrize(
    "written",
    [np.array("female"), np.array(b"female"), np.array(["female"]), np.array("b'female'"), np.array(" Female ")],
)
def test_gender_however_it_is_written(tmp_path, written):
    assert read(tmp_path, gender=written).gender == "female"


@pytest.mark.parametrize("written", [None, np.array("unknown"), np.array(["a", "b"]), np.array(1.0)])
def test_no_gender_is_flagged(tmp_path, written):
    found = read(tmp_path, gender=written)
    assert (found.gender, codes(found)) == ("", {"gender"})


class TestRate:
    def test_two_rates_are_refused_with_both(self, tmp_path):
        with pytest.raises(DataFormatError, match="conflict") as caught:
            read(tmp_path, mocap_frame_rate=np.array(60.0))
        for token in ("mocap_framerate = 120 Hz", "mocap_frame_rate = 60 Hz", "no duration was given"):
            assert token in caught.value.why
        assert "mocap_framerate" in caught.value.where
        assert "mocap_frame_rate" in caught.value.where

    def test_two_equal_rates_are_one(self, tmp_path):
        assert not read(tmp_path, mocap_frame_rate=np.array(RATE)).flags

    @pytest.mark.parametrize(("duration", "rate"), [(1.0, 120), (1.016, 120), (2.0, 60), (1.97, 60)])
    def test_the_duration_decides(self, tmp_path, duration, rate):
        found = read(tmp_path, {"duration": duration}, mocap_frame_rate=np.array(60.0))
        assert (found.rate, codes(found)) == (rate, {"rate_conflict"})

    def test_a_duration_that_suits_neither(self, tmp_path):
        with pytest.raises(DataFormatError, match="conflict") as caught:
            read(tmp_path, {"duration": 1.2}, mocap_frame_rate=np.array(60.0))
        for token in ("mocap_framerate = 120", "mocap_frame_rate = 60", "1.2 s", "100.00 Hz", "2.000 s at 60 Hz"):
            assert token in caught.value.why

    def test_one_rate_that_the_duration_contradicts(self, tmp_path):
        with pytest.raises(DataFormatError, match="contradicts the duration"):
            read(tmp_path, {"duration": 2.0})

    def test_a_given_rate_wins_and_says_so(self, tmp_path):
        found = read(tmp_path, {"rate": 60.0})
        assert (found.rate, codes(found)) == (60, {"rate_conflict"})
        assert read(tmp_path, {"rate": 120.0}).flags == ()
        with pytest.raises(DataFormatError, match="contradicts the duration"):
            read(tmp_path, {"rate": 60.0, "duration": 1.0})

    @pytest.mark.parametrize("written", [None, np.array(0.0), np.array(-60), np.array(np.nan), np.array("fast")])
    def test_no_rate_is_refused_unless_given(self, tmp_path, written):
        with pytest.raises(DataFormatError, match="no usable frame rate") as caught:
            read(tmp_path, mocap_framerate=written)
        assert "rate" in caught.value.mend
        assert read(tmp_path, {"rate": RATE}, mocap_framerate=written).rate == RATE

    @pytest.mark.parametrize("given", [0.0, -1.0, float("nan"), float("inf")])
    def test_a_given_rate_must_be_one(self, tmp_path, given):
        with pytest.raises(DataFormatError, match="no usable frame rate"):
            read(tmp_path, {"rate": given})

    def test_an_unusual_rate_is_flagged(self, tmp_path):
        assert codes(read(tmp_path, mocap_framerate=np.array(72.0))) == {"unusual_rate"}
        assert not read(tmp_path, mocap_framerate=np.array(59.97)).flags


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"trans": None}, "no motion"),
        ({"poses": None}, "no poses"),
        ({"trans": np.zeros((119, 3))}, "differ in length"),
        ({"trans": np.zeros((120, 2))}, "another shape"),
        ({"poses": np.zeros((120, 75))}, "another body model"),
        ({"poses": np.zeros(156)}, "another shape"),
        ({"poses": np.full((120, 156), "x")}, "another shape or kind"),
        ({"poses": np.zeros((0, 156)), "trans": np.zeros((0, 3))}, "no frames"),
        ({"betas": np.zeros((2, 8))}, "another shape"),
        ({"release": "smplx", "poses": None, "root_orient": np.zeros((3, 3))}, "root and body differ"),
        ({"release": "smplx", "root_orient": np.zeros((120, 3))}, "contradict"),
    ],
)
def test_what_is_no_sequence_is_refused(tmp_path, changes, words):
    with pytest.raises(DataFormatError, match=words) as caught:
        read(tmp_path, **changes)
    assert caught.value.where.startswith(str(tmp_path))
    assert caught.value.mend


def test_the_shape_of_a_person_is_no_motion(tmp_path):
    path = tmp_path / "shape.npz"
    np.savez(path, betas=np.zeros(16), gender="male")
    with pytest.raises(DataFormatError, match="no motion") as caught:
        formats.read_amass(path)
    assert "betas, gender" in caught.value.why


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_missing_numbers_are_refused_with_their_place(tmp_path, bad):
    broken = POSE.copy()
    broken[5, 4, 1] = bad
    with pytest.raises(DataFormatError, match="not finite") as caught:
        formats.read_amass(write(tmp_path / "a.npz", broken))
    assert "frame 5, joint 4" in caught.value.where
    way = np.zeros((120, 3))
    way[9] = bad
    with pytest.raises(DataFormatError, match="frame 9, translation"):
        read(tmp_path, translation=way)


def test_a_world_with_another_axis_up_is_flagged(tmp_path):
    turned = posed(walking(1.0, RATE), up="y")
    assert codes(formats.read_amass(write(tmp_path / "a.npz", turned))) == {"y_up"}


def test_somebody_upside_down_and_degrees_are_flagged(tmp_path):
    over = POSE.copy()
    over[:, 0] = [-np.pi / 2, 0, 0]
    assert codes(formats.read_amass(write(tmp_path / "a.npz", over))) == {"upside_down"}
    assert "unit" in codes(formats.read_amass(write(tmp_path / "b.npz", np.degrees(POSE))))


def test_damage_is_refused(tmp_path):
    path = write(tmp_path / "a.npz", POSE)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(DataFormatError):
        formats.read_amass(path)
