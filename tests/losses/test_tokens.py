import pytest
import torch

from myoshift.errors import DataRefused
from myoshift.losses.tokens import chosen, conditioned, tokens


def test_frames_are_chosen_once_each_among_those_present():
    present = torch.zeros(4, 50, dtype=torch.bool)
    present[1, 10:40] = True
    index = chosen(present, 20)
    assert len(index) == len(index.unique()) == 20
    assert present.flatten()[index].all()
    assert len(chosen(present, 256)) == 30
    features = torch.arange(200.0).reshape(4, 50, 1)
    assert torch.equal(tokens(features, index).squeeze(1), index.float())


def test_the_scale_of_the_features_changes_nothing():
    source, target = torch.randn(20, 3), torch.randn(30, 3) + 1
    for one, other in zip(conditioned(source, target), conditioned(100 * source, 100 * target), strict=True):
        assert torch.allclose(one, other, atol=1e-4)
    both = torch.cat(conditioned(source, target))
    assert torch.allclose(both.mean(dim=0), torch.zeros(3), atol=1e-5)
    assert torch.allclose(both.std(dim=0, correction=0), torch.ones(3), atol=1e-4)


@pytest.mark.parametrize("domain", ["source", "target"])
@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_a_row_that_is_not_finite_is_refused_with_its_domain(domain, value):
    samples = {"source": torch.randn(10, 3), "target": torch.randn(12, 3)}
    samples[domain][4, 1] = value
    with pytest.raises(DataRefused, match=f"row 4: features of the {domain} are not finite .*1 of 1"):
        conditioned(**samples)
