"""The measurements on people of unseen institutions, on people whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.base import Outputs
from newpeople import coverage, hidden
from newpeople.folds import Leg, Person

NAMES = ("tibialis_anterior", "soleus", "gastrocnemius", "hamstrings", "rectus_femoris")
RATE, LATE = 50.0, 3


def leg(random, frames, error):
    """Bursts of which the prediction comes 60 ms late."""
    time = np.arange(frames + LATE) / RATE
    true = np.stack([np.exp(4 * (np.cos(2 * np.pi * (time / 1.1 - k / 5)) - 1)) for k in range(5)], axis=1)
    predicted, measured = true[:-LATE], np.abs(true[LATE:] + error * random.standard_normal((frames, 5)))
    outputs = Outputs(NAMES, predicted, predicted, np.zeros((frames, 3), np.float32))
    return Leg("level walking", "within", outputs, np.full((frames, 5), 0.1), measured)


@pytest.fixture(scope="module")
def people():
    random = np.random.default_rng(0)
    return [
        Person("abc"[i % 3], f"s{i}", [leg(random, 80, 0.03)], [leg(random, 200, 0.03), leg(random, 150, 0.03)])
        for i in range(18)
    ]


def test_intervals_of_alike_people_hold_and_calibrated_ones_are_narrower(people):
    plain, own = (list(coverage.rows("toy", people, name, NAMES, RATE)) for name in ("none", "delay"))
    for row in (*plain, *own):
        told = dict(zip(coverage.COLUMNS, row, strict=True))
        assert told["people"] == 18
        assert told["without enough people"] == 0
        assert float(told["coverage"]) >= told["level"]
    width = coverage.COLUMNS.index("width")
    assert all(float(b[width]) < 0.8 * float(a[width]) for a, b in zip(plain, own, strict=True))
    lines = list(coverage.muscles("toy", people, "none", NAMES, RATE))
    assert [line[2] for line in lines[:5]] == list(NAMES)


def test_a_hidden_muscle_shares_the_delay_of_the_others_and_nothing_of_their_own(people):
    told = [dict(zip(hidden.COLUMNS, row, strict=True)) for row in hidden.rows(people[:2], people, 1.6, RATE)]
    by = {each["calibrated by"]: each for each in told if each["tested on"] == "everything"}
    assert float(by["none"]["change"]) == 0
    assert by["delay"]["better for"] == 2
    assert float(by["delay"]["r"]) > 0.9 > float(by["none"]["r"])
    assert abs(float(by["last_layer"]["change"])) < 0.01
