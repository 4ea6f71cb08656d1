"""Graphs before they are exported: one frame at a time gives what the whole recording gives."""

from __future__ import annotations

import pytest
import torch

from deploy.onnx_models import mean, net
from myoshift.deploy.onnx_check import made_up
from myoshift.deploy.onnx_graph import STATE, Step, Whole, exported
from myoshift.deploy.onnx_parts import part
from myoshift.errors import MyoshiftError
from myoshift.models.tcn import TCN
from myoshift.models.transformer import Transformer


@pytest.fixture
def both():
    made = mean(net(TCN, causal=True), net(Transformer, causal=True, norm="centre", seed=1))
    made.model.members[0].module.norm.usual.add_(0.3)
    known = part(made.model, made.problem.outputs)
    return Whole(known, [0, 1], [0, 2]), Step(known, [0, 1], [0, 2])


@torch.no_grad()
def test_steps_from_zeros_give_the_whole(both):
    """Networks whose usual motion differs share one state all the same."""
    whole, step = both
    motion = torch.from_numpy(made_up(3))
    wanted = whole(motion)
    state, rows = step.start(2, 3), []
    assert not any(each.any() for each in state.values())
    for frame in motion.unbind(1):
        sites, muscles, *after = step(frame, **state)
        rows.append((sites, muscles))
        state = dict(zip(STATE, after, strict=True))
    for found, other in zip(zip(*rows, strict=True), wanted, strict=True):
        torch.testing.assert_close(torch.stack(found, dim=1), other, atol=1e-5, rtol=0, equal_nan=True)


@torch.no_grad()
def test_frames_of_nothing_are_nan_and_infinite_counts_as_nothing(both):
    motion = torch.from_numpy(made_up(3))
    motion[0, 10] = torch.inf
    sites, muscles = both[0](motion)
    gone = motion.isnan().all(dim=-1)
    gone[0, 10] = True
    assert torch.equal(sites.isnan().all(dim=-1), gone)
    assert torch.equal(muscles.isnan().any(dim=-1), gone)


def test_what_the_exporter_cannot_write_is_one_message(both, monkeypatch):
    def failing(*args, **kwargs):
        raise torch.onnx.OnnxExporterError("no such operator\nlong story")

    monkeypatch.setattr(torch.onnx, "export", failing)
    with pytest.raises(MyoshiftError, match=r"cannot write this model as ONNX \(torch .*: no such operator\)"):
        exported(both[0], {"motion": torch.zeros(2, 70, 3)}, ("sites", "muscles"))
