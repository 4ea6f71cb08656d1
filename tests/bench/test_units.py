from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import person, recordings, with_activation
from myoshift.bench.units import Units, by_person, without_unit
from myoshift.calibration.amplitude import OVER, UNIT

WALK, RUN = person("north", 1)


def units():
    return Units(lambda recording: recording.task == "walk")


def said(recording):
    return next(flag for flag in recording.flags if flag.code == UNIT)


def test_people_and_their_recordings_are_sorted():
    found = by_person(recordings()[::-1])
    assert [own[0].person for own in found] == sorted({r.person for r in recordings()})
    assert all([r.id for r in own] == sorted(r.id for r in own) for own in found)


def test_the_unit_is_taken_over_the_reference_task_and_says_so():
    walk, run = units().scaled((WALK, RUN), (WALK, RUN), "own")
    expected = np.percentile(WALK.activation.astype(float), 95, axis=0)
    for each in (walk, run):
        np.testing.assert_allclose(each.reference, expected)
        assert (said(each).message, said(each).where.split(OVER)) == ("own: walk", [WALK.id])


def test_without_the_reference_task_all_that_there_is_gives_the_unit():
    (run,) = units().scaled((RUN,), (RUN,), "own")
    assert said(run).message == "own: run"


def test_the_same_wish_gives_the_same_recording():
    found = units()
    first, again = (found.scaled((WALK,), (WALK, RUN), "own")[0] for _ in range(2))
    assert first is again
    assert found.scaled((WALK,), (WALK, RUN), "oracle")[0] is not first


def test_channels_without_a_unit_are_named():
    values = WALK.activation.copy()
    values[:, 0] = np.nan
    (run,) = units().scaled((RUN,), (with_activation(WALK, values), RUN), "own")
    assert without_unit(run, RUN) == [RUN.activation_names[0]]
    assert without_unit(run, None) == []
    silent = replace(RUN, activation=np.full_like(RUN.activation, np.nan))
    assert without_unit(run, silent) == []


@pytest.mark.parametrize("gain", [0.5, 3.0])
def test_the_unit_follows_the_gain(gain):
    (plain,), (loud,) = (
        units().scaled((r,), (r,), "own") for r in (WALK, with_activation(WALK, gain * WALK.activation))
    )
    np.testing.assert_allclose(plain.activation, loud.activation, rtol=1e-5)
