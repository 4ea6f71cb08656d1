import pytest
import torch
from torch.nn import functional

from myoshift.losses import adversarial


def sample(count=40, width=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, width, generator=generator, dtype=torch.float64)


def test_reversal_keeps_the_values_and_turns_and_scales_the_gradient():
    values = sample().requires_grad_()
    assert torch.equal(adversarial.reverse(values, 0.3), values)
    (plain,) = torch.autograd.grad(values.sin().sum(), values)
    (turned,) = torch.autograd.grad(adversarial.reverse(values, 0.3).sin().sum(), values)
    torch.testing.assert_close(turned, -0.3 * plain)


def test_what_comes_after_the_reversal_learns_in_the_usual_direction():
    layer = torch.nn.Linear(5, 1).double()
    values = sample()
    told = [
        torch.autograd.grad(layer(each).square().sum(), list(layer.parameters()))
        for each in (values, adversarial.reverse(values, 0.0))
    ]
    for plain, behind in zip(*told, strict=True):
        torch.testing.assert_close(plain, behind)


def test_the_coefficient_rises_from_nothing_to_one():
    told = [adversarial.coefficient(p) for p in (0.0, 0.1, 0.5, 1.0)]
    assert told == pytest.approx([0.0, 0.46212, 0.98661, 0.99991], abs=1e-5)


def test_cross_entropy_is_that_of_torch_where_all_is_possible():
    logits, labels = sample(width=3), torch.arange(40) % 3
    expected = functional.cross_entropy(logits, labels, label_smoothing=adversarial.SMOOTHING)
    assert adversarial.domain_cross_entropy(logits, labels) == pytest.approx(float(expected))


def test_classes_that_are_impossible_have_no_say():
    logits, labels = sample(width=4), torch.arange(40) % 2
    possible = torch.tensor([[True, True, False, False]]).expand(40, 4)
    alone = adversarial.domain_cross_entropy(logits[:, :2], labels)
    assert adversarial.domain_cross_entropy(logits, labels, possible) == pytest.approx(float(alone))
    logits = logits.requires_grad_()
    (gradient,) = torch.autograd.grad(adversarial.domain_cross_entropy(logits, labels, possible), logits)
    assert not gradient[:, 2:].any()
    assert gradient[:, :2].isfinite().all()


def test_a_lone_class_costs_nothing():
    labels = torch.zeros(40, dtype=torch.int64)
    possible = functional.one_hot(labels, 3) > 0
    logits = sample(width=3).requires_grad_()
    value = adversarial.domain_cross_entropy(logits, labels, possible)
    (gradient,) = torch.autograd.grad(value, logits)
    assert value.detach() == pytest.approx(0)
    assert not gradient.any()
    assert adversarial.advantage(logits, labels, possible) == 0


@pytest.mark.parametrize("masked", [False, True])
def test_gradient_of_the_cross_entropy_equals_finite_differences(masked):
    logits, labels = sample(12, 4), torch.arange(12) % 2
    possible = torch.tensor([[True, True, True, False]]).expand(12, 4) if masked else None
    check = torch.autograd.gradcheck
    assert check(lambda x: adversarial.domain_cross_entropy(x, labels, possible), logits.requires_grad_())


def test_advantage_is_0_by_chance_1_without_error_and_a_tenth_at_55_percent():
    labels = torch.arange(100) % 2
    right = functional.one_hot(labels, 2).float()
    assert adversarial.advantage(right, labels) == 1
    wrong = right.clone()
    wrong[:45] = 1 - right[:45]
    assert adversarial.advantage(wrong, labels) == pytest.approx(0.1)
    assert adversarial.advantage(
        torch.tensor([[1.0, 0.0, 0.0]]).expand(99, 3), torch.arange(99) % 3
    ) == pytest.approx(0.0, abs=1e-6)


def test_standardising_takes_scale_and_offset_away_and_bears_a_constant():
    values = torch.cat([sample(), torch.ones(40, 1)], dim=1)
    told = adversarial.standardised(values)
    torch.testing.assert_close(adversarial.standardised(300 * values + 7), told, atol=1e-3, rtol=1e-3)
    assert not told[:, -1].any()


def test_inner_products_of_the_map_are_those_of_the_outer_products():
    torch.manual_seed(0)
    features, outputs = sample(2, 400).float(), sample(2, 3, seed=1).float()
    told = adversarial.MultilinearMap(400, 3)(features, outputs)
    for i, j in ((0, 0), (1, 1)):
        expected = (features[i] @ features[j]) * (outputs[i] @ outputs[j])
        assert float(told[i] @ told[j]) == pytest.approx(float(expected), rel=0.4)
    assert not adversarial.MultilinearMap(400, 3)(features, 0 * outputs).any()
