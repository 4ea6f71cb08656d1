import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from myoshift.models.motion_norm import QUIET, MotionNorm, span


def wave(frames: int = 80) -> Tensor:
    """Motion (T, 2) with SDs near 0.28 and 0.07."""
    time = torch.arange(frames) / 20
    return torch.stack([0.4 * torch.sin(time), 0.1 * torch.cos(2 * time) + 0.3], dim=-1)


def layer(mode: str = "zscore") -> MotionNorm:
    norm = MotionNorm(2, mode)
    norm.learn(span(wave()).unsqueeze(0), torch.ones(1))
    return norm


def test_span_is_mean_and_sd_over_time():
    motion = wave()
    mean, sd = span(motion)
    torch.testing.assert_close(mean, motion.mean(0))
    torch.testing.assert_close(sd, motion.std(0, correction=0))


def test_span_leaves_gaps_out_and_is_nan_without_a_sample():
    motion = wave()
    motion[:40, 0] = torch.nan
    motion[:, 1] = torch.nan
    found = span(motion)
    torch.testing.assert_close(found[:, 0], span(wave()[40:])[:, 0])
    assert found[:, 1].isnan().all()


@given(gain=st.floats(0.2, 20), offset=st.floats(-3, 3))
def test_zscore_is_blind_to_gain_and_offset(gain, offset):
    norm, motion = layer(), wave()
    moved = gain * motion + offset
    torch.testing.assert_close(norm(moved, span(moved)), norm(motion, span(motion)), atol=1e-3, rtol=1e-3)


@given(offset=st.floats(-3, 3), gain=st.floats(0.2, 20))
def test_centre_is_blind_to_offset_and_keeps_gain(offset, gain):
    norm, motion = layer("centre"), wave()
    moved = gain * motion + offset
    torch.testing.assert_close(norm(moved, span(moved)), gain * norm(motion, span(motion)), atol=1e-4, rtol=1e-4)


def test_zscore_gives_the_typical_size():
    norm, motion = layer(), 3 * wave()
    torch.testing.assert_close(norm(motion, span(motion)).std(0, correction=0), norm.typical)


def test_typical_is_the_weighted_mean_over_recordings_that_have_the_coordinate():
    norm = MotionNorm(2)
    spans = torch.tensor([[[0.0, 0.0], [1.0, 2.0]], [[0.0, 0.0], [3.0, torch.nan]]])
    norm.learn(spans, torch.tensor([0.75, 0.25]))
    torch.testing.assert_close(norm.typical, torch.tensor([1.5, 2.0]))


@pytest.mark.parametrize("mode", ["zscore", "centre"])
def test_a_coordinate_that_nobody_measured_or_moved_counts_as_missing(mode):
    norm, motion = MotionNorm(4, mode), torch.cat([wave(), wave()], dim=-1)
    norm.learn(torch.tensor([[[0.0] * 4, [0.0, torch.nan, 0.28, 0.07]]]), torch.ones(1))
    missing = norm(motion, span(motion)).isnan()
    assert missing[:, :2].all()
    assert not missing[:, 2:].any()


def test_noise_of_a_still_coordinate_is_not_blown_up():
    norm, motion = layer(), 1e-4 * wave()
    assert norm(motion, span(motion)).abs().max() < 2e-4 / QUIET


@pytest.mark.parametrize("mode", ["zscore", "centre"])
def test_invert_undoes_forward(mode):
    norm, motion = layer(mode), 2 * wave() + 1
    torch.testing.assert_close(norm.invert(norm(motion, span(motion)), span(motion)), motion)


def test_statistics_are_those_of_the_recording_not_of_the_window():
    norm, motion = layer(), wave()
    whole = norm(motion, span(motion))
    torch.testing.assert_close(norm(motion[10:30], span(motion)), whole[10:30])


@pytest.mark.parametrize("mode", ["zscore", "centre"])
def test_an_absolute_channel_keeps_its_sign_and_its_size(mode):
    norm, motion = MotionNorm(2, mode, (False, True)), wave()
    spans = torch.stack([span(motion), span(3 * motion)])
    norm.learn(spans, torch.tensor([0.75, 0.25]))
    size = motion[:, 1].square().mean().sqrt()
    torch.testing.assert_close(norm.typical[1], 1.5 * size)
    for gain in (-2.0, 0.0, 1.0):
        moved = gain * motion + 0.4
        torch.testing.assert_close(norm(moved, span(moved))[:, 1], moved[:, 1] / (1.5 * size))
        torch.testing.assert_close(norm.invert(norm(moved, span(moved)), span(moved)), moved)
    alone = MotionNorm(2, mode)
    alone.learn(spans, torch.tensor([0.75, 0.25]))
    assert torch.equal(norm(motion, span(motion))[:, 0], alone(motion, span(motion))[:, 0])


def test_an_absolute_channel_that_nobody_has_counts_as_missing():
    norm, motion = MotionNorm(2, absolute=(False, True)), wave()
    norm.learn(torch.tensor([[[0.0, torch.nan], [0.3, torch.nan]]]), torch.ones(1))
    assert norm(motion, span(motion))[:, 1].isnan().all()


def test_what_is_absolute_is_no_part_of_what_is_saved():
    assert MotionNorm(2, absolute=(False, True)).state_dict().keys() == MotionNorm(2).state_dict().keys()
