"""Virtual laboratories that are moved away from what was learned from."""

from __future__ import annotations

import numpy as np
import pytest

from bench.toys import benchmark
from conftest import make_walk
from myoshift import metrics
from myoshift.bench.forecast import ROWS, experience, forecasts
from myoshift.bench.shifted_labs import Practice, moved, virtual_people
from myoshift.calibration.forecast import Limits

SPEC = benchmark(methods=[{"name": "ridge"}], reference="", rate=50)


def test_nothing_is_moved_by_nothing_and_more_by_more():
    walk = make_walk()
    same, some, much = (moved(walk, amount) for amount in (0.0, 1.0, 3.0))
    np.testing.assert_allclose(same.motion, walk.motion, atol=1e-6)
    np.testing.assert_allclose(same.activation, walk.activation, atol=1e-6)
    off = [float(np.abs(each.motion - walk.motion).mean()) for each in (some, much)]
    assert 0.02 < off[0] < off[1]
    r = [metrics.r(each.activation, walk.activation).mean() for each in (some, much)]
    assert r[1] < r[0] < 1.0
    np.testing.assert_array_equal(moved(walk, 1.0).motion, some.motion)


@pytest.fixture(scope="module")
def people():
    return virtual_people(SPEC, "ridge", Practice(learned=3, tested=4, seconds=4.0, amounts=(0.0, 3.0)))


def test_every_person_is_there_by_every_amount(people):
    assert tuple(people.columns) == ROWS
    assert len(people) == 8
    assert people["institution"].nunique() == 4
    assert people["found"].between(-1, 1).all()
    usual, strange = (people[people["subject"].str.endswith(f" {amount}")] for amount in ("0", "3"))
    assert strange["found"].mean() < usual["found"].mean()
    assert strange["posture"].mean() > usual["posture"].mean()


def test_a_forecaster_learns_from_them(people):
    told = next(forecasts(people, people.iloc[:1], Limits()))
    assert -1 < told["low"] < told["forecast"] < told["high"] < 1
    assert "disagreement" not in experience(people).names
