"""A part of a data set is spread over people, sessions, tasks and sides, and is the same everywhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice, product

import pytest

from conftest import make_walk
from myoshift.datasets.subset import Facts, part, spread, within

SPLITS = ("train",) * 16 + ("val",) * 2 + ("test",) * 2
PEOPLE = {f"p{k:02d}": split for k, split in enumerate(SPLITS)}
ENTRIES = [
    Facts(f"{person}-{session}-{task}-{side}", person, f"{person}-{session}", task, side, split)
    for (person, split), session, task, side in product(PEOPLE.items(), "ABC", "uvwxyz", "lr")
]


def taken(count, hours, entries=ENTRIES):
    return list(islice(spread(entries, hours, lambda entry: entry), count))


def test_everything_is_given_once():
    found = taken(None, 1.0)
    assert sorted(e.name for e in found) == sorted(e.name for e in ENTRIES)


def test_two_hours_are_eight_people_of_every_part_of_the_split():
    found = taken(120, 2.0)
    people = Counter(e.subject for e in found)
    assert len(people) == 8
    assert set(people.values()) == {15}
    assert {PEOPLE[person] for person in people} == {"train", "val", "test"}
    for person in people:
        own = [e for e in found if e.subject == person]
        assert sorted(Counter(e.session for e in own).values()) == [5, 5, 5]
        assert min(Counter(e.side for e in own).values()) >= 5
    tasks = Counter(e.task for e in found)
    assert max(tasks.values()) - min(tasks.values()) <= 1


def test_the_order_of_the_files_decides_nothing():
    assert taken(50, 0.5) == taken(50, 0.5, ENTRIES[::-1])


def test_a_longer_part_of_as_many_people_holds_the_shorter_one():
    assert taken(20, 0.1) == taken(40, 0.9)[:20]


def test_a_part_of_recordings_at_hand_keeps_their_order():
    walks = tuple(replace(make_walk(seed=k, subject=f"s{k % 5}"), session=f"{k // 5}") for k in range(20))
    found = part(walks, 60 / 3600)
    assert [r.id for r in found] == [r.id for r in walks if r in found]
    assert sum(r.seconds for r in found) == pytest.approx(60.0)
    assert len({r.subject for r in found}) == 4
    assert part(walks, 10.0) == walks


def test_hours_end_with_the_recording_that_fills_them():
    walks = [make_walk(seed=k) for k in range(5)]
    assert len(list(within(walks, 24.1 / 3600))) == 3
    assert len(list(within(walks, 24.0 / 3600))) == 2
