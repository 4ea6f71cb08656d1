"""Which curves belong to a muscle, how EMG is shifted, and what a chart shows at once."""

from __future__ import annotations

import numpy as np
import pytest

from deploy.viewer.desk import AHEAD, PEAKS, RATE, burst
from myoshift.deploy.viewer import traces
from myoshift.deploy.viewer.tracks import Track
from myoshift.types import Table

TIME = 2.0 + np.arange(600) / RATE


def track(names=("soleus_r", "soleus_l", "gasmed_r", "gaslat_r"), time=TIME, name="model", **ends):
    values = np.stack([(k + 1) * burst(time, 0.48) for k in range(len(names))], axis=1)
    return Track(name=name, time=time, names=tuple(names), values=values, **ends)


def emg(names=("soleus_r",), ahead=AHEAD, time=TIME, units=None):
    values = np.stack([0.1 + 3 * burst(time + ahead, PEAKS["soleus"]) for _ in names], axis=1)
    return Table(values=values, names=names, units=units or ("V",) * len(names), rate=RATE, time=time)


def test_a_positive_delay_draws_the_emg_later_and_makes_it_fit():
    found = traces.of("soleus", "r", [track()], emg())
    assert found.r(AHEAD) == pytest.approx(1.0, abs=1e-3)
    assert found.r(0.0) < 0.95
    assert found.r(-AHEAD) < found.r(0.0)
    assert found.best[0] == pytest.approx(AHEAD)
    assert found.best[1] == pytest.approx(1.0, abs=1e-3)


def test_every_file_has_its_place_even_where_it_lacks_the_muscle():
    found = traces.of("soleus", "r", [track(("vasmed_r",)), track(name="other")], emg())
    assert found.activation[0] is None
    assert found.activation[1].label == "other"
    assert np.isnan(found.r(0.0, 0))
    assert found.r(AHEAD, 1) == pytest.approx(1.0, abs=1e-3)
    assert np.isnan(found.best).all()


def test_a_site_sees_its_muscles_and_a_muscle_the_site_over_it():
    found = traces.of("gastrocnemius", "r", [track()], emg(("gastrocnemius_r",)))
    np.testing.assert_allclose(found.activation[0].values, 3.5 * burst(TIME, 0.48))  # half of 3 and half of 4
    assert (
        traces.of("gaslat", "r", [track()], emg(("soleus_r", "gastrocnemius_r"))).emg.label == "EMG gastrocnemius_r"
    )
    near = traces.of("gaslat", "r", [track()], emg(("gastrocnemius_r", "gastrocnemius_lateralis_r")))
    assert near.emg.label == "EMG gastrocnemius_lateralis_r"


def test_the_other_leg_has_no_emg_of_this_one():
    assert traces.of("soleus", "l", [track()], emg()).emg is None
    assert np.isnan(traces.of("soleus", "l", [track()], emg()).r(0.0))


def test_what_has_emg_and_activation_is_offered_first():
    offered = traces.offered(
        [track(("vasmed_r", "soleus_r", "gasmed_r"))], emg(("gastrocnemius_r", "deltoid_medius_r"))
    )
    assert offered == ("gastrocnemius", "vasmed", "soleus", "gasmed", "deltoid_medius")
    assert traces.offered([track()], None) == ("soleus", "gasmed", "gaslat")


@pytest.mark.parametrize("end", ["short", "silent", "empty"])
def test_no_r_of_too_little_or_of_nothing(end):
    time = 2.0 + np.arange(20) / RATE if end == "short" else TIME
    table = emg(time=time)
    if end != "short":
        table.values[:] = 0.0 if end == "silent" else np.nan
    found = traces.of("soleus", "r", [track()], table)
    assert np.isnan(found.r(0.0))
    assert np.isnan(found.best).all()


def test_curves_end_where_the_file_ends_and_the_unit_stays():
    found = traces.of("soleus", "r", [track()], emg())
    assert np.isnan(found.activation[0].at(np.array([TIME[0] - 0.1, TIME[-1] + 0.1]))).all()
    assert found.unit == "V"


def test_short_gaps_of_emg_are_bridged_and_long_ones_stay():
    table = emg()
    table.values[100:103], table.values[200:240] = np.nan, np.nan
    values = traces.of("soleus", "r", [track()], table).emg.values
    assert np.isfinite(values[100:103]).all()
    assert np.isnan(values[200:240]).all()


def test_the_interval_is_part_of_the_curve_and_of_its_top():
    low, high = np.zeros((600, 4)), np.full((600, 4), 9.0)
    curve = traces.of("soleus", "r", [track(low=low, high=high)], None).activation[0]
    assert curve.top == 9.0
    assert curve.low.max() == 0.0


def test_a_column_without_interval_in_a_file_that_has_some():
    nothing = np.full((600, 4), np.nan)
    assert traces.of("soleus", "r", [track(low=nothing, high=nothing)], None).activation[0].low is None


@pytest.mark.parametrize(
    ("time", "expected"), [(2.0, (2.0, 7.0)), (6.99, (2.0, 7.0)), (7.0, (7.0, 12.0)), (14.0, (12.0, 17.0))]
)
def test_stretches_turn_like_pages(time, expected):
    assert traces.stretch(time, 5.0, 2.0, 14.0) == pytest.approx(expected)


@pytest.mark.parametrize("span", [12.0, float("inf")])
def test_all_is_drawn_where_all_fits(span):
    assert traces.stretch(9.0, span, 2.0, 14.0) == (2.0, 14.0)


def test_the_last_moment_of_a_whole_number_of_stretches_is_on_the_last():
    assert traces.stretch(12.0, 5.0, 2.0, 12.0) == pytest.approx((7.0, 12.0))


def test_the_time_that_is_shown_stands_twice_among_the_points():
    points = traces.points(3.3, 2.0, 7.0)
    assert (points[0], points[-1]) == (2.0, 7.0)
    assert (np.diff(points) >= 0).all()
    assert (points == 3.3).sum() == 2
