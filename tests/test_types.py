"""The vocabulary keeps its promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.errors import DataFormatError
from myoshift.types import Answers, Split, Table


def table(names=("a", "b"), time=(0.0, 0.1, 0.2)):
    return Table(
        values=np.arange(len(time) * len(names), dtype=float).reshape(len(time), -1),
        names=tuple(names),
        units=("1",) * len(names),
        rate=10.0,
        time=np.array(time),
    )


def test_table_selects_columns_in_the_order_asked_for():
    picked = table().select(("b", "a"))
    assert picked.names == ("b", "a")
    assert picked.column("a").tolist() == [0.0, 2.0, 4.0]


def test_table_mask_is_false_where_a_sample_is_missing():
    missing = table()
    missing.values[1, 0] = np.nan
    assert missing.mask.tolist() == [[True, True], [False, True], [True, True]]


def test_duplicate_names_are_refused_with_their_columns():
    with pytest.raises(DataFormatError, match=r"duplicate channel names.*'a': \[0, 1\]"):
        table(names=("a", "a"))


@pytest.mark.parametrize("time", [(0.0, 0.1, 0.1), (0.0, 0.2, 0.1)])
def test_time_that_does_not_increase_is_refused_with_its_row(time):
    with pytest.raises(DataFormatError, match="row 2"):
        table(time=time)


def test_hidden_recording_keeps_the_motion_and_shows_no_activation(walk):
    hidden = walk.hidden()
    assert np.isnan(hidden.activation).all()
    assert hidden.activation.shape == walk.activation.shape
    assert np.array_equal(hidden.motion, walk.motion)
    assert not np.isnan(walk.activation).any()


def test_window_moves_the_start_time():
    cut = make_walk(rate=50.0).window(100, 150)
    assert cut.start == 2.0
    assert cut.seconds == 1.0


def test_answers_are_not_recordings():
    """A learner is handed a Split; nothing in it has the scorer's type."""
    fields = Split.__dataclass_fields__.values()
    assert not any("Answers" in str(f.type) for f in fields)
    assert [r.subject for r in Answers(recordings=(make_walk(),))] == ["s1"]


def test_a_split_of_one_kind_grants_the_rest_as_before():
    walk = make_walk()
    made = replace(walk, kind="simulated", trial="twin")
    split = Split(name="both", source=(walk, made), calibration=(walk,), unlabelled=(walk.hidden(),))
    assert split.of_kind("simulated").source == (made,)
    assert split.of_kind("emg_envelope").source == (walk,)
    assert split.of_kind("simulated").calibration == (walk,)
