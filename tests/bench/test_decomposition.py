"""The ladder of an oracle's knowledge, and what it says in words."""

from __future__ import annotations

import pandas as pd
import pytest

from bench.test_stats import MANY, people, table
from bench.toys import benchmark
from myoshift.bench import decomposition, stats
from myoshift.bench.oracle import ORACLE, STEPS

SPEC = benchmark(methods=[{"name": "template"}, {"name": "knn"}])


def results(steps, method="template", who=MANY, r2=None):
    """Every person's r is the step's; r2 as well, where nothing else is said."""
    parts = []
    for score, values in (("r", steps), ("r2", r2 or steps)):
        for step, value in values.items():
            rows = table(people(dict.fromkeys(who, value), method))
            parts.append(rows[rows["metric"] == "r"].assign(metric=f"{score}_{step}"))
    return pd.concat(parts)


FLAT = dict.fromkeys(STEPS, 0.8)


def test_a_step_is_compared_with_the_one_before_person_by_person():
    found = decomposition.ladder(results(dict(zip(STEPS, (0.4, 0.4, 0.6, 0.7, 0.9), strict=True))), SPEC)
    assert tuple(found.columns) == decomposition.LADDER
    assert list(found["step"]) == list(STEPS)
    assert found["r"].tolist() == pytest.approx([0.4, 0.4, 0.6, 0.7, 0.9])
    assert found["change"].tolist()[1:] == pytest.approx([0.0, 0.2, 0.1, 0.2])
    assert found["people"].unique() == [12]


def test_people_without_a_ceiling_do_not_move_its_change():
    most = results(dict(zip(STEPS[:4], (0.4, 0.4, 0.4, 0.4), strict=True)))
    few = dict(list(MANY.items())[:2])
    both = results(
        {"zero": 0.8, "gain": 0.8, "delay": 0.8, "mixing": 0.8, "ceiling": 0.9}, who={("z", "z1"): 0, ("z", "z2"): 0}
    )
    found = decomposition.ladder(pd.concat([most, both]), SPEC).set_index("step")
    assert found["people"]["ceiling"] == 2 == len(few)
    assert found["change"]["ceiling"] == pytest.approx(0.1)
    assert found["r"]["ceiling"] == pytest.approx(0.9)


def test_one_institution_alone():
    other = results(dict.fromkeys(STEPS, 0.1), who={("z", "z1"): 0})
    found = decomposition.ladder(pd.concat([results(FLAT), other]), SPEC, institution="z")
    assert found["people"].tolist() == [1] * 5
    assert found["r"].tolist() == pytest.approx([0.1] * 5)
    assert set(found["institution"]) == {"z"}


def test_oracle_numbers_are_flagged_and_never_ranked():
    found = decomposition.ladder(results(FLAT), SPEC)
    assert found["target_labels"].tolist() == ["none", *[decomposition.LABELS] * 4]
    assert all(decomposition.is_oracle(name) for name in ORACLE)
    assert not decomposition.is_oracle("r_zero")
    plain = table(people(MANY))
    board = stats.leaderboard(plain, SPEC)
    pd.testing.assert_frame_equal(stats.leaderboard(pd.concat([plain, results(FLAT)]), SPEC), board)


def test_a_benchmark_without_these_rows_has_no_ladder():
    found = decomposition.ladder(table(people(MANY)), SPEC)
    assert len(found) == 0
    assert decomposition.advice(found) == ()


@pytest.mark.parametrize(
    ("steps", "r2", "words"),
    [
        ((0.8, 0.8, 0.8, 0.8, 0.8), (0.1, 0.6, 0.6, 0.6, 0.6), "amplitudes"),
        ((0.4, 0.4, 0.7, 0.7, 0.7), None, "synchronisation"),
        ((0.5, 0.5, 0.5, 0.7, 0.7), None, "electrodes"),
        ((0.6, 0.6, 0.6, 0.6, 0.9), None, "other inputs"),
        ((0.4, 0.4, 0.4, 0.4, 0.5), None, "quality of the data"),
        ((0.8, 0.8, 0.8, 0.8, 0.8), None, "No step"),
    ],
)
def test_the_advice_names_what_gives_most(steps, r2, words):
    rows = results(dict(zip(STEPS, steps, strict=True)), r2=r2 and dict(zip(STEPS, r2, strict=True)))
    (said,) = decomposition.advice(decomposition.ladder(rows, SPEC))
    assert words in said
    assert "12 people" in said
    assert "hint" not in said


def test_what_gives_most_comes_first_and_few_people_are_a_hint():
    rows = results(dict(zip(STEPS, (0.3, 0.3, 0.4, 0.7, 0.7), strict=True)), who={("a", "p"): 0.0})
    (said,) = decomposition.advice(decomposition.ladder(rows, SPEC))
    assert said.index("electrodes") < said.index("synchronisation")
    assert said.endswith("Too few people for more than a hint.")
    assert "1 person:" in said


def test_every_method_has_its_own_ladder():
    rows = pd.concat([results(FLAT), results(FLAT, "knn")])
    found = decomposition.ladder(rows, SPEC)
    assert found["method"].tolist() == ["knn"] * 5 + ["template"] * 5
    assert len(decomposition.advice(found)) == 2
