import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from myoshift.losses import correlation_loss, masked_mse

LOSSES = [masked_mse, correlation_loss]


def pair(seed: int = 0, batch: int = 3, frames: int = 20, outputs: int = 2) -> tuple[Tensor, Tensor]:
    """Predicted and measured signals in float64, some samples not measured."""
    generator = torch.Generator().manual_seed(seed)
    predicted = torch.rand(batch, frames, outputs, generator=generator, dtype=torch.float64)
    measured = torch.rand(batch, frames, outputs, generator=generator, dtype=torch.float64)
    measured[0, :5, 0] = torch.nan
    measured[1, :, 1] = torch.nan
    return predicted, measured


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_equals_finite_differences(loss):
    predicted, measured = pair()
    assert torch.autograd.gradcheck(lambda p: loss(p, measured), predicted.requires_grad_(), rtol=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_is_finite_and_not_zero(loss):
    predicted, measured = pair()
    (gradient,) = torch.autograd.grad(loss(predicted.requires_grad_(), measured), predicted)
    assert gradient.isfinite().all()
    assert gradient.abs().sum() > 1e-3


@pytest.mark.parametrize("loss", LOSSES)
def test_what_was_not_measured_has_no_say(loss):
    predicted, measured = pair()
    changed = torch.where(measured.isnan(), predicted + 100.0, predicted)
    assert loss(changed, measured) == pytest.approx(float(loss(predicted, measured)))


@pytest.mark.parametrize("loss", LOSSES)
def test_nothing_measured_is_a_zero_on_the_graph(loss):
    predicted = torch.rand(2, 10, 3, requires_grad=True)
    value = loss(predicted, torch.full((2, 10, 3), torch.nan))
    value.backward()
    assert value == 0
    assert not predicted.grad.any()


@pytest.mark.parametrize("loss", LOSSES)
def test_zero_for_a_perfect_prediction_and_smaller_down_its_gradient(loss):
    predicted, measured = pair()
    assert loss(measured.nan_to_num(0.0), measured) == pytest.approx(0, abs=1e-4)
    value = loss(predicted.requires_grad_(), measured)
    (gradient,) = torch.autograd.grad(value, predicted)
    assert loss(predicted - 1e-2 * gradient, measured) < value


@pytest.mark.parametrize("loss", LOSSES)
def test_the_batch_twice_over_gives_the_same(loss):
    predicted, measured = pair()
    twice = loss(torch.cat([predicted, predicted]), torch.cat([measured, measured]))
    assert twice == pytest.approx(float(loss(predicted, measured)))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_rare_output_counts_as_much_as_a_common_one(loss):
    predicted, measured = torch.rand(4, 30, 2), torch.rand(4, 30, 2)
    measured[1:, :, 1] = torch.nan
    apart = [loss(predicted[..., [m]], measured[..., [m]]) for m in range(2)]
    assert loss(predicted, measured) == pytest.approx(float(sum(apart) / 2), rel=1e-5)


@given(gain=st.floats(0.1, 10), offset=st.floats(-5, 5))
def test_correlation_is_blind_to_gain_and_offset(gain, offset):
    predicted, measured = pair(frames=40)
    moved = correlation_loss(gain * predicted + offset, measured)
    assert moved == pytest.approx(float(correlation_loss(predicted, measured)), abs=1e-3)


def test_constant_prediction_of_an_active_signal_counts_as_no_correlation():
    _, measured = pair(frames=50)
    assert correlation_loss(torch.full_like(measured, 0.3), measured) == pytest.approx(1.0)


def test_opposite_shape_costs_two_and_a_silent_signal_nothing():
    wave = torch.sin(torch.arange(50.0)).reshape(1, -1, 1)
    assert correlation_loss(-wave, wave) == pytest.approx(2.0, abs=1e-3)
    assert correlation_loss(wave, torch.full_like(wave, 0.2)) == 0
