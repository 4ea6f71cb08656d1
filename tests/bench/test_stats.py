from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from bench.toys import benchmark
from myoshift.bench import stats

SPEC = benchmark(
    methods=[{"name": "template"}, {"name": "source_only"}, {"name": "ensemble", "members": ["source_only"]}],
    seeds=2,
)
METRICS = ("r", "r_best", "lag", "rmse", "r2", "variance_ratio")


def table(scores, **common):
    """Rows for {(institution, subject, method, seed, muscle, side): value}."""
    rows = []
    for (institution, subject, method, seed, muscle, side), value in scores.items():
        row = {"institution": institution, "subject": subject, "method": method, "seed": seed, "muscle": muscle}
        base = {
            "protocol": "leave_one_domain_out",
            "condition": "level walking",
            "scope": "person",
            "source": "other",
            "target_inputs": "none",
            "target_labels": "none",
            "calibration_seconds": 0.0,
        }
        rows += [{**base, **row, "side": side, "metric": metric, "value": value, **common} for metric in METRICS]
    return pd.DataFrame(rows)


def people(values, method="template", seed=0):
    """One muscle and side per person: {(institution, subject): value}."""
    return {(i, p, method, seed, "gastrocnemius", "r"): value for (i, p), value in values.items()}


MANY = {(f"lab{i}", f"p{i}{k}"): 0.5 + 0.05 * i + 0.01 * k for i in range(4) for k in range(3)}


def series(values):
    index = pd.MultiIndex.from_tuples(values, names=["institution", "subject"])
    return pd.Series(list(values.values()), index=index)


def test_sides_then_muscles_then_seeds():
    scores = {
        ("a", "p", "template", 0, "gastrocnemius", "r"): 0.2,
        ("a", "p", "template", 0, "gastrocnemius", "l"): 0.4,
        ("a", "p", "template", 0, "tibialis_anterior", "r"): 0.9,
        ("a", "p", "template", 1, "tibialis_anterior", "r"): 0.1,
        ("a", "p", "template", 0, "soleus", "r"): -1.0,
    }
    found = stats.by_person(table(scores), "r", SPEC.primary)
    assert found.loc[("a", "p"), ("template", 0)] == pytest.approx((0.3 + 0.9) / 2)
    assert stats.over_seeds(found).loc[("a", "p"), "template"] == pytest.approx((0.6 + 0.1) / 2)


def test_not_predicting_counts_zero_and_a_silent_muscle_counts_for_nobody():
    nan = float("nan")
    scores = {
        ("a", "p", "template", 0, "gastrocnemius", "r"): 0.8,
        ("a", "p", "knn", 0, "gastrocnemius", "r"): nan,
        ("a", "p", "template", 0, "tibialis_anterior", "r"): nan,
        ("a", "p", "knn", 0, "tibialis_anterior", "r"): nan,
    }
    found = stats.over_seeds(stats.by_person(table(scores), "r", SPEC.primary)).loc[("a", "p")]
    assert found["template"] == pytest.approx(0.8)
    assert found["knn"] == 0.0
    assert np.isnan(stats.by_person(table(scores), "rmse", SPEC.primary)[("knn", 0)].iloc[0])


def test_means_by_person_and_by_institution():
    found = stats.estimate(series({("a", "1"): 1.0, ("a", "2"): 1.0, ("a", "3"): 1.0, ("b", "4"): 0.0}))
    assert found.by_person.value == pytest.approx(0.75)
    assert found.by_institution.value == pytest.approx(0.5)
    assert (found.people, found.institutions) == (4, 2)
    assert found.descriptive


def test_an_interval_over_institutions_is_wider_when_institutions_differ():
    values = {(f"lab{i}", f"p{i}{k}"): 0.3 * i + 0.01 * k for i in range(4) for k in range(10)}
    found = stats.estimate(series(values))
    person = found.by_person.high - found.by_person.low
    both = found.by_person_hierarchical.high - found.by_person_hierarchical.low
    assert both > 1.5 * person
    assert found.by_person_hierarchical.value == found.by_person.value


def test_intervals_have_the_width_that_theory_gives():
    random = np.random.default_rng(1)
    values = {("lab", f"p{k}"): float(x) for k, x in enumerate(random.normal(size=200))}
    found = stats.estimate(series(values)).by_person
    theory = 2 * t.ppf(0.975, 199) * np.std(list(values.values()), ddof=1) / np.sqrt(200)
    assert found.high - found.low == pytest.approx(theory, rel=0.02)


def test_hierarchical_intervals_have_the_width_that_theory_gives():
    """Forty institutions of five people: the spread of their means alone, which holds that within them."""
    random = np.random.default_rng(2)
    lab = random.normal(size=40)
    values = {(f"l{i:02d}", f"p{i}-{k}"): lab[i] + random.normal() for i in range(40) for k in range(5)}
    found = stats.estimate(series(values)).by_institution
    error = series(values).groupby(level="institution").mean().std(ddof=1) / np.sqrt(40)
    assert found.high - found.low == pytest.approx(2 * t.ppf(0.975, 39) * error, rel=0.02)


