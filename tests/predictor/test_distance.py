import numpy as np
import pytest
from scipy import stats

from myoshift.predictor.distance import NEAREST, SPAN, distances, lasting, prediction_limit, spans


def test_a_prediction_limit_is_that_of_the_textbook_where_each_group_has_one_value():
    values = np.array([1.0, 2.0, 4.0, 3.0, 2.5])
    found = prediction_limit(values, np.ones(5), np.arange(5), 0.05)
    expected = values.mean() + stats.t.ppf(0.95, 4) * values.std(ddof=1) * np.sqrt(1 + 1 / 5)
    assert found == pytest.approx(expected)


def test_a_new_group_exceeds_the_limit_as_often_as_stated():
    random = np.random.default_rng(0)
    over = []
    for _ in range(2000):
        *known, new = random.standard_normal(9)
        over.append(new > prediction_limit(np.array(known), np.ones(8), np.arange(8), 0.05))
    assert np.mean(over) == pytest.approx(0.05, abs=0.015)


def test_one_group_says_nothing_of_the_next():
    assert prediction_limit(np.array([1.0, 1.1]), np.ones(2), np.zeros(2, np.int64), 0.05) == np.inf
    assert prediction_limit(np.array([1.0, np.nan]), np.ones(2), np.arange(2), 0.05) == np.inf


def test_distance_is_that_of_the_nearest_windows_in_sds():
    random = np.random.default_rng(1)
    reference = random.standard_normal((300, 4)).astype(np.float32) * [1, 10, 0.1, 2]
    own = random.standard_normal((7, 4)) * [1, 10, 0.1, 2]
    found = distances(own, reference, np.ones(300))
    each = np.sqrt((((own[:, None] - reference) / reference.std(axis=0)) ** 2).mean(axis=2))
    np.testing.assert_allclose(found, np.sort(each, axis=1)[:, :NEAREST].mean(axis=1), rtol=1e-6)


def test_what_is_not_known_is_no_distance():
    reference = np.ones((9, 2), np.float32) * np.arange(9)[:, None]
    found = distances(np.array([[1.0, np.nan], [1.0, 1.0]]), reference, np.ones(9))
    assert np.isnan(found).tolist() == [True, False]
    assert np.isnan(distances(np.empty((2, 0)), reference[:, :0], np.ones(9))).all()


def test_a_distance_must_last():
    quiet = np.ones(60)
    brief, long = quiet.copy(), quiet.copy()
    brief[10 : 10 + SPAN // 2] = 9
    long[10 : 10 + SPAN] = 9
    assert lasting(brief) == 1
    assert lasting(long) == 9
    assert np.isnan(lasting(np.full(3, np.nan)))
    assert len(spans(np.ones(3))) == 1
