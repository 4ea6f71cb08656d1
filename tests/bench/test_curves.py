from __future__ import annotations

import pytest

from bench.toys import benchmark, finish
from myoshift.bench import curves, results, stats

SPEC = benchmark(
    protocols=[
        {"name": "source_labs", "settings": {"labs": 1, "draws": 2}},
        {"name": "leave_one_domain_out"},
        {"name": "source_minutes", "settings": {"minutes": 0.2, "draws": 1}},
    ]
)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return results.read(finish(SPEC, tmp_path_factory.mktemp("curves")))


def test_every_amount_has_its_place(table):
    found = curves.learning_curve(table, SPEC)
    template = found[(found["method"] == "template") & (found["condition"] == "level walking")]
    assert list(zip(template["kind"], template["amount"], strict=True)) == [
        (curves.MINUTES, 0.2),
        (curves.REAL, 1.0),
        (curves.REAL, 2.0),
    ]
    assert set(found["people"]) == {6}
    assert set(found["institutions"]) == {3}


def test_a_point_is_the_mean_over_people_of_means_over_draws(table):
    found = curves.learning_curve(table, SPEC)
    label = SPEC.protocols[0].label
    part = table[(table["protocol"] == label) & (table["condition"] == "level walking")]
    people = stats.by_person(part, "r", SPEC.primary)["template"].mean(axis=1)
    row = found[(found["amount"] == 1) & (found["method"] == "template") & (found["condition"] == "level walking")]
    assert row["r"].item() == pytest.approx(people.mean())


def test_no_curve_without_such_a_protocol(table):
    plain = benchmark()
    only = table[table["protocol"] == "leave_one_domain_out"]
    assert curves.learning_curve(only, plain).empty
