from dataclasses import replace

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift.predictor import Problem
from myoshift.training.pool import Pool

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)


def ramp(recording):
    """The recording with motion and activation that both count frames."""
    count = np.arange(len(recording.motion), dtype=np.float32)[:, None]
    return replace(
        recording,
        motion=np.repeat(count, recording.motion.shape[1], axis=1),
        activation=np.repeat(count, recording.activation.shape[1], axis=1),
    )


def pool(*recordings) -> Pool:
    return Pool(PROBLEM.legs(recordings))


def test_institutions_are_drawn_alike_however_much_they_recorded():
    small = [make_walk(institution="small", seconds=3)]
    large = [make_walk(institution="large", subject=f"s{i}", seconds=20, seed=i) for i in range(6)]
    drawn = pool(*small, *large).draw(np.random.default_rng(0), 4000, 10)
    shares = torch.bincount(drawn.institution) / 4000
    torch.testing.assert_close(shares, torch.tensor([0.5, 0.5]), atol=0.03, rtol=0)
    people = torch.bincount(drawn.person) / 4000
    torch.testing.assert_close(people, torch.tensor([1 / 12] * 6 + [1 / 2]), atol=0.03, rtol=0)


@pytest.mark.parametrize("speed", [0.0, 0.2])
def test_motion_and_activation_keep_together_at_every_pace(walk, speed):
    drawn = pool(ramp(walk)).draw(np.random.default_rng(0), 200, 100, speed)
    torch.testing.assert_close(drawn.motion[..., 0], drawn.activation[..., 0], atol=1e-3, rtol=0)
    pace = torch.diff(drawn.motion[..., 0], dim=1)
    torch.testing.assert_close(pace, pace[:, :1].expand_as(pace), atol=1e-3, rtol=0)
    assert pace.min() >= 1 - speed - 1e-3
    assert pace.max() <= 1 + speed + 1e-3
    assert (pace.max() - pace.min() > 0.3) == (speed > 0)


def test_windows_reach_both_ends_and_nothing_beyond(walk):
    drawn = pool(ramp(walk)).draw(np.random.default_rng(0), 3000, 100)
    assert drawn.motion.isfinite().all()
    assert drawn.motion[:, 0].min() == 0
    assert drawn.motion[:, -1].max() == len(walk.motion) - 1


def test_a_recording_shorter_than_the_window_is_followed_by_nothing():
    short = make_walk(seconds=1.2)
    drawn = pool(short).draw(np.random.default_rng(0), 8, 100)
    assert drawn.motion[:, :60].isfinite().all()
    assert drawn.activation[:, 60:].isnan().all()
    assert drawn.motion[:, 60:].isnan().all()


def test_no_window_mixes_two_recordings():
    low, high = ramp(make_walk(seconds=3)), ramp(make_walk(subject="s2", seconds=3, seed=1))
    high = replace(high, motion=high.motion + 1000)
    first = pool(low, high).draw(np.random.default_rng(0), 500, 60, 0.2).motion[..., 0]
    assert ((first < 500).all(dim=1) | (first > 500).all(dim=1)).all()


def test_missing_samples_stay_missing_and_alone(walk):
    activation = walk.activation.copy()
    activation[100:110] = np.nan
    drawn = pool(replace(walk, activation=activation)).draw(np.random.default_rng(0), 1, 600)
    assert torch.nonzero(drawn.activation[0, :, 0].isnan()).flatten().tolist() == list(range(100, 110))


def test_span_is_that_of_the_whole_recording(walk):
    drawn = pool(walk).draw(np.random.default_rng(0), 50, 10)
    legs = PROBLEM.legs([walk])
    for window in range(50):
        whole = legs[int(drawn.leg[window])].motion
        torch.testing.assert_close(drawn.span[window, 0], torch.tensor(whole.mean(axis=0)))
        torch.testing.assert_close(drawn.span[window, 1], torch.tensor(whole.std(axis=0)))


def test_history_is_what_the_recording_was_before_the_window(walk):
    motion = walk.motion.copy()
    motion[:40, 0], motion[::3, 1] = np.nan, np.nan
    recording = replace(walk, motion=motion)
    drawn = pool(recording, make_walk(subject="s2", seed=1)).draw(np.random.default_rng(0), 60, 10)
    legs = PROBLEM.legs([recording])
    checked = 0
    for window in torch.nonzero(drawn.leg < 2).flatten().tolist():
        whole = torch.tensor(legs[int(drawn.leg[window])].motion)
        (start,) = torch.nonzero((whole == drawn.motion[window, 0]).sum(dim=1) >= 2).flatten().tolist() or [None]
        if start:
            before = whole[:start, 2]
            expected = torch.stack([torch.tensor(float(start)), before.mean(), before.std(correction=0)])
            torch.testing.assert_close(drawn.history[window, :, 2], expected, atol=1e-5, rtol=1e-4)
            assert drawn.history[window, 0, 0] == whole[:start, 0].isfinite().sum()
            checked += 1
    assert checked > 10


def test_simulated_legs_have_the_share_that_is_asked_for():
    walks = [make_walk(institution=f"toy-{k}", seed=k) for k in range(3)]
    made = [replace(w, kind="simulated", institution=f"{w.institution}, simulated") for w in walks[:1]]
    legs = PROBLEM.legs([*walks, *made])
    simulated = np.array([leg.recording.kind == "simulated" for leg in legs])
    assert Pool(legs).weight[simulated].sum() == pytest.approx(1 / 4)
    weight = Pool(legs, 0.6).weight
    assert weight[simulated].sum() == pytest.approx(0.6)
    assert weight.sum() == pytest.approx(1)
    np.testing.assert_allclose(weight[~simulated], 0.4 / 6)
    for kind in (simulated, ~simulated):
        one = [leg for leg, here in zip(legs, kind, strict=True) if here]
        np.testing.assert_array_equal(Pool(one, 0.6).weight, Pool(one).weight)
