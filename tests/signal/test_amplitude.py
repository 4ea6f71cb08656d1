from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import signal
from myoshift.errors import DataRefused
from myoshift.types import Recording


def test_reference_is_one_percentile_over_all_recordings():
    random = np.random.default_rng(0)
    blocks = [random.random((n, 3)) for n in (40, 7, 90)]
    expected = np.percentile(np.concatenate(blocks), 95, axis=0)
    np.testing.assert_allclose(signal.percentile_reference(blocks), expected)
    np.testing.assert_allclose(signal.percentile_reference(blocks[::-1]), expected)


def test_missing_samples_do_not_count():
    block = np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan]])
    reference = signal.percentile_reference([block], percentile=100)
    assert reference[0] == 2
    assert np.isnan(reference[1])


def test_bad_35_a_silent_channel_has_no_reference():
    assert np.isnan(signal.percentile_reference([np.zeros((10, 1))])[0])


def test_no_recording_no_reference():
    with pytest.raises(DataRefused, match="no recording"):
        signal.percentile_reference([])


@given(gain=st.floats(1e-3, 1e3), seed=st.integers(0, 99))
@settings(deadline=None)
def test_coefficient_of_variation_does_not_depend_on_the_unit(gain, seed):
    values = np.random.default_rng(seed).random((50, 2))
    values[3, 0] = np.nan
    expected = np.nanstd(values, axis=0) / np.nanmean(values, axis=0)
    np.testing.assert_allclose(signal.coefficient_of_variation(gain * values), expected)


def test_coefficient_of_variation_of_nothing():
    values = np.array([[np.nan, 0.0, 2.0], [np.nan, 0.0, 2.0]])
    np.testing.assert_array_equal(signal.coefficient_of_variation(values), [np.nan, np.nan, 0.0])


def recording(envelope, task="walk", trial="t1", session="day1", rate=100.0, names=("soleus_r", "vastus_r")):
    values = np.asarray(envelope, np.float32)
    return Recording(
        motion=np.zeros((len(values), 1), np.float32),
        motion_names=("knee_angle_r",),
        activation=values,
        activation_names=names,
        rate=rate,
        dataset="set",
        domain="set/healthy-walk",
        institution="lab",
        subject="s1",
        task=task,
        trial=trial,
        session=session,
    )


def flat(*levels, seconds=2.0):
    return np.tile(levels, (round(100 * seconds), 1))


def test_mvc_is_the_largest_moving_average_in_any_contraction():
    spiky = flat(2.0, 3.0)
    spiky[50, 0] = 52.0
    reference = signal.mvc_reference(
        [recording(spiky, "mvc", "m1"), recording(flat(2.5, 1.0), "mvc", "m2"), recording(flat(0.5, 0.5))],
    )
    np.testing.assert_allclose(reference.values, [3.0, 3.0])  # 50 samples, one of them 50 above: 2 + 1
    assert (reference.normalisation, reference.cede) == ("mvc", "standardised isometric MVC")
    assert reference.trials == ("m1", "m2")
    assert reference.flags == ()
    np.testing.assert_allclose(
        signal.mvc_reference([recording(spiky, "mvc")], window=0.01).values, [52.0, 3.0], rtol=1e-6
    )


def test_a_contraction_shorter_than_the_window_is_missing():
    with pytest.raises(DataRefused, match="MVC missing"):
        signal.mvc_reference([recording(flat(1, 1, seconds=0.3), "mvc")])


@pytest.mark.parametrize(("level", "what"), [(0.0, "MVC of 0"), (np.nan, "MVC missing")])
def test_bad_35_zero_or_missing_mvc_is_refused(level, what):
    with pytest.raises(DataRefused) as error:
        signal.mvc_reference([recording(flat(1.0, level), "mvc"), recording(flat(0.5, 0.25))])
    for token in (what, "set/s1, vastus_r", "task peak 0.25", "To mend"):
        assert token in str(error.value)


def test_a_channel_that_nobody_measured_has_no_reference():
    reference = signal.mvc_reference([recording(flat(1.0, np.nan), "mvc"), recording(flat(0.5, np.nan))])
    np.testing.assert_array_equal(reference.values, [1.0, np.nan])


def test_bad_35_an_mvc_below_the_task_is_flagged_and_counted():
    task = flat(0.5, 0.5)
    task[:3] = [1.1, 1.3]
    reference = signal.mvc_reference([recording(flat(1.0, 1.0), "mvc"), recording(task)])
    assert [(flag.code, flag.where) for flag in reference.flags] == [
        ("mvc_exceeded", "soleus_r"),
        ("mvc_small", "vastus_r"),
    ]
    assert "MVC 1, task peak 1.3, ratio 1.30" in reference.flags[1].message
    assert reference.above.tolist() == [3, 3]


def test_bad_35_an_mvc_of_another_day_is_flagged():
    given_ = [recording(flat(1, 1), "mvc"), recording(flat(0.5, 0.5), session="day2")]
    assert [(flag.code, flag.where) for flag in signal.mvc_reference(given_).flags] == [("mvc_day", "day2")]


def test_no_mvc_trial():
    with pytest.raises(DataRefused, match=r"no MVC trial.*'mvc'"):
        signal.mvc_reference([recording(flat(1, 1))])


def test_task_peak_is_one_value_over_all_trials():
    trials = [recording(flat(1.0, 2.0), trial="a"), recording(flat(3.0, np.nan), trial="b")]
    peak, mean = signal.task_peak_reference(trials), signal.task_peak_reference(trials, statistic="mean")
    assert (peak.normalisation, peak.cede, peak.trials) == ("task_peak", "peak/mean in task", ("a", "b"))
    np.testing.assert_allclose(peak.values, [3.0, 2.0])
    np.testing.assert_allclose(mean.values, [2.0, 2.0])
    assert peak.above.tolist() == [0, 0]
    assert mean.above.tolist() == [200, 0]


def test_a_task_peak_per_trial_is_refused_unless_forced():
    with pytest.raises(DataRefused, match="set/s1/day1/t1: an amplitude reference per trial"):
        signal.task_peak_reference([recording(flat(1, 2))])
    assert [flag.code for flag in signal.task_peak_reference([recording(flat(1, 2))], force=True).flags] == [
        "per_trial"
    ]


@pytest.mark.parametrize(
    ("other", "token"),
    [
        ({"task": "run"}, "tasks: run, walk"),
        ({"names": ("a_r", "b_r")}, "channels a_r, b_r"),
    ],
)
def test_mixtures_have_no_task_peak(other, token):
    with pytest.raises(DataRefused, match=token):
        signal.task_peak_reference([recording(flat(1, 2)), recording(flat(1, 2), **other)])
    with pytest.raises(DataRefused, match="tasks: none"):
        signal.task_peak_reference([])


def test_scaling_records_where_the_unit_comes_from():
    trial = recording(flat(1.0, 2.0))
    reference = signal.mvc_reference([recording(flat(2.0, 4.0), "mvc", "m1"), trial])
    scaled = reference.scale(trial)
    np.testing.assert_allclose(scaled.activation, 0.5)
    assert (scaled.normalisation, scaled.reference) == ("mvc", (2.0, 4.0))
    assert "standardised isometric MVC, from m1; 0 samples above 100 %" in scaled.flags[0].message
    with pytest.raises(DataRefused, match="normalisation mvc"):
        reference.scale(scaled)
