from __future__ import annotations

import math

import pytest
import torch

from myoshift.losses.mixing import alike

NAN = math.nan


def test_chances_are_those_of_the_formula():
    activation = torch.tensor([[[0.0]], [[0.1]], [[0.5]]])
    near = alike(activation, 0.2)
    a, b = math.exp(-(0.1**2) / 0.08), math.exp(-(0.5**2) / 0.08)
    assert float(near[0, 1]) == pytest.approx(a / (a + b), rel=1e-4)
    assert float(near[0, 0]) == 0
    torch.testing.assert_close(near.sum(dim=1), torch.ones(3))


def test_the_distance_is_on_what_both_measured():
    activation = torch.tensor([[[0.2, NAN]], [[0.2, 0.9]], [[0.8, 0.1]]])
    near = alike(activation, 0.1)
    assert near[0, 1] > 0.99


def test_a_window_that_shares_nothing_stays_by_itself():
    activation = torch.tensor([[[0.2, NAN]], [[NAN, 0.9]], [[NAN, NAN]]])
    assert torch.equal(alike(activation, 0.1), torch.eye(3))
