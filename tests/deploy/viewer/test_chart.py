"""What a chart draws and says, looked at in what would be sent to the browser."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import numpy as np
import pytest

from deploy.viewer.desk import AHEAD
from deploy.viewer.test_traces import TIME, emg, track
from myoshift.deploy.viewer import traces
from myoshift.deploy.viewer.chart import ACTIVATION, CURSOR, EMG, MOST, Chart


class Gui:
    """Keeps what a panel is told."""

    def __init__(self):
        self.plots = []

    def add_folder(self, title):
        folder = contextlib.nullcontext()
        folder.visible = True
        return folder

    def add_html(self, content):
        self.key = SimpleNamespace(content=content)
        return self.key

    def add_uplot(self, data, series, **look):
        self.plots.append(SimpleNamespace(data=data, series=series, **look))
        return self.plots[-1]


@pytest.fixture
def gui():
    return Gui()


def drawn(gui, found, time=3.0, stretch=(2.0, 7.0), delay=0.0):
    chart = Chart(gui, "Right", emg=True)
    chart.set(found)
    chart.draw(time, stretch, delay)
    return chart


def column(plot, colour, which=0):
    """Values of the lines of one colour."""
    index = [k for k, line in enumerate(plot.series) if line.get("stroke") == colour][which]
    return plot.data[index]


def test_each_source_has_its_colour_and_each_axis_its_unit(gui):
    drawn(gui, traces.of("soleus", "r", [track(), track(name="other")], emg()))
    (plot,) = gui.plots
    assert [line.get("stroke") for line in plot.series] == [None, EMG, *ACTIVATION, CURSOR]
    assert [axis["label"] for axis in plot.axes] == ["time (s)", "activation (0 to 1)", "EMG (mV)"]
    assert np.nanmax(column(plot, EMG)) == pytest.approx(3100, rel=0.01)  # 3.1 V


def test_the_second_file_keeps_its_colour_where_the_first_lacks_the_muscle(gui):
    drawn(gui, traces.of("soleus", "r", [track(("vasmed_r",)), track(name="other")], None))
    assert [line.get("stroke") for line in gui.plots[0].series] == [None, ACTIVATION[1], CURSOR]


def test_a_positive_delay_moves_the_emg_to_the_right(gui):
    chart = drawn(gui, traces.of("soleus", "r", [track()], emg()))
    before, activation = column(gui.plots[0], EMG).copy(), column(gui.plots[0], ACTIVATION[0]).copy()
    chart.draw(3.0, (2.0, 7.0), AHEAD)
    time = gui.plots[0].data[0]
    first = time < 3.0  # one burst
    assert time[first][np.nanargmax(before[first])] < time[first][np.nanargmax(column(gui.plots[0], EMG)[first])]
    np.testing.assert_array_equal(column(gui.plots[0], ACTIVATION[0]), activation)
    assert "60 ms later: r = 1.00" in gui.key.content


def test_the_cursor_stands_upright_at_the_time(gui):
    chart = drawn(gui, traces.of("soleus", "r", [track()], None), time=4.4)
    for time in (4.4, 2.0, 7.0):
        chart.draw(time, (2.0, 7.0), 0.0)
        cursor = column(gui.plots[0], CURSOR)
        assert set(gui.plots[0].data[0][np.isfinite(cursor)]) == {time}
        assert np.nanmin(cursor) == 0.0
        assert np.nanmax(cursor) == gui.plots[0].scales["y"]["range"][1]


def test_gaps_part_lines_and_the_interval_is_a_band(gui):
    table = emg()
    table.values[200:240] = np.nan
    found = track(low=np.zeros((600, 4)), high=np.ones((600, 4)))
    drawn(gui, traces.of("soleus", "r", [found], table), stretch=(TIME[0], TIME[-1]))
    widths = [line["width"] for line in gui.plots[0].series[1:]]
    assert [line.get("stroke") for line in gui.plots[0].series].count(EMG) == 2
    assert np.isnan(column(gui.plots[0], EMG)).sum() > np.isfinite(column(gui.plots[0], EMG)).sum()
    assert sum(width < 1 for width in widths) == 2
    (band,) = gui.plots[0].bands
    high, low = (gui.plots[0].data[k] for k in band["series"])
    assert (np.nanmax(low), np.nanmin(high)) == (0.0, 1.0)
    assert band["fill"].startswith(ACTIVATION[0])
    assert "band: its interval" in gui.key.content


def test_a_channel_in_shreds_stays_a_chart(gui):
    table = emg()
    table.values[::7] = table.values[1::7] = table.values[2::7] = np.nan
    table.values[3::7] = table.values[4::7] = table.values[5::7] = np.nan
    drawn(gui, traces.of("soleus", "r", [track()], table))
    assert [line.get("stroke") for line in gui.plots[0].series].count(EMG) == MOST


def test_what_no_file_has_is_said_and_not_drawn(gui):
    drawn(gui, traces.of("psoas", "l", [track()], emg()))
    assert not gui.plots[0].visible
    assert "no file has psoas_l" in gui.key.content


def test_another_muscle_replaces_the_chart(gui):
    chart = drawn(gui, traces.of("soleus", "r", [track()], emg()))
    chart.set(traces.of("gasmed", "r", [track()], None))
    chart.draw(3.0, (2.0, 7.0), 0.0)
    (plot,) = gui.plots
    assert len(plot.series) == len(plot.data) == 3
    assert len(plot.axes) == 2
    assert plot.padding[1] > 50  # times stand below those of a chart with EMG


def test_names_of_files_are_text(gui):
    drawn(gui, traces.of("soleus", "r", [track(name="<img src=x onerror=alert(1)>")], emg()))
    assert "<img" not in gui.key.content
    assert "&lt;img" in gui.key.content
