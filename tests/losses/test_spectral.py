import numpy as np
import pytest
import torch

from myoshift.losses import dare_gram, rsd
from myoshift.losses.spectral import Spectrum, second_moment, threshold
from myoshift.testing.losses import shifted


def test_the_threshold_lies_between_the_eigenvalues_at_90_percent():
    values = torch.tensor([0.5, 1.0, 2.0, 6.5])  # shares 0.65, 0.85, 0.95, 1
    assert threshold(values) == pytest.approx(1.5)
    assert threshold(torch.tensor([0.0, 0.0, 5.0])) == pytest.approx(5.0)


def test_the_inverse_and_the_projector_are_those_of_the_matrix():
    sample, _ = shifted(30, 5, 6, seed=0)
    moment, level = second_moment(sample.double()), torch.tensor(0.3).double()
    spectrum, square = Spectrum.of(moment), moment @ moment
    root = torch.linalg.inv(square + level.square() * torch.eye(6).double())
    assert torch.allclose(spectrum.inverse(level), moment @ root)
    assert torch.allclose(spectrum.projector(level), square @ root)
    tiny = torch.tensor(1e-9).double()
    assert torch.allclose(spectrum.inverse(tiny), torch.linalg.inv(moment))


@pytest.mark.parametrize("function", ["inverse", "projector"])
def test_equal_eigenvalues_do_not_break_the_gradient(function):
    moment = torch.eye(4).double().requires_grad_()
    level = torch.tensor(0.5).double()

    def value(matrix):
        return getattr(Spectrum.of((matrix + matrix.T) / 2), function)(level)[0, :2].sum()

    assert torch.autograd.gradcheck(value, moment)


def test_subspaces_are_as_far_apart_as_their_principal_angles():
    """Rows in two planes: the soft projector keeps them whole, so that the sum of squared sines is known."""
    random = torch.Generator().manual_seed(1)
    planes = [torch.linalg.qr(torch.randn(40, 2, generator=random)).Q.double() for _ in range(2)]
    source, target = (torch.randn(300, 2, generator=random).double() @ plane.T for plane in planes)
    cosines = torch.linalg.svdvals(planes[0].T @ planes[1])
    expected = (1 - cosines.square()).mean()
    assert float(rsd(source, target)) == pytest.approx(float(expected), abs=0.01)
    assert float(rsd(source, 7 * source[:, :])) == pytest.approx(0, abs=1e-9)


def test_dare_gram_has_no_jumps_where_a_direction_crosses_the_threshold():
    """A cut at a whole number of directions jumps on this path; the smooth inverse does not."""
    source, target = (each.double() for each in shifted(64, 64, 8, seed=2))
    path = torch.linspace(0, 1, 400).double()
    values = np.array([float(dare_gram(source, (1 - u) * target + u * source.flip(1))) for u in path])
    steps = np.diff(values)
    assert np.abs(np.diff(steps)).max() < 0.1 * np.abs(steps).max()
    cut = np.array([float(cut_gram(source, (1 - u) * target + u * source.flip(1))) for u in path])
    assert np.abs(np.diff(np.diff(cut))).max() > np.abs(np.diff(np.diff(values))).max()


def cut_gram(source, target):
    """The published form: as many eigenvalues as have 90 % of the sum."""
    grams = [torch.cat([torch.ones(len(z), 1).double(), z], dim=1) for z in (source, target)]
    grams = [a.T @ a for a in grams]
    values = [torch.linalg.eigvalsh(gram).flip(0) for gram in grams]
    k = max(int((v.cumsum(0) / v.sum() < 0.9).sum()) for v in values)
    inverses = [torch.linalg.pinv(g, rtol=float(v[k] / v[0])) for g, v in zip(grams, values, strict=True)]
    return (1 - torch.cosine_similarity(*inverses, dim=0)).mean()
