"""The first part of a window is known, the rest is predicted, and nothing of the rest is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from conftest import make_walk
from myoshift.losses.closed_form import ridge_residual
from myoshift.models.motion_norm import span
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import Pool, features
from myoshift.training.episodes import Head, episode

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
GAP = 10


@pytest.fixture
def windows():
    return Pool(PROBLEM.legs([make_walk(seconds=6)])).draw(np.random.default_rng(0), 8, 100)


def network(*, causal=False):
    torch.manual_seed(0)
    model = TCN(PROBLEM.inputs, PROBLEM.outputs, PROBLEM.rate, causal=causal).eval()
    torch.nn.init.normal_(model.head.weight, std=0.3)
    return model


def parts(windows, shortest=0.5, longest=1.0, model=None):
    split = episode(model or network(), windows, shortest, longest)
    first, after = (each.isfinite().any(dim=-1) for each in (split.support.activation, split.query))
    return split, first, after


def test_the_support_comes_first_then_a_gap_then_the_query(windows):
    split, first, after = parts(windows)
    length = first.sum(dim=1)
    assert length.unique().numel() > 1
    assert ((length >= 25) & (length <= 50)).all()
    assert ((first.int() + after.int()).sum(dim=1) == 100 - GAP).all()
    for b, n in enumerate(length.tolist()):
        assert torch.equal(split.support.activation[b, :n], windows.activation[b, :n])
        assert torch.equal(split.query[b, n + GAP :], windows.activation[b, n + GAP :])
        assert split.support.motion[b, n:].isnan().all()


def test_the_support_is_normalised_by_itself_and_a_causal_one_by_its_history(windows):
    support = parts(windows)[0].support
    torch.testing.assert_close(support.span, span(support.motion))
    assert not torch.allclose(support.span, windows.span)
    told = replace(windows, span=windows.history)
    assert parts(told, model=network(causal=True))[0].support.span is told.span


def test_what_was_measured_is_split_wherever_it_lies(windows):
    activation = windows.activation.clone()
    activation[:, :30] = torch.nan
    activation[0, 60:] = torch.nan
    activation[1, :] = torch.nan
    _, first, after = parts(replace(windows, activation=activation), 0.5, 0.5)
    assert first[0].sum() == int(0.6 * 30)
    assert after[0].sum() == 30 - int(0.6 * 30) - GAP
    assert not after[1].any()
    assert torch.equal(first[2], (torch.arange(100) >= 30) & (torch.arange(100) < 55))


def test_a_head_predicts_from_the_support_and_the_features(windows):
    model, head = network(), Head(ridge_residual, 0.01)
    support, whole = parts(windows)[0].support, features(model, windows)
    expected = ridge_residual(features(model, support), support.activation, whole, torch.tensor(0.01))
    torch.testing.assert_close(head(model, support, whole), expected)


def test_nothing_of_the_query_is_in_the_support(windows):
    supports = []
    for value in (0.0, 5.0):
        torch.manual_seed(3)
        query = episode(network(), windows, 0.5, 1.0).query
        changed = replace(windows, activation=torch.where(query.isfinite(), value, windows.activation))
        torch.manual_seed(3)
        supports.append(episode(network(), changed, 0.5, 1.0).support.activation)
    assert torch.equal(*(each.nan_to_num(-1.0) for each in supports))


def test_the_number_of_a_head_is_positive_and_learned():
    head = Head(ridge_residual, 0.01)
    assert float(head.number.detach()) == pytest.approx(0.01)
    assert [each.requires_grad for each in head.parameters()] == [True]
