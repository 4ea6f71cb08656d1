import pytest
import torch

from myoshift.losses import masked_mse, risk

WHERE = torch.tensor([2, 0, 2, 0, 5])


def pair(seed=0):
    """Predicted and measured (5, 12, 3) of institutions 0 and 2, of unequal muscles, and of 5 without any."""
    generator = torch.Generator().manual_seed(seed)
    predicted = torch.rand(5, 12, 3, generator=generator, dtype=torch.float64)
    measured = torch.rand(5, 12, 3, generator=generator, dtype=torch.float64)
    predicted[WHERE == 0] += 0.5
    measured[WHERE == 0, :, 1:] = torch.nan
    measured[0, :5] = torch.nan
    measured[4] = torch.nan
    return predicted, measured


def test_the_risk_of_each_institution_is_its_own_mean_over_its_own_outputs():
    predicted, measured = pair()
    told = risk.risks(predicted, measured, WHERE)
    assert risk.measured_institutions(measured, WHERE).tolist() == [0, 2]
    alone = [masked_mse(predicted[WHERE.eq(n)], measured[WHERE.eq(n)]) for n in (0, 2)]
    torch.testing.assert_close(told, torch.stack(alone))
    first = (predicted[[1, 3]] - measured[[1, 3]])[..., 0].square().mean()
    assert told[0] == pytest.approx(float(first))


LOSSES = {
    "irm": risk.irm_penalty,
    "vrex": lambda *told: risk.risk_variance(risk.risks(*told)),
    "mean": lambda *told: risk.risks(*told).mean(),
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradient_equals_finite_differences_once_and_twice(name):
    predicted, measured = pair()
    call = lambda p: LOSSES[name](p, measured, WHERE)  # noqa: E731
    assert torch.autograd.gradcheck(call, predicted.requires_grad_())
    assert torch.autograd.gradgradcheck(call, predicted)
    (gradient,) = torch.autograd.grad(call(predicted), predicted)
    assert gradient.abs().sum() > 1e-4
    assert not gradient[measured.isnan()].any()


@pytest.mark.parametrize("name", LOSSES)
def test_what_was_not_measured_has_no_say(name):
    predicted, measured = pair()
    changed = torch.where(measured.isnan(), predicted + 100, predicted)
    value = LOSSES[name](predicted, measured, WHERE)
    assert LOSSES[name](changed, measured, WHERE) == pytest.approx(float(value))


@pytest.mark.parametrize("name", LOSSES)
def test_nothing_measured_is_a_zero_on_the_graph(name):
    predicted = pair()[0].requires_grad_()
    value = LOSSES[name](predicted, torch.full_like(predicted, torch.nan), WHERE)
    (gradient,) = torch.autograd.grad(value, predicted)
    assert value == 0
    assert not gradient.any()


def test_the_penalty_is_the_squared_gradient_of_a_dummy_scale_through_its_own_graph():
    """The definition: gradient with respect to a scale at 1, squared, differentiated a second time."""
    predicted, measured = pair()
    predicted.requires_grad_()
    penalty = 0.0
    for number in (0, 2):
        scale = torch.ones((), dtype=torch.float64, requires_grad=True)
        value = masked_mse(scale * predicted[WHERE.eq(number)], measured[WHERE.eq(number)])
        penalty = penalty + torch.autograd.grad(value, scale, create_graph=True)[0].square() / 2
    ours = risk.irm_penalty(predicted, measured, WHERE)
    assert float(ours.detach()) == pytest.approx(float(penalty.detach()))
    torch.testing.assert_close(*(torch.autograd.grad(each, predicted)[0] for each in (ours, penalty)))


def test_the_penalty_vanishes_where_the_best_scale_is_one():
    _, measured = pair()
    perfect = measured.nan_to_num(0.3)
    assert risk.irm_penalty(perfect, measured, WHERE) == pytest.approx(0)
    assert risk.irm_penalty(0.9 * perfect, measured, WHERE) > 1e-4


def test_equal_risks_have_no_variance_and_one_risk_neither():
    assert risk.risk_variance(torch.tensor([0.2, 0.2, 0.2])) == pytest.approx(0)
    assert risk.risk_variance(torch.tensor([0.2])) == 0
    assert risk.risk_variance(torch.tensor([0.1, 0.3])) == pytest.approx(0.01)


def test_weights_grow_where_the_risk_is_large_and_sum_to_one():
    weights = torch.full((4,), 0.25)
    told = risk.dro_weights(weights, torch.tensor([0.1, 0.3]), torch.tensor([1, 3]), 0.5)
    assert told.sum() == pytest.approx(1)
    assert told[3] > told[0] > told[1]
    assert float(told[3] / told[1]) == pytest.approx(float(torch.tensor(0.5).exp()), rel=1e-5)
    assert told[0] == told[2]


def test_weights_do_not_depend_on_the_unit_of_activation_and_stay_at_rate_0():
    weights, here = torch.tensor([0.2, 0.3, 0.5]), torch.tensor([0, 1, 2])
    each = torch.tensor([0.1, 0.2, 0.6])
    torch.testing.assert_close(
        risk.dro_weights(weights, each, here, 0.1), risk.dro_weights(weights, 1e-4 * each, here, 0.1)
    )
    torch.testing.assert_close(risk.dro_weights(weights, each, here, 0.0), weights)
    torch.testing.assert_close(risk.dro_weights(weights, 0 * each[:1], here[:0], 0.1), weights)
