import numpy as np
import torch

from conftest import make_walk
from myoshift import registry
from myoshift.methods.domain_norm import standardised_for
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import TrainingConfig, fit
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)


class Gained(TCN):
    """A network whose features have gains and offsets of their own."""

    gain: float | torch.Tensor = 1.0
    offset: float | torch.Tensor = 0.0

    def _encode(self, seen, present):
        return self.gain * super()._encode(seen, present) + self.offset


def motions(seed=0, count=3):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(60 + 20 * n, 3, generator=generator) for n in range(count)]


def network(causal=False):
    torch.manual_seed(0)
    model = Gained(PROBLEM.inputs, PROBLEM.outputs, 50.0, causal=causal).eval()
    torch.nn.init.normal_(model.head.weight)
    return model


def predicted(model, motion):
    with torch.no_grad():
        return model(motion[None], model.overview(motion[None]))[0]


def test_over_the_targets_motion_features_have_mean_0_and_sd_1():
    for causal in (False, True):
        target = motions()
        target[1][10:20] = torch.nan
        model = standardised_for(network(causal), target)
        with torch.no_grad():
            seen = [model.encode(m[None], model.overview(m[None]))[0][m.isfinite().any(1)] for m in target]
        sample = torch.cat(seen)
        alive = sample.std(dim=0) > 0.5
        assert alive.sum() > 20
        torch.testing.assert_close(sample.mean(dim=0), torch.zeros(32), atol=1e-4, rtol=0)
        torch.testing.assert_close(sample.std(dim=0)[alive], torch.ones(32)[alive], atol=1e-2, rtol=0)


def test_gain_and_offset_of_the_features_are_undone():
    target, generator = motions(), torch.Generator().manual_seed(1)
    model, changed = network(), network()
    changed.gain = 1 + 4 * torch.rand(32, generator=generator)
    changed.offset = torch.randn(32, generator=generator)
    apart = (predicted(model, target[0]) - predicted(changed, target[0])).abs().max()
    told = [predicted(standardised_for(each, target), target[0]) for each in (model, changed)]
    assert apart > 1
    torch.testing.assert_close(*told, atol=1e-2, rtol=1e-2)


def test_the_network_that_was_given_stays_and_twice_is_once():
    model, target = network(), motions()
    once = standardised_for(model, target)
    assert torch.equal(model.scale, torch.ones(32))
    assert torch.equal(standardised_for(once, target).scale, once.scale)


def test_trained_with_it_a_new_laboratory_is_predicted():
    source = tuple(make_walk(subject=f"s{i}", institution=f"lab-{i}", seed=i, seconds=6) for i in range(3))
    target = make_walk(subject="new", institution="new", seed=9)
    split = Split(name="x", source=source, unlabelled=(target.hidden(),))
    method = registry.load("methods", "domain_norm")()
    predictor = fit(method, PROBLEM, split, TrainingConfig(steps=120))
    assert not torch.equal(predictor.model.module.scale, torch.ones(32))
    values, names = predictor.predict_recording(target.hidden())
    measured = target.activation[:, target.activation_names.index("soleus_l")]
    assert np.corrcoef(values[:, names.index("soleus_l")], measured)[0, 1] > 0.9
