import numpy as np
import pytest
import torch
from torch.optim import AdamW

from models.networks import INPUTS, KINDS, OUTPUTS, felt, motion, network
from myoshift import anatomy
from myoshift.errors import ConfigError
from myoshift.models.network import velocity
from myoshift.models.running_norm import blank, histories

BOTH = pytest.mark.parametrize("causal", [False, True])
EVERY = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)


def whole(move: np.ndarray) -> torch.Tensor:
    return torch.tensor(move)[None]


def outputs(module, move):
    with torch.no_grad():
        return module(whole(move), module.overview(whole(move)))[0]


@EVERY
@BOTH
def test_encoders_are_of_one_size(kind, causal):
    module = network(kind, causal=causal)
    encoder = sum(p.numel() for name, p in module.named_parameters() if not name.startswith("head"))
    assert 20_000 < encoder < 23_000


@EVERY
@BOTH
def test_the_untrained_head_gives_the_level_it_is_started_at(kind, causal):
    module = kind(INPUTS, OUTPUTS, 50.0, causal=causal).eval()
    module.start_at(0.3)
    torch.testing.assert_close(outputs(module, motion()), torch.full((150, 3), 0.3))


@EVERY
@BOTH
def test_muscles_that_the_same_sites_see_stay_tied_until_something_tells_them_apart(kind, causal):
    module = kind(INPUTS, OUTPUTS, 50.0, causal=causal).train()
    optimiser = AdamW(module.parameters(), lr=1e-2)
    move, target = whole(motion()), torch.rand(1, 150, 3)
    for _ in range(15):
        optimiser.zero_grad()
        torch.autograd.backward((module(move, module.overview(move)) - target).square().mean())
        optimiser.step()
    rows = dict(zip(anatomy.IPSILATERAL, module.head.weight.detach(), strict=True))
    torch.testing.assert_close(rows["semimem"], rows["semiten"], atol=1e-4, rtol=0)  # equal but for rounding
    assert not torch.allclose(rows["gasmed"], rows["tibant"], atol=1e-2)
    assert not rows["recfem"].any()  # seen by no site: never moved


@EVERY
@pytest.mark.parametrize("norm", ["zscore", "centre"])
@BOTH
def test_short_alone_or_padded_the_same(kind, norm, causal):
    module = network(kind, norm, causal=causal)
    for frames in (1, 2, 40):
        short = motion(frames)
        padded = np.concatenate([short, np.full((70, 3), np.nan, np.float32)])
        torch.testing.assert_close(outputs(module, padded)[:frames], outputs(module, short), atol=1e-5, rtol=0)


@EVERY
def test_missing_coordinate_counts_as_its_mean(kind):
    module, move = network(kind), motion()
    without, still = move.copy(), move.copy()
    without[:, 2], still[:, 2] = np.nan, 0.1
    torch.testing.assert_close(outputs(module, without), outputs(module, still), atol=1e-5, rtol=0)
    assert not torch.allclose(outputs(module, without), outputs(module, move), atol=1e-2)


@EVERY
def test_missing_coordinate_of_a_causal_network_counts_as_its_mean_so_far(kind):
    module, move = network(kind, causal=True), motion()
    without, still = move.copy(), move.copy()
    without[:, 2], still[:, 2] = np.nan, module.norm.usual[2]
    torch.testing.assert_close(outputs(module, without), outputs(module, still), atol=1e-5, rtol=0)


@EVERY
@BOTH
def test_windows_of_a_batch_do_not_know_each_other(kind, causal):
    module = network(kind, causal=causal)
    pair = torch.stack([torch.tensor(motion()), 2 - 3 * torch.tensor(motion())])
    pair[1, 50:60] = torch.nan
    with torch.no_grad():
        together = module(pair, module.overview(pair))
    for i in range(2):
        torch.testing.assert_close(together[i], outputs(module, pair[i].numpy()), atol=1e-5, rtol=0)


@EVERY
def test_a_causal_window_goes_on_from_the_history_of_its_recording(kind):
    """A training window late in a recording is normalised like the same frames of the whole recording."""
    module, move = network(kind, causal=True), whole(motion())
    spans, totals = module.norm.follow(move[:, :60], blank(1, 3))
    later, _ = module.norm.follow(move[:, 60:], totals)
    all_at_once, _ = module.norm.follow(move, blank(1, 3))
    torch.testing.assert_close(torch.cat([spans, later], dim=1), all_at_once)
    known = module(move[:, 60:], histories(move[0])[60][None])
    assert not torch.allclose(known, module(move[:, 60:], blank(1, 3)), atol=1e-2)


@EVERY
def test_an_offline_network_refuses_to_stream(kind):
    with pytest.raises(ConfigError, match=r"looks ahead.*causal = false.*To mend: train one with `causal: true`"):
        network(kind).begin(blank(1, 3))


@EVERY
def test_only_a_causal_network_never_looks_ahead(kind):
    assert felt(network(kind), 100)[0] < -1
    assert felt(network(kind, causal=True), 100)[0] == 0


def test_velocity_is_the_derivative_one_sided_at_ends_and_gaps():
    time = torch.arange(50.0).unsqueeze(-1) / 50
    torch.testing.assert_close(velocity(3 * time, 50.0), torch.full_like(time, 3.0), atol=1e-4, rtol=1e-4)
    time[20] = torch.nan
    torch.testing.assert_close(velocity(3 * time, 50.0)[[19, 21]], torch.full((2, 1), 3.0), atol=1e-4, rtol=1e-4)
