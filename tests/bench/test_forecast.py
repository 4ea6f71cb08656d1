"""Nested forecasts over planted results."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from bench.toys import benchmark
from myoshift.bench.forecast import (
    DIRECT,
    NESTED,
    SUMMARY,
    TABLE,
    from_virtual,
    nested_for,
    people,
    relevant,
    summary,
    table,
)
from myoshift.bench.signs import PREFIX
from myoshift.calibration.forecast import Limits

SPEC = benchmark(protocols=[{"name": DIRECT}, {"name": NESTED}], methods=[{"name": "knn"}], reference="")
LABS = tuple(f"lab{k:02d}" for k in range(9))


def rows(protocol, fold, lab, person, r, disagreement, condition="level walking"):
    common = {
        "protocol": protocol,
        "fold": fold,
        "institution": lab,
        "subject": person,
        "condition": condition,
        "method": "knn",
        "seed": 0,
        "scope": "person",
    }
    for muscle, side in (("tibialis_anterior", "r"), ("tibialis_anterior", "l"), ("gastrocnemius", "r")):
        yield {**common, "muscle": muscle, "side": side, "metric": "r", "value": r}
    for name, value in (("disagreement", disagreement), ("distance", 0.0)):
        yield {**common, "muscle": "all", "side": "", "metric": PREFIX + name, "value": value}


def planted(effect=0.5, seed=0, labs=LABS):
    """Results in which r of a person falls with the disagreement, whichever fold it is."""
    random = np.random.default_rng(seed)
    found = []
    for lab in labs:
        level = random.normal()
        for k in range(3):
            off = level + 0.4 * random.normal()
            r = float(np.tanh(0.8 - effect * off + 0.1 * random.normal()))
            found += rows(DIRECT, lab, lab, f"{lab}-{k}", r, off)
            for pair in combinations(labs, 2):
                if lab in pair:
                    found += rows(NESTED, " and ".join(pair), lab, f"{lab}-{k}", r - 0.02, off)
    return pd.DataFrame(found)


@pytest.fixture(scope="module")
def results():
    return planted()


@pytest.fixture(scope="module")
def told(results):
    return table(results, SPEC)


def test_the_forecast_finds_the_planted_sign(told):
    assert tuple(told.columns) == TABLE
    assert len(told) == 27
    quality = summary(told).query("condition == 'all'").set_index("forecast")
    assert tuple(quality.reset_index()[list(SUMMARY)].columns) == SUMMARY
    assert quality.loc["signs", "mae"] < 0.5 * quality.loc["mean of the others", "mae"]
    assert quality.loc["signs", "rank"] > 0.8
    assert quality.loc["signs", "mae"] == pytest.approx(quality.loc["disagreement alone", "mae"], abs=0.03)
    assert quality.loc["signs", "covered80"] >= 0.7
    assert quality.loc["signs", "width80"] < quality.loc["mean of the others", "width80"]
    assert (quality["people"] == 27).all()
    assert (quality["claim"] == "").all()


def test_intervals_say_which_levels_they_suppose_normal_errors_for(told):
    assert set(told["modelled"]) == {"95%"}
    assert (told["low95"] <= told["low"]).mean() > 0.9
    assert (told["institutions"] == 8).all()


def test_nobody_of_the_target_is_learned_from(results, told):
    known = people(results, SPEC)
    target = LABS[0]
    learned = nested_for(known, target)
    assert set(learned["institution"]) == set(LABS) - {target}
    assert learned["fold"].str.contains(target).all()
    assert not learned.duplicated(["subject", "condition"]).any()
    changed = results.copy()
    own = (changed["institution"] == target) & (changed["metric"] == "r")
    changed.loc[own, "value"] = -0.9
    again = table(changed, SPEC)
    columns = ["forecast", "low", "high", "baseline", "spread"]
    same, other = (each[each["institution"] == target][columns] for each in (told, again))
    pd.testing.assert_frame_equal(same, other)


def test_other_conditions_are_learned_from_where_the_own_one_is_rare(results):
    known = people(results, SPEC)
    some = known["institution"].isin(LABS[:3]) & (known["protocol"] == NESTED)
    mixed = pd.concat([known, known[some].assign(condition="shifted gait")])
    assert set(relevant(mixed, "level walking", Limits())["condition"]) == {"level walking"}
    assert len(relevant(mixed, "shifted gait", Limits())) == len(mixed)


def test_a_person_beyond_all_others_is_left_out_of_what_is_given(results):
    far = results.copy()
    own = (far["subject"] == f"{LABS[0]}-0") & (far["metric"] == f"{PREFIX}distance") & (far["protocol"] == DIRECT)
    far.loc[own, "value"] = 9.0
    found = table(far, SPEC)
    assert list(found.loc[found["abstained"] & found["why"].str.contains("further away|distance"), "subject"]) == [
        f"{LABS[0]}-0"
    ]
    quality = summary(found).iloc[0]
    assert quality["abstained"] >= 1 / 27


def test_nothing_without_both_protocols(results):
    assert table(results[results["protocol"] == DIRECT], SPEC).empty
    assert summary(table(results.iloc[:0], SPEC)).empty


def test_few_people_are_described_not_claimed():
    found = summary(table(planted(labs=LABS[:5]), SPEC).iloc[:5])
    assert found["claim"].str.startswith("descriptive (n = 5 people").all()


def test_virtual_people_alone_can_be_learned_from(results):
    virtual = people(planted(seed=5, labs=tuple(f"virtual-{k}" for k in range(24))), SPEC)
    told = from_virtual(people(results, SPEC), virtual[virtual["protocol"] == DIRECT])
    assert len(told) == 27
    assert (told["institutions"] == 24).all()
    assert set(told["modelled"]) == {""}
    assert summary(told).iloc[0]["rank"] > 0.8
