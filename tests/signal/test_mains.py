from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoshift import signal
from myoshift.errors import DataRefused

RATE = 1000.0
TIME = np.arange(10_000) / RATE


def tone(frequency):
    return np.sin(2 * np.pi * frequency * TIME + 0.3)[:, None]


def left(frequency, line=50.0, **options):
    """What is left of a tone, in the middle."""
    return np.abs(signal.remove_mains(tone(frequency), RATE, line, **options)[3000:7000]).max()


@pytest.mark.parametrize("line", [50.0, 60.0])
def test_the_line_and_its_harmonics_go_and_their_neighbours_stay(line):
    for multiple in (1, 2, 5):
        assert left(multiple * line, line) < 0.01
        assert left(multiple * line + 8, line) > 0.95


@pytest.mark.parametrize("width", [2.0, 4.0])
def test_the_width_is_that_at_3_decibel_of_both_passes(width):
    for edge in (50 - width / 2, 50 + width / 2):
        assert left(edge, width=width) == pytest.approx(np.sqrt(0.5), abs=0.02)


def test_a_causal_notch_has_that_width_too():
    for edge in (49.0, 51.0):
        found = signal.MainsFilter(RATE, 1, 50.0)(tone(edge))
        assert np.abs(found[5000:]).max() == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert np.abs(signal.MainsFilter(RATE, 1, 50.0)(tone(50.0))[3000:]).max() < 0.01


@given(cuts=st.lists(st.integers(0, 600), max_size=8), hole=st.integers(0, 590))
@settings(deadline=None, max_examples=30)
def test_any_chunks_give_the_same(cuts, hole):
    values = np.random.default_rng(0).normal(3, 1, (600, 2))
    values[hole : hole + 5, 1] = np.nan
    stream, edges = signal.MainsFilter(RATE, 2, 50.0), [0, *sorted(cuts), 600]
    found = np.concatenate([stream(values[a:b]) for a, b in pairwise(edges)])
    np.testing.assert_allclose(found, signal.MainsFilter(RATE, 2, 50.0)(values), rtol=0, atol=1e-9)
    assert np.array_equal(np.isnan(found), np.isnan(values))


def test_it_is_zero_phase_and_leaves_a_masked_channel():
    values = np.concatenate([tone(90.0), np.full_like(TIME[:, None], np.nan)], axis=1)
    found = signal.remove_mains(values, RATE, 50.0)
    np.testing.assert_allclose(found[3000:7000, 0], values[3000:7000, 0], atol=0.02)
    assert np.isnan(found[:, 1]).all()


@pytest.mark.parametrize(
    ("rate", "line", "width", "tokens"),
    [
        (1000.0, 55.0, 2.0, ["mains of 55 Hz", "50 or 60 Hz"]),
        (1000.0, float("nan"), 2.0, ["mains of nan Hz"]),
        (100.0, 50.0, 2.0, ["Nyquist frequency, 50 Hz at 100 Hz"]),
        (1000.0, 50.0, 0.0, ["notches 0 Hz wide"]),
        (1000.0, 50.0, 99.0, ["Hz wide", "50 Hz apart"]),
    ],
)
def test_what_does_not_fit_is_refused(rate, line, width, tokens):
    with pytest.raises(DataRefused) as error:
        signal.remove_mains(tone(10.0), rate, line, width=width)
    assert all(token in str(error.value) for token in (*tokens, "To mend"))


def test_bad_29_and_bad_37():
    values = tone(10.0)
    with pytest.raises(DataRefused, match="signal too short"):
        signal.remove_mains(values[:20], RATE, 50.0)
    values[50] = np.nan
    with pytest.raises(DataRefused, match="raw EMG with gaps"):
        signal.remove_mains(values, RATE, 50.0)


def test_bad_32_the_wrong_setting_is_named():
    noise = np.random.default_rng(0).normal(size=(10_000, 3))
    noise[:, :1] += 2 * tone(60.0)
    noise[:, 1:2] += 2 * tone(50.0)
    found = signal.verdicts(noise, RATE, ("hums", "fits", "clean"), kind="raw")
    wrong = signal.wrong_mains(found, 50.0)
    assert list(wrong) == ["hums"]
    assert "set to 50 Hz" in wrong["hums"]
    assert "60 Hz stands" in wrong["hums"]
    assert list(signal.wrong_mains(found, 60.0)) == ["fits"]
