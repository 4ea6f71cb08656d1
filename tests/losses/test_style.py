import torch

from myoshift.losses.style import mix_styles, partners, style


def features():
    """Windows (4, 20, 3) of which the last has 12 frames."""
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(4, 20, 3, generator=generator, dtype=torch.float64)
    values = values * torch.tensor([1.0, 2.0, 3.0, 4.0]).reshape(-1, 1, 1) + 5
    present = torch.ones(4, 20, dtype=torch.bool)
    present[3, 12:] = False
    return values, present


def test_the_style_is_mean_and_sd_of_the_frames_that_are_there():
    values, present = features()
    mean, sd = style(values, present)
    torch.testing.assert_close(mean[3, 0], values[3, :12].mean(dim=0))
    torch.testing.assert_close(sd[3, 0], values[3, :12].std(dim=0, correction=0), rtol=1e-4, atol=0)


def test_mixed_features_have_the_mixed_style_and_the_same_shape_in_time():
    values, present = features()
    partner, share = torch.tensor([1, 0, 3, 2]), torch.tensor([0.0, 1.0, 0.25, 0.5])
    mixed = mix_styles(values, present, partner, share)
    (mean, sd), (new_mean, new_sd) = style(values, present), style(mixed, present)
    own = share.reshape(-1, 1, 1)
    torch.testing.assert_close(new_mean, own * mean + (1 - own) * mean[partner])
    torch.testing.assert_close(new_sd, own * sd + (1 - own) * sd[partner], rtol=1e-4, atol=0)
    torch.testing.assert_close(mixed[1], values[1])
    shape = [(each - each.mean(dim=1, keepdim=True))[2] for each in (values, mixed)]
    torch.testing.assert_close(shape[0] / shape[0].norm(dim=0), shape[1] / shape[1].norm(dim=0))


def test_gradient_equals_finite_differences_of_the_map_with_fixed_styles():
    values, present = features()
    partner, share = torch.tensor([1, 0, 3, 2]), torch.full((4,), 0.25)
    values.requires_grad_()
    (gradient,) = torch.autograd.grad(mix_styles(values, present, partner, share).sum(), values)
    sd = style(values, present)[1]
    torch.testing.assert_close(gradient, (0.25 + 0.75 * sd[partner] / sd).expand_as(values).detach())


def test_partners_are_of_another_institution_if_there_is_one():
    torch.manual_seed(0)
    where = torch.tensor([0, 0, 1, 2, 0])
    for _ in range(20):
        assert (where[partners(where)] != where).all()
    assert partners(torch.zeros(3, dtype=torch.int64)).tolist() == [0, 1, 2]


def test_a_constant_feature_stays_finite():
    values, present = features()
    values[0] = 1.0
    assert mix_styles(values, present, torch.tensor([1, 0, 3, 2]), torch.full((4,), 0.1)).isfinite().all()
