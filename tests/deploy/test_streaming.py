"""The loop of a stream."""

import json

import numpy as np
import pytest

from deploy.stand_ins import Echo, Kept, Samples
from myoshift.deploy.channels import Watch, channels
from myoshift.deploy.streaming import run
from myoshift.errors import DataRefused
from myoshift.types import Flag

NAMES = ("soleus_r", "tibant_r")


def source(seconds=2.0, rate=100.0, **changes):
    time = 7.0 + np.arange(round(seconds * rate)) / rate
    return Samples(time, np.stack([np.sin(time), np.cos(time)], 1), rate, **changes)


@pytest.mark.parametrize("lag", [0, 1, 7])
def test_rows_carry_the_time_of_the_instant_they_describe(lag):
    given, kept = source(), Kept()
    summary = run(given, Echo(NAMES, lag=lag), [kept])
    np.testing.assert_allclose(kept.time, given.time)
    np.testing.assert_allclose(kept.rows, 2 * given.values, rtol=1e-6)
    assert (summary.rows, summary.look_ahead, summary.ended) == (200, lag / 100, "nothing more came")
    assert summary.seconds == pytest.approx(1.99)
    assert summary.uncorrected == {"soleus": 0.03}


def test_motion_shorter_than_the_look_ahead():
    kept = Kept()
    summary = run(source(0.05), Echo(NAMES, lag=20), [kept])
    assert summary.rows == len(kept.time) == 5
    np.testing.assert_allclose(kept.time, 7 + np.arange(5) / 100)


def test_the_delay_of_a_low_pass_is_taken_off_the_times():
    given, kept = source(4.0, rate=1000.0), Kept()
    summary = run(given, Echo(NAMES, lag=3), [kept])
    assert summary.filter_delay > 0.004
    settled = np.array(kept.time) > 7.5
    expected = 2 * np.stack([np.sin(kept.time), np.cos(kept.time)], 1)
    np.testing.assert_allclose(np.array(kept.rows)[settled], expected[settled], atol=2e-3)


def test_samples_that_are_smooth_already_are_not_low_passed():
    given, kept = source(rate=200.0, smooth=True), Kept()
    assert run(given, Echo(NAMES), [kept]).filter_delay == 0
    np.testing.assert_allclose(kept.rows, 2 * given.values[::2], rtol=1e-6)


def test_it_ends_after_the_seconds_that_were_asked_for():
    kept = Kept()
    summary = run(source(5.0), Echo(NAMES, lag=4), [kept], seconds=1.0)
    assert (summary.rows, summary.ended) == (101, "1 s, as asked")
    assert kept.time[-1] == pytest.approx(8.0)


def test_ctrl_c_keeps_what_there_is():
    kept = Kept()
    summary = run(source(stop=KeyboardInterrupt()), Echo(NAMES, lag=4), [kept])
    assert (summary.rows, summary.ended, summary.error) == (200, "Ctrl-C", None)


def test_an_error_is_handed_on_behind_the_rows():
    kept = Kept()
    error = DataRefused("the stream has another number of channels now")
    summary = run(source(stop=error), Echo(NAMES, lag=4), [kept])
    assert (summary.rows, summary.error) == (200, error)
    assert json.loads(json.dumps(summary.report(), allow_nan=False))["error"] == str(error)


def test_wrong_samples_are_counted_and_the_stream_goes_on():
    given, kept = source(), Kept()
    given.values[50] = np.nan
    given.values[60, 0] = np.inf
    given.time[100] = given.time[99]
    summary = run(given, Echo(NAMES), [kept])
    counts = summary.counts
    assert (counts.received, counts.bad, counts.duplicates, counts.bridged, summary.rows) == (200, 2, 1, 2, 200)
    assert np.isnan(kept.rows).sum() == 1


def test_no_motion_at_all():
    summary = run(source(0.0), Echo(NAMES, lag=4), [])
    assert (summary.rows, summary.seconds, summary.step_p50, summary.age_p99) == (0, 0.0, None, None)


def test_times_are_told_where_there_is_a_clock():
    summary = run(source(0.5, clock=7.5), Echo(NAMES), [])
    assert 0 < summary.step_p50 <= summary.step_p99
    assert summary.age_p50 == pytest.approx(250, abs=15)
    assert summary.age_p99 == pytest.approx(495, abs=15)


def test_notes_are_said_when_they_come_up_and_kept():
    said = []
    found = channels(("hip_flexion_r", "knee_angle_r"), ("rad", "rad"), "a stream")
    given = source(watch=Watch(found), notes=(Flag("rate", "as described"),))
    given.values[150:, 1] = 25.0
    summary = run(given, Echo(NAMES), [], say=said.append)
    assert [flag.code for flag in said] == ["rate", "implausible"]
    assert list(summary.notes) == said
    assert "are they degrees?" in said[1].message
