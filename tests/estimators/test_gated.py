from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from estimators.laboratories import PROBLEM, toy_split
from myoshift.estimators import gated
from myoshift.estimators.gated import Gated
from myoshift.training import Trained, TrainingConfig

CONFIG = TrainingConfig(steps=40)


@pytest.fixture(scope="module")
def real():
    return toy_split()[0]


def simulated(recording, change=lambda values: values):
    return replace(
        recording,
        kind="simulated",
        institution=f"{recording.institution}, simulated",
        trial=f"{recording.trial}-simulated",
        activation=np.ascontiguousarray(change(recording.activation)),
    )


def with_simulated(split, change):
    return replace(split, source=(*split.source, *(simulated(r, change) for r in split.source)))


def same(one, other):
    names = one.model.arrays()
    return all(np.array_equal(names[name], array) for name, array in other.model.arrays().items())


def test_a_harmful_simulation_leaves_the_predictor_of_the_measured_recordings_bit_for_bit(real):
    backwards = with_simulated(real, lambda values: values[::-1])
    made = Gated(PROBLEM, seed=3, config=CONFIG).fit(backwards)
    assert made.card["gate"]["share"] is None
    alone = Trained("source_only", PROBLEM, CONFIG, 3).fit(real)
    assert same(made, alone)
    naive = Trained("source_only", PROBLEM, CONFIG, 3).fit(backwards)
    assert not same(naive, alone)


def test_a_helpful_simulation_opens_the_gate(real, monkeypatch):
    """Few steps on hardly any measured seconds, and right labels of everybody else: sharing must pay."""
    one = tuple(r.window(0, 40) for r in real.source)
    others = tuple(simulated(replace(r, subject=f"{r.subject}-else")) for r in real.source)
    made = Gated(PROBLEM, config=TrainingConfig(steps=120), shares=(0.8,)).fit(replace(real, source=(*one, *others)))
    assert made.card["gate"]["share"] == 0.8


def test_twins_of_people_who_were_left_out_are_left_out(real, monkeypatch):
    seen = []

    def watching(self, split, share, left_out):
        seen.append(({r.person for r in split.source}, {r.person for r in left_out}))
        return {r.institution: 0.0 for r in left_out}

    monkeypatch.setattr(Gated, "_scores", watching)
    Gated(PROBLEM, config=CONFIG).fit(with_simulated(real, lambda values: values))
    assert len(seen) == 9
    assert all(not learned & left_out for learned, left_out in seen)
    assert {place for _, left_out in seen for place in left_out} == {r.person for r in real.source}


def test_masked_outputs_are_hidden_in_what_is_simulated_alone(real):
    gate = Gated(PROBLEM, without=["rectus_femoris"])
    names = real.source[0].activation_names
    masked = gate._masked(simulated(real.source[0])).activation
    hidden = [name.startswith("rectus_femoris") for name in names]
    assert any(hidden)
    assert np.isnan(masked[:, hidden]).all()
    assert np.isfinite(masked[:, np.invert(hidden)]).all()


@pytest.mark.parametrize(
    ("gains", "share"),
    [
        ({0.2: [0.1, 0.1, 0.11], 0.5: [0.0, 0.1, 0.3]}, 0.5),
        ({0.2: [0.1, 0.1, 0.11], 0.5: [-0.3, 0.1, 0.3]}, 0.2),
        ({0.2: [-0.3, 0.1, 0.3]}, None),
        ({0.2: [0.3]}, None),
        ({}, None),
    ],
)
def test_a_gain_must_be_larger_than_its_standard_error(gains, share):
    assert gated._best({key: np.array(each) for key, each in gains.items()}) == share


def test_one_kind_alone_is_a_plain_training(real):
    only = replace(real, source=tuple(simulated(r) for r in real.source))
    assert same(Gated(PROBLEM, config=CONFIG).fit(only), Trained("source_only", PROBLEM, CONFIG).fit(only))
    assert same(Gated(PROBLEM, config=CONFIG).fit(real), Trained("source_only", PROBLEM, CONFIG).fit(real))
