from __future__ import annotations

import numpy as np
import pytest

from bench.toys import benchmark, person, recordings
from myoshift.bench.amounts import drawn, first_seconds
from myoshift.bench.cohort import labelled_seconds

SPEC = benchmark()


def seconds(found):
    return sum(labelled_seconds(recording, SPEC) for recording in found)


@pytest.mark.parametrize("wanted", [0.02, 3.0, 20.0, 50.0])
def test_so_many_seconds(wanted):
    assert seconds(first_seconds(recordings(), wanted, SPEC, drawn(0, "a"))) == pytest.approx(wanted, abs=0.07)


def test_all_there_is_where_there_is_less():
    found = first_seconds(recordings(), 1e6, SPEC, drawn(0, "a"))
    assert {r.id for r in found} == {r.id for r in recordings()}


def test_every_institution_gives_the_same_and_what_one_lacks_the_others_give():
    short = [r for r in recordings() if r.institution != "north"] + person("north", 1, seconds=2.0, tasks=("walk",))
    found = first_seconds(short, 24.0, SPEC, drawn(0, "a"))
    given = {place: seconds(r for r in found if r.institution == place) for place in ("north", "south", "west")}
    assert given == pytest.approx({"north": 2.0, "south": 11.0, "west": 11.0}, abs=0.05)


def test_the_order_of_the_recordings_does_not_matter():
    one, other = (first_seconds(r, 20.0, SPEC, drawn(0, "a")) for r in (recordings(), recordings()[::-1]))
    assert [r.id for r in one] == [r.id for r in other]


def test_another_key_draws_others():
    numbers = [drawn(0, *key).random() for key in (("a",), ("a", 1), ("b",))]
    assert len(set(numbers)) == 3
    assert np.all(numbers == [drawn(0, *key).random() for key in (("a",), ("a", 1), ("b",))])