@settings(max_examples=20, deadline=None)
@given(
    values=st.lists(st.floats(-1, 1), min_size=2, max_size=12),
    places=st.lists(st.integers(0, 3), min_size=12, max_size=12),
    shift=st.floats(-1, 1),
)
def test_intervals_move_with_the_values_and_hold_the_mean(values, places, shift):
    """There is none from two people, or from two institutions."""
    plain = {(f"lab{places[i]}", f"p{i}"): v for i, v in enumerate(values)}
    moved = {key: v + shift for key, v in plain.items()}
    one, other = stats.estimate(series(plain)), stats.estimate(series(moved))
    for name in ("by_person", "by_person_hierarchical", "by_institution"):
        a, b = getattr(one, name), getattr(other, name)
        few = len(values) < 3 or (name != "by_person" and one.institutions == 2)
        assert np.isnan(a.low) == np.isnan(a.high) == few
        assert few or a.low - 1e-9 <= a.value <= a.high + 1e-9
        moved_by = (b.value - a.value, b.low - a.low, b.high - a.high)
        assert moved_by == pytest.approx((shift, *(np.nan if few else shift,) * 2), abs=1e-6, nan_ok=True)


def test_nobody_gives_no_number():
    found = stats.estimate(series({("a", "1"): float("nan")}))
    assert found.people == 0
    assert np.isnan(found.by_person.value)


def test_a_paired_difference_does_not_carry_the_spread_of_people():
    better = {key: value + 0.02 for key, value in MANY.items()}
    scores = people(MANY) | people(better, "source_only")
    row = stats.leaderboard(table(scores), SPEC).set_index("method").loc["source_only"]
    assert row["reference"] == "template"
    assert (row["difference"], row["difference_low"], row["difference_high"]) == pytest.approx((0.02,) * 3)
    assert row["r_high"] - row["r_low"] > 0.02
    assert row["verdict"] == "better"


@pytest.mark.parametrize(("change", "expected"), [(0.05, "better"), (-0.05, "worse"), (None, "no difference shown")])
def test_verdicts(change, expected):
    random = np.random.default_rng(0)
    other = {k: v + (change if change else 0.05 * random.choice([-1, 1])) for k, v in MANY.items()}
    board = stats.leaderboard(table(people(MANY) | people(other, "source_only")), SPEC)
    assert board.set_index("method").loc["source_only", "verdict"] == expected


@pytest.mark.parametrize("few", [5, 3])
def test_few_people_or_institutions_are_described_not_judged(few):
    keys = list(MANY)[:5] if few == 5 else [k for k in MANY if k[0] != "lab3"]
    values = {k: MANY[k] for k in keys}
    other = {k: v + 0.3 for k, v in values.items()}
    board = stats.leaderboard(table(people(values) | people(other, "source_only")), SPEC)
    assert board.set_index("method").loc["source_only", "verdict"].startswith(f"descriptive (n = {len(keys)} people")


def test_rows_with_different_access_are_not_ranked_together():
    few = table(people({k: v + 0.3 for k, v in MANY.items()}, "own"), calibration_seconds=2.0, target_labels="2 s")
    board = stats.leaderboard(pd.concat([table(people(MANY)), few]), SPEC)
    assert list(board["rank"]) == [1, 1]
    assert list(board["access"]) == ["zero-shot", "few-shot 2 s"]
    assert board.set_index("method").loc["own", "reference"] == ""


def test_strides_of_different_length_are_ranked_together():
    parts = [
        table(people({who: value}, "own"), calibration_seconds=0.9 + 0.05 * k, target_labels="a stride")
        for k, (who, value) in enumerate(MANY.items())
    ]
    board = stats.leaderboard(pd.concat([*parts, table(people(MANY, "template"))]), benchmark())
    assert board["people"].tolist() == [len(MANY)] * 2
    assert board["access"].tolist() == ["zero-shot", "few-shot 1.18 s"]


def test_access_in_words():
    assert (
        stats.access_label(table(people(MANY), target_labels="other people of the institution"))
        == "known institution"
    )
    assert (
        stats.access_label(table(people(MANY), target_inputs="test_people"))
        == "zero-shot + unlabelled motion of test people"
    )


def test_a_leaderboard_is_ranked_by_r_and_has_its_columns():
    low = {k: v - 0.2 for k, v in MANY.items()}
    board = stats.leaderboard(table(people(low, "source_only") | people(MANY)), SPEC)
    assert list(board["method"]) == ["template", "source_only"]
    assert list(board.columns) == list(stats.BOARD)
    assert board["seed_sd"].isna().all()


