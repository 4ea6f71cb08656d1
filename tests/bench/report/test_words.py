from __future__ import annotations

import pytest

from myoshift.bench.report import words


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.500"), (-0.1234, "−0.123"), (float("nan"), "–"), (-0.0001, "−0.000")]
)
def test_numbers(value, text):
    assert words.number(value) == text


def test_milliseconds_have_no_negative_zero():
    assert words.milliseconds(-0.0001) == "+0 ms"
    assert words.milliseconds(-0.05) == "−50 ms"
