import torch

from myoshift.losses import mmd, random_feature_mmd
from myoshift.testing.losses import shifted


def naive(source, target):
    """Pair by pair: three Gaussian kernels, bandwidths 0.5, 1 and 2 times the mean squared distance."""
    both = torch.cat([source, target])
    pairs = [(both[i] - both[j]).square().sum() for i in range(len(both)) for j in range(len(both)) if i != j]
    scale = torch.stack(pairs).mean()

    def k(x, y):
        return sum(torch.exp(-(x - y).square().sum() / (2 * a * scale)) for a in (0.5, 1.0, 2.0))

    def own(z):
        n = len(z)
        return sum(k(z[i], z[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))

    cross = sum(k(x, y) for x in source for y in target) / (len(source) * len(target))
    return own(source) + own(target) - 2 * cross


def test_mmd_is_the_mean_over_pairs():
    source, target = (each.double() for each in shifted(9, 6, 4, seed=0))
    assert torch.allclose(mmd(source, target), naive(source, target), rtol=1e-12)


def test_mmd_is_blind_to_a_shift_of_both_in_single_precision():
    source, target = shifted(60, 50, 6, seed=1)
    assert torch.allclose(mmd(source + 100, target + 100), mmd(source, target), rtol=1e-3)


def test_its_gradient_has_the_bandwidth_held():
    source, target = (each.double() for each in shifted(12, 12, 3, seed=2))
    source.requires_grad_()
    (gradient,) = torch.autograd.grad(mmd(source, target), source)
    (slow,) = torch.autograd.grad(held(source, target), source)
    assert torch.allclose(gradient, slow, rtol=1e-9, atol=1e-12)


def held(source, target):
    scale = 2 * torch.cat([source, target]).var(dim=0).sum().detach()

    def kernels(x, y):
        distance = (x[:, None] - y).square().sum(dim=2)
        return sum(torch.exp(-distance / (2 * a * scale)) for a in (0.5, 1.0, 2.0))

    def own(z):
        return (kernels(z, z).sum() - 3 * len(z)) / (len(z) * (len(z) - 1))

    return own(source) + own(target) - 2 * kernels(source, target).mean()


def test_random_features_estimate_mmd():
    torch.manual_seed(0)
    source, target = shifted(50, 40, 5, seed=3)
    draws = torch.stack([random_feature_mmd(source, target) for _ in range(200)])
    assert abs(draws.mean() - mmd(source, target)) < 4 * draws.std() / 200**0.5
    assert draws.std() < 0.1 * draws.mean()


def test_random_features_are_drawn_from_the_global_generator():
    source, target = shifted(20, 20, 5, seed=4)
    values = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        values.append(float(random_feature_mmd(source, target)))
    assert values[0] == values[1] != values[2]