def test_seeds_are_averaged_and_their_spread_is_shown():
    scores = people(MANY, "source_only", 0) | people({k: v + 0.1 for k, v in MANY.items()}, "source_only", 1)
    row = stats.leaderboard(table(scores), SPEC).iloc[0]
    assert row["seeds"] == 2
    assert row["r"] == pytest.approx(np.mean(list(MANY.values())) + 0.05)
    assert row["seed_sd"] == pytest.approx(0.1 / np.sqrt(2))


def test_an_ensemble_below_its_members_is_seen():
    scores = people(MANY, "source_only", 0) | people({k: v + 0.1 for k, v in MANY.items()}, "source_only", 1)
    scores |= people(MANY, "ensemble")
    check = stats.ensemble_checks(table(scores), SPEC).iloc[0]
    assert check["difference"] == pytest.approx(-0.05)
    assert check["verdict"] == "worse"


def test_source_by_target():
    one = table(people({("b", "1"): 0.2, ("b", "2"): 0.4, ("c", "3"): 0.9}), source="a")
    two = table(people({("c", "3"): 0.5}), source="b")
    found = stats.matrix(pd.concat([one, two]), "template", SPEC)
    assert found.loc["a", "b"] == pytest.approx(0.3)
    assert found.loc["a", "c"] == 0.9
    assert np.isnan(found.loc["b", "b"])


def test_muscle_by_muscle():
    scores = {
        ("a", "p", "template", 0, "soleus", "r"): 0.2,
        ("a", "q", "template", 0, "soleus", "r"): 0.4,
        ("a", "q", "template", 0, "gastrocnemius", "r"): 0.9,
        ("a", "q", "template", 0, "tibialis_anterior", "r"): float("nan"),
    }
    found = stats.muscles(table(scores), SPEC)
    assert list(found.columns) == ["gastrocnemius", "soleus"]
    assert found.loc["template", "soleus"] == pytest.approx(0.3)
    assert found.loc["people", "soleus"] == 2


def test_a_method_without_a_score_is_last_and_keeps_its_columns():
    scores = people(MANY, "template") | {("lab0", "p00", "source_only", 0, "soleus", "r"): 0.9}
    assert np.isnan(stats.by_person(table(scores), "r", SPEC.primary)["source_only"]).all(axis=None)
    board = stats.leaderboard(table(scores), SPEC)
    assert list(board["method"]) == ["template", "source_only"]
    assert np.isnan(board["r"].iloc[1])


def test_sections_come_in_the_order_of_the_benchmark():
    conditions = {"walking": ["walk"], "all else": ["run"], "turning": ["turn"]}
    spec = benchmark(conditions=conditions, protocols=[{"name": "pooled_real"}, {"name": "leave_one_domain_out"}])
    rows = [
        {"protocol": protocol, "condition": condition, "scope": "person"}
        for protocol in ("gone", "leave_one_domain_out", "pooled_real")
        for condition in ("all else", "turning", "walking")
    ]
    found = [(section.protocol, section.condition) for section, _ in stats.sections(pd.DataFrame(rows), spec)]
    order = ("walking", "all else", "turning")
    assert found == [(p, c) for p in ("pooled_real", "leave_one_domain_out", "gone") for c in order]


def test_methods_with_the_same_score_come_by_name():
    """Python shuffles a set of names anew in every process."""
    names = [f"m{number}" for number in range(8)]
    scores = {key: value for name in names for key, value in people(dict.fromkeys(MANY, 0.5), method=name).items()}
    assert list(stats.leaderboard(table(scores), SPEC).method) == names


def test_a_claim_has_to_survive_the_number_of_methods():
    """One difference with p = 0.0015 is shown alone, and not beside 39 others."""
    shifts = dict(zip(MANY, [0.010, 0.012, 0.014] * 2 + [0.004, 0.006, 0.008] * 2, strict=True))
    one = people(MANY) | people({key: MANY[key] + shifts[key] for key in MANY}, "source_only")
    random = np.random.default_rng(0)
    for k in range(39):
        one |= people({key: value + random.normal(0, 0.05) for key, value in MANY.items()}, f"m{k:02d}")
    alone = {key: value for key, value in one.items() if key[2] in ("template", "source_only")}
    few, many = (stats.leaderboard(table(x), SPEC).set_index("method").loc["source_only"] for x in (alone, one))
    assert (few["family"], many["family"]) == (1, 40)
    assert few["p"] == many["p"] < 0.001
    assert (few["verdict"], many["verdict"]) == ("better", "no difference shown")
    assert many["p_holm"] > 0.05 > few["p_holm"] == max(few["p"], few["p_institutions"])


def test_a_claim_has_to_survive_institutions():
    """Three of four institutions gain, in the fourth nothing changes: signs of twelve people say more than that."""
    other = {key: value + (0.0 if key[0] == "lab3" else 0.1) for key, value in MANY.items()}
    row = stats.leaderboard(table(people(MANY) | people(other, "source_only")), SPEC).set_index("method").iloc[0]
    assert row["p"] < 0.05 < row["p_institutions"]
    assert row["verdict"] == "no difference shown"
