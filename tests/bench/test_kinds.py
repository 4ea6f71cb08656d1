from dataclasses import replace

import pytest

from conftest import make_walk
from myoshift.bench import kinds
from myoshift.errors import ConfigError

CHILD = replace(make_walk(seconds=1), population="cerebral_palsy")
LIFT = replace(make_walk(seconds=1, task="squat_lift"), external_load=5.0)


@pytest.mark.parametrize(
    ("recording", "kind", "expected"),
    [
        (make_walk(seconds=1), "walk", True),
        (make_walk(seconds=1), "healthy-walk", True),
        (make_walk(seconds=1), "run", False),
        (CHILD, "walk", False),
        (CHILD, "cerebral_palsy-walk", True),
        (LIFT, "squat_lift", True),
        (LIFT, "squat_lift@5kg", True),
        (LIFT, "squat_lift@15kg", False),
        (make_walk(seconds=1), "walk@5kg", False),
        (make_walk(seconds=1), "walk@", False),
        (make_walk(seconds=1), "*", True),
        (CHILD, "*", False),
        (CHILD, "cerebral_palsy-*", True),
        (LIFT, "*@5kg", True),
    ],
)
def test_population_and_load_count_where_they_are_named(recording, kind, expected):
    assert kinds.of_kind(recording, ["jump", kind]) is expected


@pytest.mark.parametrize("kind", ["", "**", "walk*", "walk@5", "walk@heavy", "a-b-c", "two words"])
def test_what_is_no_kind_is_refused(kind):
    with pytest.raises(ConfigError, match="no kind of recording"):
        kinds.refuse_malformed(["walk", kind])


def test_a_kind_that_no_recording_is_of_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match=r"'squat_lift@6kg'.*squat_lift@5kg"):
        kinds.refuse_absent(["walk", "cerebral_palsy-walk", "squat_lift@6kg"], [make_walk(seconds=1), CHILD, LIFT])
    kinds.refuse_absent(["walk", "squat_lift"], [make_walk(seconds=1), LIFT])


def test_the_side_of_a_recording_is_that_of_all_its_channels():
    walk = make_walk(seconds=1)
    assert kinds.side(walk) == ""
    for wanted in "rl":
        kept = [name for name in walk.activation_names if name.endswith(f"_{wanted}")]
        assert kinds.side(replace(walk, activation_names=tuple(kept))) == wanted
    assert kinds.side(replace(walk, activation_names=())) == ""
