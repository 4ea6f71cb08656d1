"""What selectors chose, held against the best there was; nothing but the oracle follows from the answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.toys import benchmark, finish
from myoshift import registry
from myoshift.bench import folds, results, selection

SPEC = benchmark(
    protocols=[{"name": "selection", "settings": {"seconds": 2.0}}, {"name": "leave_two_domains_out"}],
    methods=[{"name": "template"}, {"name": "constant"}, {"name": "ridge"}, {"name": "source_only"}],
    seeds=2,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return finish(SPEC, tmp_path_factory.mktemp("selection"))


@pytest.fixture(scope="module")
def found(folder):
    table = results.read(folder)
    evidence = selection.evidence_of(folder, table)
    return table, evidence, selection.chosen(table, evidence, SPEC)


def test_every_selector_chooses_for_every_institution_and_condition(found):
    _, evidence, chosen = found
    assert len(evidence) == 3 * 5
    assert set(chosen["selector"]) == set(registry.names("selectors"))
    assert len(chosen) == chosen.drop_duplicates(["condition", "scope", "institution", "selector"]).shape[0]
    assert set(chosen["institution"]) == {"north", "south", "west"}
    assert (chosen["candidates"] == 4)[~chosen["selector"].isin(["seed_agreement"])].all()


def test_nobody_regrets_less_than_the_oracle_which_alone_is_a_bound(found):
    *_, chosen = found
    assert (chosen["regret"] >= -1e-12).all()
    oracle = chosen[chosen["bound"]]
    assert set(oracle["selector"]) == {"oracle"}
    assert oracle["regret"].abs().max() == 0
    assert oracle["rank"].round(9).eq(1).all()


def test_the_default_is_the_first_and_chance_is_the_mean(found):
    *_, chosen = found
    default = chosen[chosen["selector"] == "last"]
    assert set(default["candidate"]) == {"template"}
    chance = chosen[chosen["selector"] == "random"]
    assert set(chance["candidate"]) == {"any of 4"}
    assert (chance["r"] < chance["oracle"]).all()


def test_no_choice_follows_from_the_answers(found):
    """Every score of the target is turned around: all but the oracle choose as before."""
    table, evidence, chosen = found
    turned = table.copy()
    own = turned["protocol"].str.startswith("selection") & turned["metric"].eq("r")
    turned.loc[own, "value"] *= -1
    again = selection.chosen(turned, evidence, SPEC)
    same = chosen["candidate"] == again["candidate"]
    assert same[~chosen["bound"]].all()
    assert not same[chosen["bound"]].all()


@pytest.mark.parametrize("target", ["north", "west"])
def test_other_laboratories_decide_without_the_target(found, target):
    """In the folds that leave the target and another one out, the target's own rows change nothing."""
    table, evidence, chosen = found
    spoilt = table.copy()
    own = spoilt["protocol"].eq("leave_two_domains_out") & spoilt["institution"].eq(target)
    spoilt.loc[own, "value"] *= -1
    again = selection.chosen(spoilt, evidence, SPEC)
    mine = chosen["institution"].eq(target)
    pd.testing.assert_frame_equal(chosen[mine], again[mine])
    others = chosen["selector"].eq("leave_one_source_domain_out") & ~mine
    assert not chosen[others]["rank"].equals(again[others]["rank"])


def test_costs_are_counted(found):
    *_, chosen = found
    fits = chosen.groupby("selector")["fits"].first()
    assert fits["last"] == 1
    assert fits["source_validation"] == 5
    assert fits["leave_one_source_domain_out"] == 5 + 2 * 5
    seconds = chosen.groupby("selector")["label_seconds"].first()
    assert seconds["few_shot"] == pytest.approx(4, abs=0.1)
    assert seconds["source_validation"] == 0
    assert np.isnan(seconds["oracle"])


def test_the_summary_is_the_mean_of_the_choices(found):
    table, evidence, chosen = found
    summary = selection.summary(table, evidence, SPEC)
    for _, row in summary.iterrows():
        own = chosen[
            (chosen[["condition", "scope", "selector"]] == row[["condition", "scope", "selector"]]).all(axis=1)
        ]
        assert row["regret"] == pytest.approx(np.average(own["regret"], weights=own["people"]))
        assert row["institutions"] == 3
    assert set(summary["verdict"]) == {"", "bound", "descriptive (n = 6 people, 3 institutions)"}
    assert summary[summary["selector"] == "last"]["gain"].abs().max() == 0


def test_tables_are_written_beside_the_results(folder, found):
    *_, chosen = found
    written = pd.read_csv(folder / "selection.csv")
    assert list(written.columns) == list(selection.COLUMNS)
    assert len(written) == len(chosen)
    assert list(pd.read_csv(folder / "selection_summary.csv").columns) == list(selection.SUMMARY)


def test_a_benchmark_without_the_protocol_writes_none(found, tmp_path):
    table, spec = found[0], benchmark()
    other = table[~table["protocol"].str.startswith("selection")]
    assert selection.write(tmp_path, other, spec) == ()
    assert selection.chosen(other, {}, spec).empty
    assert selection.summary(other, {}, spec).empty


def test_the_held_out_people_stand_among_the_folds(folder):
    found = folds.read(folder)
    assert all(fold["validation"] for fold in found["selection(seconds=2.0)"])
    assert not any(fold["validation"] for fold in found["leave_two_domains_out"])
