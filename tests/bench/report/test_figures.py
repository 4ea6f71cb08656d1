from __future__ import annotations

import re

import numpy as np
import pytest

from myoshift.bench.report import figures


def panel(frames=5000, title="a muscle"):
    values = np.abs(np.random.default_rng(0).normal(size=frames))
    return figures.Panel(title, 50.0, values, (values, values[::-1]))


def test_curves_have_at_most_a_thousand_points():
    drawing = str(figures.overlay([panel()]))
    points = [len(re.findall(r"[ML]", path)) for path in re.findall(r' d="([^"]+)"', drawing)]
    assert max(points) > 500
    lines = re.findall(r'd="([^"]+)"[^>]*style="fill: none;[^"]* stroke: var\(--(?:first|second)\)', drawing)
    assert len(lines) == 2
    assert max(len(re.findall(r"[ML]", line)) for line in lines) <= figures.MOST_POINTS


def test_a_drawing_takes_its_colours_from_the_page_and_has_no_date():
    drawing = str(figures.overlay([panel(title="<i>$\\alpha$</i>")]))
    assert "var(--measured)" in drawing
    assert "#00000" not in drawing
    assert "date" not in drawing
    assert "<i>" not in drawing
    assert drawing == str(figures.overlay([panel(title="<i>$\\alpha$</i>")]))


def test_a_gap_in_a_prediction_is_drawn_as_a_gap():
    values = np.full(100, np.nan)
    assert figures.overlay([figures.Panel("m", 50.0, np.ones(100), (values,))])


@pytest.mark.parametrize("values", [[0.2, 0.8], [-0.3, 0.1], [0.5, 0.5], [float("nan")]])
def test_an_axis_holds_its_values_and_has_round_ticks(values):
    scale = figures.Scale.around(values)
    for value in values:
        if np.isfinite(value):
            assert 0 <= scale.at(value) <= 300
    assert 2 <= len(scale.ticks) <= 12
    assert all(scale.low - 1e-9 <= tick <= scale.high + 1e-9 for tick in scale.ticks)
