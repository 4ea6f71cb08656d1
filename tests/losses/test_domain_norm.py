import pytest
import torch

from myoshift.losses.domain_norm import MOMENTUM, DomainNorm, affine, moments

WHERE = torch.tensor([0, 1, 0, 1])


def features(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(4, 25, 3, generator=generator, dtype=torch.float64) * 2 + 1


def layer():
    return DomainNorm(3, 3).double()


def everything(present=1.0):
    return torch.full((4, 25), present) > 0


def test_each_institution_gets_mean_0_and_sd_1():
    told = layer()(features(), everything(), WHERE)
    for number in (0, 1):
        here = told[number == WHERE].flatten(0, 1)
        torch.testing.assert_close(here.mean(dim=0), torch.zeros(3, dtype=torch.float64))
        torch.testing.assert_close(
            here.std(dim=0, correction=0), torch.ones(3, dtype=torch.float64), rtol=1e-5, atol=0
        )


def test_gain_and_offset_of_an_institution_are_undone():
    norm, other = layer(), layer()
    for seed in range(3):
        values = features(seed)
        measured_else = torch.where((WHERE == 1)[:, None, None], 3 * values - 7, values)
        told, told_else = norm(values, everything(), WHERE), other(measured_else, everything(), WHERE)
    torch.testing.assert_close(told, told_else, rtol=1e-4, atol=1e-4)


def test_frames_that_are_not_there_have_no_say():
    values, present = features(), everything()
    present[0, 10:] = False
    changed = values.clone()
    changed[0, 10:] = 1e3
    told = [layer()(each, present, WHERE)[present] for each in (values, changed)]
    torch.testing.assert_close(*told)


def test_running_statistics_follow_by_the_momentum_and_only_where_windows_are():
    norm = layer()
    norm(features(0), everything(), WHERE)
    before = norm.running.clone()
    norm(features(1)[:2], everything()[:2], torch.tensor([0, 0]))
    now = moments(features(1)[:2].flatten(0, 1))
    torch.testing.assert_close(norm.running[0], before[0] + MOMENTUM * (now - before[0]))
    assert torch.equal(norm.running[1:], before[1:])
    assert norm.known.tolist() == [True, True, False]


def test_gradient_equals_finite_differences():
    def call(values):
        return layer()(values, everything()[:, :6], WHERE).sin()

    assert torch.autograd.gradcheck(call, features()[:, :6].requires_grad_())


def test_a_constant_feature_stays_finite():
    scale, shift = affine(moments(torch.ones(9, 2)))
    assert scale.isfinite().all()
    assert (scale + shift).abs().max() == pytest.approx(0, abs=1e-3)
