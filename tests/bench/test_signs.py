"""Signs in the results of a benchmark."""

from __future__ import annotations

import numpy as np
import pytest

from bench.toys import benchmark, finish, recordings
from myoshift.bench import results, signs
from myoshift.bench.forecast import DIRECT, NESTED, people, table
from myoshift.calibration.signs import SIGNS

KNN = "knn(samples=200)"
SPEC = benchmark(
    conditions={"level walking": ["walk"]},
    protocols=[
        {"name": DIRECT},
        {"name": NESTED, "methods": [KNN, "both"]},
        {"name": "few_shot", "settings": {"seconds": 2.0}, "methods": ["ridge"]},
    ],
    methods=[
        {"name": "constant"},
        {"name": "knn", "settings": {"samples": 200}},
        {"name": "ridge"},
        {"name": "ensemble", "called": "both", "members": [KNN, "ridge"]},
    ],
    reference="",
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    out = finish(SPEC, tmp_path_factory.mktemp("signs"), recordings(seconds=4.0, tasks=("walk",)))
    return results.read(out)


def test_every_person_in_every_condition_has_signs_once(found):
    own = found[(found["muscle"] == signs.ALL) & (found["protocol"] == DIRECT)]
    counts = own.groupby(["method", "subject", "condition"]).size()
    assert set(counts["both"]) == {len(SIGNS)}
    assert set(counts[KNN]) == {len(SIGNS) - 1}  # no members that could disagree
    scored = found[(found["metric"] == "r") & (found["protocol"] == DIRECT) & (found["method"] == "both")]
    assert set(counts["both"].index) == set(zip(scored["subject"], scored["condition"], strict=True))
    assert set(own["side"]) == {""}
    assert np.isfinite(own["value"]).all()


def test_signs_are_of_zero_shot_runs_of_cheap_models_alone(found):
    own = found[found["metric"].str.startswith(signs.PREFIX)]
    assert set(own["protocol"]) == {DIRECT, NESTED}
    assert set(own["method"]) == {KNN, "ridge", "both"}


def test_people_have_the_score_of_the_leaderboard(found):
    known = people(found, SPEC)
    assert set(known["protocol"]) == {DIRECT, NESTED}
    direct = known[(known["protocol"] == DIRECT) & (known["method"] == "both")]
    row = direct.iloc[0]
    rows = found[
        (found["protocol"] == DIRECT)
        & (found["method"] == "both")
        & (found["metric"] == "r")
        & (found["subject"] == row["subject"])
        & (found["condition"] == row["condition"])
        & found["muscle"].isin(SPEC.primary)
    ]
    assert row["found"] == pytest.approx(rows.groupby("muscle")["value"].mean().mean())


def test_two_other_institutions_are_too_few_to_forecast_from(found):
    told = table(found, SPEC)
    assert set(told["method"]) == {KNN, "both"}
    assert told["abstained"].all()
    assert told["why"].str.contains("2 institutions to learn from").all()
