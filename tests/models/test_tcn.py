import numpy as np
import pytest
import torch

from myoshift import anatomy
from myoshift.models.network import velocity
from myoshift.models.tcn import TCN, SavedTCN

INPUTS = ("hip_flexion", "knee_angle", "ankle_angle")
OUTPUTS = ("tibialis_anterior", "gastrocnemius", "hamstrings")
GOLDEN = [[1.72134, 0.8008, 1.30225], [1.32782, 0.79634, 1.08637], [1.73555, 0.92554, 1.36518]]


def network(seed: int = 0, norm: str = "zscore") -> SavedTCN:
    """A network with random weights everywhere, also in the head."""
    torch.manual_seed(seed)
    module = TCN(INPUTS, OUTPUTS, 50.0, norm)
    torch.nn.init.normal_(module.head.weight)
    module.norm.typical.copy_(torch.tensor([0.28, 0.35, 0.15]))
    return SavedTCN(module)


def motion(frames: int = 150) -> np.ndarray:
    time = np.arange(frames) / 50
    return np.stack([np.sin(5 * time + k) * 0.3 for k in range(3)], axis=1).astype(np.float32)


def test_size_is_that_of_the_reference_network():
    encoder = sum(p.numel() for p in TCN(INPUTS, OUTPUTS, 50.0).layers.parameters())
    assert encoder == 21_600


def test_outputs_are_the_muscles_seen_through_the_montage():
    net, move = network(), motion()
    muscles = net.muscles(move)
    assert muscles.shape == (150, 40)
    assert (muscles >= 0).all()
    seen = muscles @ anatomy.montage(OUTPUTS).T
    np.testing.assert_allclose(net(move), seen, rtol=1e-4)


def test_the_untrained_head_gives_the_level_it_is_started_at():
    module = TCN(INPUTS, OUTPUTS, 50.0)
    module.start_at(0.3)
    np.testing.assert_allclose(SavedTCN(module)(motion()), 0.3, rtol=1e-5)


def test_muscles_that_the_same_sites_see_stay_tied_until_something_tells_them_apart():
    module = TCN(INPUTS, OUTPUTS, 50.0).train()
    optimiser = torch.optim.AdamW(module.parameters(), lr=1e-2)
    move, target = torch.tensor(motion())[None], torch.rand(1, 150, 3)
    span = torch.stack([move.mean(1), move.std(1)], dim=1)
    for _ in range(20):
        optimiser.zero_grad()
        torch.autograd.backward((module(move, span) - target).square().mean())
        optimiser.step()
    rows = dict(zip(anatomy.IPSILATERAL, module.head.weight.detach(), strict=True))
    torch.testing.assert_close(rows["semimem"], rows["semiten"], atol=1e-4, rtol=0)  # equal but for rounding
    torch.testing.assert_close(rows["gasmed"], rows["gaslat"], atol=1e-4, rtol=0)
    assert not torch.allclose(rows["gasmed"], rows["tibant"], atol=1e-2)
    assert not rows["recfem"].any()  # seen by no site: never moved


@pytest.mark.parametrize("norm", ["zscore", "centre"])
def test_a_recording_followed_by_nothing_gives_the_same(norm):
    net, short = network(norm=norm), motion(40)
    padded = np.concatenate([short, np.full((70, 3), np.nan, np.float32)])
    np.testing.assert_allclose(net(padded)[:40], net(short), atol=1e-5)


def test_missing_coordinate_counts_as_its_mean():
    net, move = network(), motion()
    without, still = move.copy(), move.copy()
    without[:, 2], still[:, 2] = np.nan, 0.1
    assert np.isfinite(net(without)).all()
    np.testing.assert_allclose(net(without), net(still), atol=1e-5)
    assert not np.allclose(net(without), net(move), atol=1e-2)


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_very_short_recordings_are_predicted(frames):
    values = network()(motion(frames))
    assert values.shape == (frames, 3)
    assert np.isfinite(values).all()


def test_a_frame_is_felt_over_the_receptive_field_and_no_further():
    module = network().module
    move = torch.tensor(motion(200))[None]
    span = torch.stack([move.mean(1), move.std(1)], dim=1)
    with torch.no_grad():
        before = module.encode(move, span)
        move[0, 100] += 0.2
        changed = (module.encode(move, span) - before).abs().amax(dim=(0, 2)) > 0
    felt = torch.nonzero(changed).flatten()
    assert (felt.min(), felt.max()) == (100 - 33, 100 + 33)  # 32 frames, and one of the velocity


def test_velocity_is_the_derivative_one_sided_at_ends_and_gaps():
    time = torch.arange(50.0).unsqueeze(-1) / 50
    torch.testing.assert_close(velocity(3 * time, 50.0), torch.full_like(time, 3.0), atol=1e-4, rtol=1e-4)
    time[20] = torch.nan
    torch.testing.assert_close(velocity(3 * time, 50.0)[[19, 21]], torch.full((2, 1), 3.0), atol=1e-4, rtol=1e-4)


def test_a_saved_network_means_the_same_in_every_version():
    """Constants that are not in the saved arrays may only change together with the version of the model folder."""
    module = TCN(INPUTS, OUTPUTS, 50.0)
    for parameter in module.parameters():
        count = torch.arange(parameter.numel(), dtype=torch.float32)
        parameter.data = (0.2 * torch.cos(1.7 * count)).reshape(parameter.shape)
    values = SavedTCN(module)(motion(60))[[0, 20, 59]]
    np.testing.assert_allclose(values, GOLDEN, atol=1e-4)


@pytest.mark.parametrize("norm", ["zscore", "centre"])
def test_restored_network_predicts_the_same(norm):
    net, move = network(norm=norm), motion()
    again = SavedTCN.restore(net.config(), net.arrays())
    np.testing.assert_array_equal(again(move), net(move))
    assert net.features(move).shape == (150, 32)
