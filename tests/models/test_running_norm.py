import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from myoshift.models.motion_norm import span
from myoshift.models.running_norm import RunningNorm, blank, histories

PLACES = st.one_of(st.floats(-10, 10, width=32), st.just(np.nan))


def layer(mode: str = "zscore", rate: float = 50.0) -> RunningNorm:
    norm = RunningNorm(2, mode, rate)
    norm.typical.copy_(torch.tensor([0.3, 0.1]))
    norm.usual.copy_(torch.tensor([0.2, -0.5]))
    return norm


@settings(deadline=None)
@given(motion=arrays(np.float32, (30, 2), elements=PLACES))
def test_every_frame_has_the_span_of_what_was_seen_and_of_the_prior(motion):
    norm = layer(rate=4.0)
    spans, _ = norm.follow(torch.tensor(motion)[None], blank(1, 2))
    for frame in (0, 3, 29):
        for c, (usual, typical) in enumerate([(0.2, 0.3), (-0.5, 0.1)]):
            seen = motion[: frame + 1, c].astype(float)
            seen = seen[np.isfinite(seen)]
            mean = (seen.sum() + 4 * usual) / (len(seen) + 4)
            variance = (len(seen) * (seen.var() if len(seen) else 0) + 4 * typical**2) / (len(seen) + 4)
            np.testing.assert_allclose(spans[0, frame, :, c], [mean, variance**0.5], rtol=1e-4, atol=1e-5)


@settings(deadline=None)
@given(motion=arrays(np.float32, (25, 2), elements=PLACES), cut=st.integers(0, 24))
def test_history_and_rest_give_what_the_whole_gives(motion, cut):
    norm, whole = layer(), torch.tensor(motion)[None]
    spans, end = norm.follow(whole, blank(1, 2))
    later, after = norm.follow(whole[:, cut:], norm.totals(histories(whole[0])[cut][None]))
    torch.testing.assert_close(later, spans[:, cut:], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(after, end, atol=1e-3, rtol=1e-4)


def test_in_the_end_it_is_the_span_of_the_recording():
    motion = torch.randn(1, 20_000, 2, generator=torch.Generator().manual_seed(0)) * 0.4 + 3
    spans, _ = layer().follow(motion, blank(1, 2))
    torch.testing.assert_close(spans[:, -1], span(motion), atol=0.02, rtol=0.02)


def test_the_first_frame_is_judged_by_what_is_usual():
    norm = layer()
    motion = torch.tensor([[[0.5, -0.5]]])
    spans, _ = norm.follow(motion, blank(1, 2))
    torch.testing.assert_close(
        norm(motion.unsqueeze(-2), spans).squeeze(), torch.tensor([0.3, 0.0]), atol=0.01, rtol=0
    )


def test_far_from_zero_no_digit_is_lost():
    motion = 1000 + 0.1 * torch.sin(torch.arange(5000.0) / 8)[None, :, None].expand(1, -1, 2)
    spans, _ = layer().follow(motion, blank(1, 2))
    torch.testing.assert_close(spans[0, -1, 1, 1], torch.tensor(0.1 / 2**0.5), atol=1e-3, rtol=0)


def test_what_is_usual_is_the_weighted_mean_over_recordings_that_have_the_coordinate():
    norm = RunningNorm(3, "zscore", 50.0)
    nan = torch.nan
    spans = torch.tensor([[[1.0, 2.0, nan], [1.0, 2.0, nan]], [[3.0, nan, nan], [3.0, nan, nan]]])
    norm.learn(spans, torch.tensor([0.75, 0.25]))
    torch.testing.assert_close(norm.usual, torch.tensor([1.5, 2.0, 0.0]))
    torch.testing.assert_close(norm.typical, torch.tensor([1.5, 2.0, nan]), equal_nan=True)


def test_an_absolute_channel_is_the_same_in_every_frame():
    norm = RunningNorm(2, "zscore", 50.0, (False, True))
    motion = torch.tensor([[0.1, 0.4], [0.3, 0.4], [-0.2, -0.8]])
    norm.learn(span(motion)[None], torch.ones(1))
    spans, _ = norm.follow(motion[None], blank(1, 2))
    seen = norm(motion[None].unsqueeze(-2), spans).squeeze(-2)[0, :, 1]
    torch.testing.assert_close(seen, motion[:, 1] / motion[:, 1].square().mean().sqrt())
