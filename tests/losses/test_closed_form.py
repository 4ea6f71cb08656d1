"""Closed forms: equal to the plain regression, blind to scale and to what was not measured, differentiable."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from myoshift.losses.closed_form import kernel_residual, ridge_residual

FORMS = [ridge_residual, kernel_residual]
STRENGTH = torch.tensor(0.05, dtype=torch.float64)


def sample(support=20, size=4, seed=0, outputs=3):
    """Features of support and query, and residuals of which some were not measured, in float64."""
    generator = torch.Generator().manual_seed(seed)
    features, query = (torch.randn(2, n, size, generator=generator, dtype=torch.float64) + 1.0 for n in (support, 9))
    residual = torch.randn(2, support, outputs, generator=generator, dtype=torch.float64)
    residual[0, :5, 1] = torch.nan
    residual[1, :, 2] = torch.nan
    return features, residual, query


@pytest.mark.parametrize("size", [4, 40])
def test_it_is_ridge_regression_of_each_output_on_what_was_measured(size):
    features, residual, query = sample(size=size)
    found = ridge_residual(features, residual, query, STRENGTH)
    for b, m in ((0, 0), (0, 1), (1, 1)):
        here = residual[b, :, m].isfinite()
        x, y = features[b, here].numpy(), residual[b, here, m].numpy()
        strength = float(STRENGTH) * np.square(x - x.mean(axis=0)).sum()
        expected = Ridge(alpha=strength).fit(x, y).predict(query[b].numpy())
        np.testing.assert_allclose(found[b, :, m], expected, rtol=1e-5)


def test_primal_and_dual_are_one():
    features, residual, query = sample(support=20, size=40)
    twice = torch.cat([features, features], dim=1), torch.cat([residual, torch.nan * residual], dim=1)
    dual, primal = ridge_residual(features, residual, query, STRENGTH), ridge_residual(*twice, query, STRENGTH)
    torch.testing.assert_close(dual, primal, rtol=1e-9, atol=1e-9)


def test_each_output_may_have_its_penalty():
    features, residual, query = sample()
    each = torch.tensor([0.01, 0.1, 1.0], dtype=torch.float64)
    apart = [ridge_residual(features, residual, query, penalty)[..., m] for m, penalty in enumerate(each)]
    torch.testing.assert_close(ridge_residual(features, residual, query, each), torch.stack(apart, dim=-1))


def test_attention_is_the_weighted_mean_of_the_residuals():
    features, residual, query = sample()
    found = kernel_residual(features, residual, query, STRENGTH)
    variance = (features[0] - features[0].mean(dim=0)).square().sum(dim=1).mean()
    distance = (query[0, 3] - features[0]).square().sum(dim=1)
    weight = torch.exp(-distance / (STRENGTH * variance))
    here = residual[0, :, 1].isfinite()
    expected = (weight * residual[0, :, 1])[here].sum() / weight[here].sum()
    assert float(found[0, 3, 1]) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_a_high_number_gives_the_mean_and_nothing_measured_gives_0(form):
    features, residual, query = sample()
    found = form(features, residual, query, torch.tensor(1e9, dtype=torch.float64))
    torch.testing.assert_close(found[0], residual[0].nanmean(dim=0).expand(9, 3), rtol=0, atol=1e-6)
    assert not found[1, :, 2].any()


@pytest.mark.parametrize("form", FORMS)
@given(scale=st.floats(0.01, 100.0), offset=st.floats(-5.0, 5.0))
def test_the_scale_and_the_origin_of_the_features_do_not_matter(form, scale, offset):
    features, residual, query = sample()
    moved = form(scale * features + offset, residual, scale * query + offset, STRENGTH)
    torch.testing.assert_close(moved, form(features, residual, query, STRENGTH), rtol=0, atol=2e-3)


@pytest.mark.parametrize("form", FORMS)
def test_order_of_the_support_and_neighbours_in_the_batch_do_not_matter(form):
    features, residual, query = sample()
    order = torch.randperm(20, generator=torch.Generator().manual_seed(1))
    found = form(features, residual, query, STRENGTH)
    torch.testing.assert_close(form(features[:, order], residual[:, order], query, STRENGTH), found)
    torch.testing.assert_close(form(features[:1], residual[:1], query[:1], STRENGTH), found[:1])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("support", [8, 2])
def test_gradient(form, support):
    features, residual, query = sample(support=support, size=3)
    points = [each.requires_grad_() for each in (features, query, STRENGTH.clone())]
    assert torch.autograd.gradcheck(lambda x, q, s: form(x, residual, q, s), points)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("broken", ["constant", "zero", "one sample", "none"])
def test_value_and_gradient_are_finite_for_degenerate_support(form, broken):
    features, residual, query = (each.float() for each in sample())
    residual[:, (1 if broken == "one sample" else 0 if broken == "none" else 20) :] = torch.nan
    features = {"constant": torch.ones_like(features), "zero": torch.zeros_like(features)}.get(broken, features)
    points = [each.clone().requires_grad_() for each in (features, query, STRENGTH.float())]
    value = form(points[0], residual, points[1], points[2])
    gradients = torch.autograd.grad(value.square().sum(), points)
    assert value.isfinite().all()
    assert all(each.isfinite().all() for each in gradients)
