from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from estimators.laboratories import PROBLEM, mean_r, toy_split
from estimators.test_gated import same, simulated
from myoshift.estimators.pretrained import Pretrained
from myoshift.training import Trained, TrainingConfig

CONFIG = TrainingConfig(steps=60)


@pytest.fixture(scope="module")
def both():
    split, test = toy_split()
    others = tuple(simulated(replace(r, subject=f"{r.subject}-else")) for r in split.source)
    return replace(split, source=(*split.source, *others)), test


def test_measured_recordings_have_the_last_word(both):
    split, test = both
    backwards = tuple(
        replace(r, activation=r.activation[::-1].copy()) if r.kind == "simulated" else r for r in split.source
    )
    misled = Pretrained(PROBLEM, config=TrainingConfig(steps=150)).fit(replace(split, source=backwards))
    only = Trained("source_only", PROBLEM, TrainingConfig(steps=150)).fit(
        replace(split, source=backwards).of_kind("simulated")
    )
    assert mean_r(misled, test) > 0.6 > mean_r(only, test)


def test_what_was_taught_first_is_gone_on_from(both):
    split, test = both
    taught = Pretrained(PROBLEM, config=CONFIG).fit(split)
    plain = Trained("source_only", PROBLEM, CONFIG).fit(split.of_kind("emg_envelope"))
    assert not same(taught, plain)
    short = Pretrained(PROBLEM, config=TrainingConfig(steps=25)).fit(split)
    alone = Trained("source_only", PROBLEM, TrainingConfig(steps=25)).fit(split.of_kind("emg_envelope"))
    assert mean_r(short, test) > mean_r(alone, test)
    assert taught.card["pretrained_on"] == sorted({r.institution for r in split.of_kind("simulated").source})
    assert taught.card["persons"] == sorted({r.person for r in split.source})


def test_an_output_that_was_only_simulated_is_predicted(both):
    split, test = both
    names = split.source[0].activation_names
    hidden = np.array([name.startswith("hamstrings") for name in names])
    source = tuple(
        replace(r, activation=np.where(hidden, np.float32(np.nan), r.activation)) if r.kind == "emg_envelope" else r
        for r in split.source
    )
    made = Pretrained(PROBLEM, config=CONFIG).fit(replace(split, source=source))
    assert "hamstrings" in made.trained
    assert np.isfinite(made.legs(test[0])["r"][:, PROBLEM.outputs.index("hamstrings")]).all()


def test_one_kind_alone_is_a_plain_training(both):
    for kind in ("simulated", "emg_envelope"):
        only = both[0].of_kind(kind)
        assert same(Pretrained(PROBLEM, config=CONFIG).fit(only), Trained("source_only", PROBLEM, CONFIG).fit(only))
