import torch

from myoshift.losses import coral, mean_covariance


def test_known_values():
    source = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    target = torch.tensor([[1.0, 2.0], [1.0, 0.0]])
    # covariances diag(2, 0) and diag(0, 2), means (0, 0) and (1, 1)
    assert coral(source, target) == 8 / 16
    assert mean_covariance(source, target) == 1 + 8 / 4


def test_coral_is_blind_to_the_means_and_the_other_is_not():
    sample = torch.randn(20, 3, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(coral(sample, sample + 5), torch.tensor(0.0), atol=1e-6)
    assert torch.allclose(mean_covariance(sample, sample + 5), torch.tensor(25.0))
