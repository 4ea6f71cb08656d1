import pytest
import torch

from models.networks import felt, motion, network
from myoshift.models.transformer import HEADS, LAYERS, REACH, WIDTH, Attention, Transformer


def test_a_frame_is_felt_over_the_reach_of_the_layers_and_no_further():
    assert felt(network(Transformer), 100) == (-(REACH // 2 * LAYERS) - 1, REACH // 2 * LAYERS + 1)
    first, last = felt(network(Transformer, causal=True), 100)
    assert first == 0
    assert last >= REACH * LAYERS  # and, faintly, all later ones, because the running mean has felt it


@pytest.mark.parametrize("behind", [REACH // 2, REACH])
@pytest.mark.parametrize("frames", [1, 31, 32, 33, 100])
def test_blocks_give_what_one_large_attention_gives(behind, frames):
    torch.manual_seed(0)
    layer, ahead = Attention(behind), REACH - behind
    hidden, past = torch.randn(2, frames, WIDTH), torch.randn(2, behind, 2 * WIDTH)
    present = torch.cat([torch.ones(2, behind + frames, 1), torch.zeros(2, ahead, 1)], dim=1)
    present[1, ::3] = 0
    present[1, behind : -ahead or None] = 1
    attended, memory = layer(hidden, past, present)
    key, value = (m.reshape(2, -1, HEADS, WIDTH // HEADS) for m in memory.chunk(2, dim=-1))
    query = layer.query(hidden).reshape(2, -1, HEADS, WIDTH // HEADS)
    for t in (0, frames // 2, frames - 1):
        seen = slice(t, min(t + REACH + 1, memory.shape[1]))
        score = torch.einsum("bhd,bshd->bhs", query[:, t], key[:, seen]) / (WIDTH // HEADS) ** 0.5
        score = score + layer.position[:, : score.shape[-1]]
        score = score.masked_fill(present[:, seen].transpose(1, 2) == 0, -torch.inf)
        expected = layer.out(torch.einsum("bhs,bshd->bhd", score.softmax(-1), value[:, seen]).flatten(1))
        torch.testing.assert_close(attended[:, t], expected, atol=1e-5, rtol=1e-5)


def test_nearer_frames_begin_with_more_weight():
    position = Attention(REACH // 2).position.detach()
    assert (position.argmax(dim=1) == REACH // 2).all()
    assert (position.diff(dim=1)[:, REACH // 2 :] < 0).all()


def test_a_long_recording_fits():
    module, move = network(Transformer), torch.tensor(motion(20_000))[None]
    with torch.inference_mode():
        assert module(move, module.overview(move)).isfinite().all()
