import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge as Referee

from estimators.laboratories import PROBLEM, mean_r, toy_split
from myoshift.estimators.ridge import Ridge, ridge


def problem(seed: int = 0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(80, 5)) * [1, 2, 3, 1, 0.1]
    w = random.random(80)
    return x, x @ random.normal(size=5) + 2 + random.normal(size=80), w / w.sum()


def test_agrees_with_scikit_learn():
    x, y, w = problem()
    slope, level = ridge(x, y, w, 0.02)
    variance = w @ (x - w @ x) ** 2
    referee = Referee(alpha=0.02 * variance.mean()).fit(x, y, sample_weight=w)
    np.testing.assert_allclose(slope, referee.coef_, rtol=1e-8)
    assert level == pytest.approx(referee.intercept_)


@given(scale=st.floats(0.01, 100), times=st.integers(1, 4))
def test_the_penalty_has_no_unit(scale, times):
    x, y, w = problem()
    slope, level = ridge(x, y, w, 0.3)
    more = [np.concatenate([a] * times) for a in (scale * x, y, w / times)]
    again, level_again = ridge(*more, 0.3)
    np.testing.assert_allclose(again * scale, slope, rtol=1e-6)
    assert level_again == pytest.approx(level)


def test_a_larger_penalty_gives_a_smaller_slope():
    x, y, w = problem()
    sizes = [np.linalg.norm(ridge(x, y, w, penalty)[0]) for penalty in (1e-3, 0.1, 10)]
    assert sizes == sorted(sizes, reverse=True)


def test_somebody_who_stands_teaches_the_mean():
    slope, level = ridge(np.zeros((4, 3)), np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 0.25), 0.02)
    assert not slope.any()
    assert level == 2.5


def test_the_penalty_of_the_estimator_is_used():
    split, test = toy_split()
    gentle, strong = (Ridge(PROBLEM, penalty=p).fit(split) for p in (0.02, 1e4))
    assert mean_r(gentle, test) > 0.6
    assert np.nanmax(np.ptp(strong.predict_recording(test[0])[0], axis=0)) < 0.01
