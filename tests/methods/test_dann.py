from dataclasses import dataclass

import pytest
import torch

from conftest import make_walk
from myoshift.methods.adversarial import QUIET
from myoshift.methods.conditional_dann import ConditionalDann
from myoshift.methods.dann import Dann, DomainAdversarial
from myoshift.methods.subject_adversarial import SubjectAdversarial
from myoshift.models.motion_norm import span
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem
from myoshift.training import Batch, Pool, Windows

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("tibialis_anterior", "soleus"), 50.0)
SOURCE = [make_walk(subject=f"s{i}", institution=f"lab-{i // 2}", seed=i, seconds=2) for i in range(5)]


def windows(person, institution, seed=0):
    motion = torch.randn(len(person), 30, 3, generator=torch.Generator().manual_seed(seed))
    which = torch.tensor(person)
    nothing = torch.full((len(person), 30, 2), torch.nan)
    return Windows(
        motion, span(motion), nothing, torch.tensor(institution), which, which, torch.zeros(len(person), 3, 3)
    )


@dataclass
class Toy:
    """A method that has begun, its network and a batch."""

    method: Dann
    model: TCN
    batch: Batch


def toy(kind, unlabelled=True, **settings):
    torch.manual_seed(0)
    model, method = TCN(PROBLEM.inputs, PROBLEM.outputs, 50.0).eval(), kind(**settings)
    torch.nn.init.normal_(model.head.weight)
    method.modules(model, Pool(PROBLEM.legs(SOURCE)))
    source = windows([0, 1, 2, 3, 4], [0, 0, 1, 1, 2])
    return Toy(method, model, Batch(source, windows([0, 0, 0], [0, 0, 0], 1) if unlabelled else None))


def pull(each, progress, advantage):
    """Length of the adversary's gradient on the encoder, and of the discriminator's own."""
    each.method.advantage = advantage
    term = each.method.loss(each.model, each.batch, progress)[each.method.name]
    told = [list(each.model.layers.parameters()), list(each.method.discriminator.parameters())]
    lengths = []
    for parameters in told:
        found = torch.autograd.grad(term, parameters, retain_graph=True, allow_unused=True)
        lengths.append(sum(float(g.square().sum()) for g in found if g is not None) ** 0.5)
    return lengths


KINDS = [(Dann, True), (ConditionalDann, True), (DomainAdversarial, False), (SubjectAdversarial, False)]


@pytest.mark.parametrize(("kind", "unlabelled"), KINDS)
def test_the_adversary_rests_while_the_discriminator_guesses(kind, unlabelled):
    each = toy(kind, unlabelled)
    quiet, loud = pull(each, 0.5, QUIET - 0.01), pull(each, 0.5, QUIET)
    assert quiet[0] == 0
    assert loud[0] > 0
    assert min(quiet[1], loud[1]) > 0


@pytest.mark.parametrize(("kind", "unlabelled"), KINDS)
def test_the_pull_has_its_weight_and_its_schedule_and_the_discriminator_neither(kind, unlabelled):
    told = {}
    for weight, progress in ((0.1, 0.5), (0.2, 0.5), (0.1, 0.0)):
        told[weight, progress] = pull(toy(kind, unlabelled, weight=weight), progress, 1.0)
    assert told[0.2, 0.5][0] == pytest.approx(2 * told[0.1, 0.5][0], rel=1e-3)
    assert told[0.1, 0.0][0] == 0
    assert told[0.1, 0.0][1] == pytest.approx(told[0.2, 0.5][1], rel=1e-3)


def test_labels_are_the_part_the_institution_and_the_person():
    assert toy(Dann).method.labels(toy(Dann).batch).tolist() == [0] * 5 + [1] * 3
    each = toy(DomainAdversarial, False)
    assert each.method.labels(each.batch).tolist() == [0, 0, 1, 1, 2]
    assert each.method.count == 3


def test_a_person_is_guessed_among_those_of_the_own_institution():
    each = toy(SubjectAdversarial, False)
    assert each.method.count == 5
    told = each.method.possible(each.batch)
    assert told.int().tolist() == [[1, 1, 0, 0, 0]] * 2 + [[0, 0, 1, 1, 0]] * 2 + [[0, 0, 0, 0, 1]]


def shifted(seed):
    """Features of which one is 3 higher in the target, and the domain of each."""
    generator = torch.Generator().manual_seed(seed)
    where = torch.arange(2).repeat_interleave(200)
    return torch.randn(400, 32, generator=generator), where


def test_a_shift_between_source_and_target_is_removed():
    """An offset of the target's features alone is learned: the adversary leads it back to the source."""
    each = toy(Dann, weight=1.0)
    each.batch = Batch(windows([0], [0]), windows([0], [0]))
    offset = torch.nn.Parameter(3.0 * torch.nn.functional.one_hot(torch.tensor(4), 32).float())
    optimiser = torch.optim.Adam(
        [{"params": each.method.discriminator.parameters(), "lr": 3e-3}, {"params": [offset]}], lr=2e-2
    )
    for step in range(300):
        values, where = shifted(step)
        optimiser.zero_grad()
        each.method.told_apart(each.model, values + where[:, None] * offset, where, each.batch, 0.5).backward()
        optimiser.step()
    assert float(offset[4].detach()) < 1.0


def test_the_conditional_discriminator_sees_the_outputs():
    each = toy(ConditionalDann)
    sample = torch.randn(50, 32)
    before = each.method.seen(each.model, sample)
    with torch.no_grad():
        each.model.head.weight.mul_(-1.0)
    assert not torch.allclose(each.method.seen(each.model, sample), before, atol=0.1)
