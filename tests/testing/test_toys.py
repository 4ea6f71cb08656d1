"""The toy worlds hold what they say, the cards say what the table says, and what a card expects comes true."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.datasets.toy import SITES
from myoshift.testing import toys
from toygate import gate

EACH = 4
"""Methods of which a gain is expected that are trained anew by the tests, those with the largest gain."""


@pytest.mark.parametrize("shift", toys.WORLDS)
def test_a_world_has_several_sources_and_a_target_that_nobody_learns_from(shift):
    split, test = toys.toy_split(shift, 0)
    assert {r.institution for r in split.source} == {"toy-a", "toy-b", "toy-c", "toy-d"}
    assert {r.institution for r in test} == {r.institution for r in split.unlabelled} == {"toy-t"}
    assert len({r.person for r in test}) == toys.PEOPLE >= 8
    assert all(np.isnan(r.activation).all() for r in split.unlabelled)
    assert {name[:-2] for r in test for name in r.activation_names} == set(SITES)


def test_seeds_are_other_people():
    one, other = (toys.toy_split("delay", seed)[1][0] for seed in (0, 1))
    assert not np.allclose(one.motion, other.motion)


def test_few_labs_measure_each_muscle_under_a_muscle_set_shift():
    split, _ = toys.toy_split("muscle_set", 0)
    for site in SITES:
        labs = {r.institution for r in split.source if f"{site}_r" in r.activation_names}
        assert 1 <= len(labs) <= 2


@pytest.mark.parametrize("shift", ["gain", "posture"])
def test_motion_is_what_a_gain_or_posture_shift_changes(shift):
    plain, changed = (toys.toy_split(each, 0)[1] for each in ("delay", shift))
    for one, other in zip(plain, changed, strict=True):
        assert not np.allclose(one.motion, other.motion, atol=0.02)
        ratio = other.activation / np.maximum(one.activation, 1e-6)
        assert np.median(ratio) == pytest.approx(toys.WORLDS[shift].target.get("gain", 1.0), rel=1e-3)


def test_no_angle_tells_of_the_load_of_a_concept_shift():
    plain, loaded = (toys.toy_split(each, 0)[1] for each in ("delay", "concept"))
    for one, other in zip(plain, loaded, strict=True):
        assert np.array_equal(one.motion, other.motion)
        assert not np.allclose(one.activation, other.activation, atol=0.1)
        assert other.external_load is None


def test_a_gain_has_an_interval_over_people_and_a_verdict():
    base = np.linspace(0.4, 0.6, 8)
    better = toys.gain(base + np.linspace(0.01, 0.03, 8), base)
    assert better.mean == pytest.approx(0.02)
    assert 0.01 < better.low < better.mean < better.high < 0.03
    assert better.verdict == "better"
    assert toys.gain(base - 0.01, base).verdict == "worse"
    assert toys.gain(base - 0.0001, base).verdict == "no difference"
    assert toys.gain(base + np.tile([0.1, -0.1], 4), base).verdict == "no difference"


def test_every_method_has_a_card_and_five_rows():
    rows = gate.read()
    expected = [(name, shift) for name in gate.methods() for shift in sorted(toys.WORLDS)]
    assert [(row["method"], row["shift"]) for row in rows] == expected
    assert [card["method"] for card in toys.cards()] == list(gate.methods())


def test_cards_say_what_the_table_says():
    assert toys.cards() == gate.cards(gate.read())
    assert {card["shift"] for card in toys.cards()} <= {*toys.WORLDS, "none"}


def test_verdicts_follow_from_the_intervals():
    for row in gate.read():
        assert int(row["people"]) >= 8
        assert row["verdict"] == toys.measured(row).verdict


def test_a_card_says_in_words_whether_a_gain_is_expected():
    card = {"method": "m", "shift": "delay", "gain": "0.02", "low": "0.01", "high": "0.03"}
    assert toys.statement(card) == "gain expected: delay shift +0.020 [+0.010, +0.030]"
    assert toys.statement(card | {"low": "-0.01"}).startswith("no gain expected: delay shift +0.020")
    assert toys.statement({"method": "m", "shift": "none"}).startswith("no gain expected")


def expected():
    better = [card for card in toys.cards() if card["shift"] != "none" and toys.measured(card).verdict == "better"]
    return sorted(better, key=lambda card: -float(card["gain"]))[:EACH]


@pytest.mark.parametrize("card", expected(), ids=lambda card: card["method"])
def test_a_method_beats_the_source_alone_where_it_is_expected_to(card):
    row = gate.compare(card["method"], card["shift"], seeds=[0])
    assert row["verdict"] == "better"
