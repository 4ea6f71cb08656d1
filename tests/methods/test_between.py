import pytest
import torch

from myoshift.losses import coral
from myoshift.losses.tokens import conditioned
from myoshift.methods.between import by_institution
from myoshift.methods.between_coral import BetweenCoral
from myoshift.methods.mixstyle import MixStyle
from myoshift.models.tcn import TCN
from myoshift.training import Batch, Windows, features


def source(where=(0, 0, 1, 2)):
    torch.manual_seed(0)
    count, number = len(where), torch.arange(len(where))
    motion = torch.randn(count, 40, 3)
    motion[3, 1:] = torch.nan
    span = torch.stack([torch.zeros(count, 3), torch.ones(count, 3)], dim=1)
    return Windows(
        motion, span, torch.rand(count, 40, 1), torch.tensor(where), number, number, torch.zeros(count, 3, 3)
    )


def network():
    torch.manual_seed(1)
    model = TCN(("hip_flexion", "knee_angle", "ankle_angle"), ("soleus",), 50.0).eval()
    torch.nn.init.normal_(model.head.weight)
    return model


def test_samples_are_of_one_institution_each_and_of_two_frames_or_more():
    windows = source()
    marked = windows.institution.reshape(-1, 1, 1).expand(4, 40, 2).float()
    samples = by_institution(marked, windows, 50)
    assert [len(each) for each in samples] == [50, 40]
    assert [each.unique().tolist() for each in samples] == [[0.0], [1.0]]


def test_the_term_is_the_mean_distance_of_the_pairs_under_a_rising_weight():
    windows, model, method = source((0, 0, 1, 1)), network(), BetweenCoral(weight=3.0, budget=1000)
    method.clock = None
    told = {p: method.loss(model, Batch(windows), p)["between_coral"] for p in (0.0, 0.1, 1.0)}
    pair = by_institution(features(model, windows), windows, 1000)
    expected = 3.0 * float(coral(*conditioned(*pair)).detach())
    assert float(told[1.0].detach()) == pytest.approx(expected, rel=1e-4)
    assert float(told[0.1].detach()) == pytest.approx(expected / 2, rel=1e-4)
    assert told[0.0] == 0


def test_one_institution_in_a_batch_is_a_zero_on_the_graph():
    method = BetweenCoral()
    method.clock = None
    term = method.loss(network(), Batch(source((0, 0, 0, 0))), 1.0)["between_coral"]
    term.backward()
    assert term == 0


def test_its_descent_makes_the_covariances_alike():
    windows, model, method = source((0, 0, 1, 1)), network(), BetweenCoral(budget=1000)
    method.clock = None
    windows.motion[2:] = windows.motion[2:].cumsum(dim=1) / 3
    optimiser = torch.optim.Adam(model.layers.parameters(), lr=3e-3)
    told = []
    for _ in range(30):
        optimiser.zero_grad()
        told.append(method.loss(model, Batch(windows), 1.0)["between_coral"])
        told[-1].backward()
        optimiser.step()
    assert told[-1].detach() < 0.5 * told[0].detach()


@pytest.mark.parametrize("where", [(0, 0, 1, 1), (0, 0, 0, 0)])
def test_styles_are_mixed_as_often_as_asked_and_only_between_institutions(where):
    windows, model = source(where), network()
    told = {}
    for probability in (0.0, 0.5, 1.0):
        method = MixStyle(correlation=0.0, probability=probability)
        method.clock = None
        told[probability] = torch.stack([method.loss(model, Batch(windows), 0.5)["task"].detach() for _ in range(60)])
    changed = [float(((each - told[0.0][0]).abs() > 1e-4 * told[0.0][0]).float().mean()) for each in told.values()]
    assert changed[0] == 0
    if len(set(where)) > 1:
        assert 0.25 < changed[1] < 0.75 < changed[2]
    else:
        assert changed == [0, 0, 0]
