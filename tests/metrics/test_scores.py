from __future__ import annotations

import csv
import inspect
from importlib import resources

import numpy as np
import pytest
import torch
import torchmetrics.functional as referee
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from myoshift import metrics, registry

RATE = 50.0
NAMES = (
    *("r", "r_best", "lag", "rmse", "nrmse", "r2", "vaf", "smape", "variance_ratio", "mae", "ccc"),
    *("onset_bias", "onset_error", "offset_bias", "offset_error", "onsets", "onsets_missed", "onsets_extra"),
    *("below_zero", "above_one", "too_fast"),
)
FURTHER = ("nrmse_sd", "nrmse_mean")
"""Offered, but not among the scores of a table: they follow from others."""
UNITS = {"rmse", "mae"}
ABSOLUTE = {"above_one", "too_fast"}
"""Of an activation in its own unit: another gain is another statement."""
METRICS = {name: getattr(metrics, name) for name in (*NAMES, *FURTHER)}


@st.composite
def pairs(draw):
    """Predictions and measurements (T, M) of active muscles, some samples of either missing."""
    samples, muscles = draw(st.integers(30, 80)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    measured = random.random((samples, muscles)) ** 2
    predicted = draw(st.floats(0, 1)) * measured + random.random((samples, muscles))
    missing = draw(st.floats(0, 0.3))
    for values in (measured, predicted):
        values[random.random(values.shape) < missing] = np.nan
    there = np.isfinite(measured) & np.isfinite(predicted)
    assume((there.sum(axis=0) > 5).all())
    return predicted, measured, there


def column(values, there, m):
    return values[there[:, m], m]


@given(pairs())
@settings(deadline=None)
def test_scores_agree_with_scipy_and_scikit_learn(drawn):
    predicted, measured, there = drawn
    found = metrics.score(predicted, measured, RATE)
    for m in range(measured.shape[1]):
        p, y = column(predicted, there, m), column(measured, there, m)
        error = root_mean_squared_error(y, p)
        expected = {
            "r": pearsonr(p, y).statistic,
            "rmse": error,
            "nrmse": error / np.ptp(y),
            "r2": r2_score(y, p),
            "vaf": 1 - np.sum((y - p) ** 2) / np.sum(y**2),
            "smape": 100 * np.mean(2 * np.abs(p - y) / (np.abs(p) + np.abs(y) + 1e-3 * np.abs(y).max())),
            "variance_ratio": np.var(p) / np.var(y),
            "mae": mean_absolute_error(y, p),
        }
        for name, value in expected.items():
            assert found[name][m] == pytest.approx(value, rel=1e-10, abs=1e-10), name


@given(pairs())
@settings(deadline=None)
def test_scores_agree_with_torchmetrics(drawn):
    predicted, measured, there = drawn
    found = metrics.score(predicted, measured, RATE)
    spread, mean = metrics.nrmse_sd(predicted, measured), metrics.nrmse_mean(predicted, measured)
    for m in range(measured.shape[1]):
        p, y = (torch.from_numpy(column(values, there, m)) for values in (predicted, measured))
        half = 0.5e-3 * y.max()  # our SMAPE has 0.1 % of full scale in its denominator
        unbiased = (len(p) - 1) / len(p)
        expected = {
            "r": referee.pearson_corrcoef(p, y),
            "r2": referee.r2_score(p, y),
            "mae": referee.mean_absolute_error(p, y),
            "rmse": referee.mean_squared_error(p, y, squared=False),
            "nrmse": referee.normalized_root_mean_squared_error(p, y, normalization="range"),
            "smape": 100 * referee.symmetric_mean_absolute_percentage_error(p + half, y + half),
        }
        for name, value in expected.items():
            assert found[name][m] == pytest.approx(float(value), rel=1e-10, abs=1e-10), name
        assert spread[m] == pytest.approx(float(referee.mean_squared_error(p, y, squared=False)) / y.numpy().std())
        assert mean[m] == pytest.approx(float(referee.normalized_root_mean_squared_error(p, y)), rel=1e-10)
        # torchmetrics has variances over n - 1 beside squared differences of means.
        covariance = (p - p.mean()) @ (y - y.mean()) / (len(p) - 1)
        total = 2 * covariance / float(referee.concordance_corrcoef(p, y))
        gap = (p.mean() - y.mean()) ** 2
        lin = 2 * covariance * unbiased / ((total - gap) * unbiased + gap)
        assert found["ccc"][m] == pytest.approx(float(lin), rel=1e-10, abs=1e-10)


@given(pairs(), st.floats(0.1, 10), st.floats(-1, 1))
@settings(deadline=None)
def test_what_gain_and_level_do(drawn, gain, level):
    """Shape and timing know neither; errors know no common level; the order of the muscles is nothing to any."""
    predicted, measured, _ = drawn
    plain = metrics.score(predicted, measured, RATE)
    scaled = metrics.score(gain * predicted + level, measured, RATE)
    moved = metrics.score(predicted + level, measured + level, RATE)
    turned = metrics.score(predicted[:, ::-1], measured[:, ::-1], RATE)
    for name in ("r", "r_best", "lag", "onset_error", "offset_bias", "onsets_extra"):
        np.testing.assert_allclose(scaled[name], plain[name], rtol=1e-6, atol=1e-6, err_msg=name)
    for name in ("rmse", "mae", "r2", "ccc", "variance_ratio", "too_fast"):
        np.testing.assert_allclose(moved[name], plain[name], rtol=1e-6, atol=1e-6, err_msg=name)
    for name, values in turned.items():
        np.testing.assert_array_equal(values[::-1], plain[name], err_msg=name)


@given(pairs())
@settings(deadline=None)
def test_frames_that_lack_one_of_both_are_as_if_they_were_not_there(drawn):
    """But for lags, at which other frames meet."""
    predicted, measured, there = drawn
    both = metrics.score(np.where(there, predicted, np.nan), np.where(there, measured, np.nan), RATE)
    for name, values in metrics.score(predicted, measured, RATE).items():
        if name not in ("r_best", "lag"):
            np.testing.assert_allclose(values, both[name], rtol=1e-12, err_msg=name)


@given(pairs())
@settings(deadline=None)
def test_concordance_is_never_above_the_correlation(drawn):
    predicted, measured, _ = drawn
    assert (np.abs(metrics.ccc(predicted, measured)) <= np.abs(metrics.r(predicted, measured)) + 1e-12).all()


def test_constants_have_a_concordance_only_where_they_differ():
    assert np.isnan(metrics.ccc(np.ones((60, 1)), np.ones((60, 1)))).all()
    assert metrics.ccc(np.ones((60, 1)), np.zeros((60, 1)))[0] == 0.0


@given(pairs())
@settings(deadline=None)
def test_best_lag_is_the_best_of_all_whole_lags(drawn):
    """Of those that keep at least half of the samples."""
    predicted, measured, _ = drawn
    best, late = metrics.r_best(predicted, measured, RATE), metrics.lag(predicted, measured, RATE)
    for m in range(measured.shape[1]):
        curve, whole = {}, (np.isfinite(predicted[:, m]) & np.isfinite(measured[:, m])).sum()
        for k in range(-7, 8):
            p, y = (
                predicted[max(k, 0) : len(predicted) + min(k, 0), m],
                measured[max(-k, 0) : len(measured) - max(k, 0), m],
            )
            both = np.isfinite(p) & np.isfinite(y)
            curve[k] = np.corrcoef(p[both], y[both])[0, 1] if both.sum() >= whole / 2 else -np.inf
        top = max(curve, key=curve.__getitem__)
        assert best[m] == pytest.approx(curve[top], abs=1e-9)
        assert late[m] * RATE == pytest.approx(top, abs=0.5 + 1e-9)
        if -7 < top < 7:
            before, middle, after = curve[top - 1], curve[top], curve[top + 1]
            bend = 2 * (before - 2 * middle + after)
            vertex = top + (before - after) / bend if np.isfinite(bend) else top
            assert late[m] * RATE == pytest.approx(vertex, abs=1e-6)


@given(pairs())
@settings(deadline=None)
def test_the_best_correlation_is_never_below_the_one_at_lag_zero(drawn):
    predicted, measured, _ = drawn
    assert (metrics.r_best(predicted, measured, RATE) >= metrics.r(predicted, measured) - 1e-12).all()


@pytest.mark.parametrize("delay", [-0.11, -0.043, 0.0, 0.02, 0.057, 0.1])
@pytest.mark.parametrize("rate", [50.0, 100.0])
def test_a_late_prediction_has_a_positive_lag(delay, rate):
    time = np.arange(round(20 * rate)) / rate
    bursts = np.exp(3 * np.cos(2 * np.pi * (time[:, None] - delay) / 1.1 + [0.0, 2.0]))
    measured = np.exp(3 * np.cos(2 * np.pi * time[:, None] / 1.1 + [0.0, 2.0]))
    np.testing.assert_allclose(metrics.lag(bursts, measured, rate), delay, atol=2e-3)
    assert (metrics.r_best(bursts, measured, rate) > 0.99).all()


def test_a_lag_beyond_the_bound_stays_at_the_bound():
    time = np.arange(1000) / RATE
    measured = np.exp(3 * np.cos(2 * np.pi * time / 1.1))[:, None]
    predicted = np.exp(3 * np.cos(2 * np.pi * (time - 0.3) / 1.1))[:, None]
    assert metrics.lag(predicted, measured, RATE)[0] == pytest.approx(7 / RATE)


def test_at_a_rate_that_150_ms_do_not_reach_there_is_no_lag():
    values = np.random.default_rng(0).random((50, 1))
    assert np.isnan(metrics.lag(values, values, 5.0)).all()
    assert metrics.r_best(values, values, 5.0)[0] == pytest.approx(1)


def test_rows_of_nan_keep_lags_from_reaching_across_recordings():
    random = np.random.default_rng(0)
    first, second = random.random((40, 1)), random.random((40, 1))
    wall = np.full((8, 1), np.nan)
    measured = np.concatenate([first, wall, second])
    predicted = np.concatenate([np.roll(first, 2, axis=0), wall, np.roll(second, 2, axis=0)])
    predicted[[0, 1, 48, 49]] = np.nan
    assert metrics.lag(predicted, measured, RATE)[0] == pytest.approx(0.04, abs=0.01)
    assert metrics.r_best(predicted, measured, RATE)[0] == pytest.approx(1)


@given(pairs(), st.floats(1e-6, 1e6))
@settings(deadline=None)
def test_ratios_do_not_depend_on_the_unit(drawn, gain):
    predicted, measured, _ = drawn
    scaled = metrics.score(gain * predicted, gain * measured, RATE)
    for name, value in metrics.score(predicted, measured, RATE).items():
        if name not in ABSOLUTE:
            expected = gain * value if name in UNITS else value
            np.testing.assert_allclose(scaled[name], expected, rtol=1e-6, atol=1e-6, err_msg=name)


def test_a_perfect_prediction():
    measured = np.random.default_rng(0).random((60, 2))
    found = metrics.score(measured, measured, RATE)
    for name in ("r", "r_best", "r2", "vaf", "variance_ratio", "ccc"):
        np.testing.assert_allclose(found[name], 1, err_msg=name)
    for name in ("rmse", "nrmse", "smape", "mae", "onsets_missed", "onsets_extra"):
        np.testing.assert_array_equal(found[name], 0, err_msg=name)


@pytest.mark.parametrize("level", [0.0, 0.3, 1e9])
def test_a_constant_prediction_of_an_active_muscle(level):
    measured = np.random.default_rng(0).random((60, 1))
    found = {k: v[0] for k, v in metrics.score(np.full_like(measured, level), measured, RATE).items()}
    assert found["r"] == found["r_best"] == found["variance_ratio"] == 0
    assert np.isnan(found["lag"])
    assert found["r2"] <= 0


@pytest.mark.parametrize("level", [0.0, 0.3, 1e9])
def test_a_silent_measurement_has_no_score_that_divides_by_its_activity(level):
    predicted = np.random.default_rng(0).random((60, 1))
    found = {k: v[0] for k, v in metrics.score(predicted, np.full_like(predicted, level), RATE).items()}
    for name in ("r", "r_best", "lag", "nrmse", "r2", "variance_ratio"):
        assert np.isnan(found[name]), name
    assert found["rmse"] > 0
    assert np.isnan(found["vaf"]) == (level == 0)


def test_a_range_below_one_percent_of_full_scale_is_no_range():
    measured = 1 + 0.004 * np.random.default_rng(0).random((60, 1))
    assert np.isnan(metrics.nrmse(measured + 0.1, measured)).all()
    assert np.isfinite(metrics.r(measured + 0.1, measured)).all()


@pytest.mark.parametrize("name", METRICS)
def test_a_muscle_that_was_not_measured_is_nan_and_disturbs_nobody(name):
    random = np.random.default_rng(0)
    predicted, measured = random.random((60, 3)), random.random((60, 3))
    whole = METRICS[name](predicted, measured, RATE)
    measured[:, 1] = np.nan
    found = METRICS[name](predicted, measured, RATE)
    assert np.isnan(found[1])
    np.testing.assert_array_equal(found[[0, 2]], whole[[0, 2]])


@pytest.mark.parametrize("samples", [0, 1, 2])
def test_hardly_any_samples(samples):
    values = np.random.default_rng(0).random((samples, 2))
    found = metrics.score(values, values, RATE)
    assert all(value.shape == (2,) for value in found.values())
    assert np.isnan(found["rmse"]).all() == (samples == 0)


def test_score_holds_every_metric():
    predicted, measured = np.random.default_rng(0).random((2, 60, 2))
    found = metrics.score(predicted, measured, RATE)
    assert tuple(found) == NAMES
    for name in NAMES:
        np.testing.assert_array_equal(found[name], METRICS[name](predicted, measured, RATE))


def test_float32_is_scored_in_double_precision():
    predicted, measured = np.random.default_rng(0).random((2, 60, 2)).astype(np.float32)
    found = metrics.r2(predicted, measured)
    np.testing.assert_array_equal(found, metrics.r2(predicted.astype(float), measured.astype(float)))


def test_the_card_lists_what_is_there():
    text = resources.files(metrics).joinpath("metrics.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["name"] for row in rows} == set(METRICS)
    assert set(registry.names("metrics")) >= set(METRICS)
    for row in rows:
        assert all(row.values())
        assert list(inspect.signature(METRICS[row["name"]]).parameters) == ["predicted", "measured", "rate"]
