"""Virtual laboratories that differ in one thing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.toys import benchmark
from myoshift import anatomy
from myoshift.bench import shifts
from simulate.worlds import world

SPEC = benchmark(outputs=list(shifts.SITES), primary=list(shifts.SITES), conditions={"walking": ["walk"]})
PLAIN = shifts.SHIFTS[0]
RESULTS = Path(__file__).parents[2] / "docs/results/shifts.csv"


@cache
def people(name, labels="sensor"):
    shift = next(each for each in shifts.SHIFTS if each.name == name)
    config = shift.config.model_copy(update={"labels": labels})
    return shifts.target(shifts.Shift(shift.kind, name, config), 2, world())


def motions(name):
    return np.concatenate([each.motion for each in people(name)])


def activations(name, labels="sensor"):
    return np.concatenate([each.activation for each in people(name, labels)])


@pytest.mark.parametrize("shift", shifts.SHIFTS, ids=lambda shift: shift.name)
def test_a_target_differs_from_the_plain_one_in_what_it_says(shift):
    if shift.kind not in ("none", "input"):
        np.testing.assert_array_equal(motions(shift.name), motions(PLAIN.name))
    if shift.kind in ("label", "timing"):
        np.testing.assert_array_equal(activations(shift.name, "activation"), activations(PLAIN.name, "activation"))
    if shift.kind in ("label", "timing", "concept"):
        differs = activations(shift.name) != activations(PLAIN.name)
        assert differs.mean() > 0.5 or shift.name == "exponent 4"  # the fake muscles have no objective


def test_every_kind_of_shift_is_there_and_names_are_unique():
    assert {each.kind for each in shifts.SHIFTS} == {"none", "input", "label", "timing", "concept"}
    assert len({each.name for each in shifts.SHIFTS}) == len(shifts.SHIFTS)


def test_the_source_has_nobody_of_a_target():
    source = shifts.source(2, world())
    assert not any(np.array_equal(one.motion, other.motion) for one in source for other in people(PLAIN.name))


@dataclass
class Truth:
    """Predicts what the sensors of the plain target show."""

    def legs(self, recording):
        assert np.isnan(recording.activation).all()
        plain = next(each for each in people(PLAIN.name) if each.subject == recording.subject)
        return {leg.side: leg.activation for leg in anatomy.legs(plain, SPEC.inputs, SPEC.outputs)}


def test_each_step_of_the_oracle_finds_the_shift_that_it_is_for():
    chosen = [each for each in shifts.SHIFTS if each.name in (PLAIN.name, "gain 2", "EMG 100 ms earlier")]
    found = shifts.table({"truth": Truth()}, SPEC, 2, chosen, lambda shift, count: people(shift.name))
    assert tuple(found.columns) == shifts.COLUMNS
    rows = found.set_index("kind")
    assert rows["r"]["none"] == pytest.approx(1.0)
    assert rows["r"]["label"] > 0.98
    assert rows["r2"]["label"] < 0.8 < 0.98 < rows["r2_gain"]["label"]
    assert rows["lag"]["timing"] == pytest.approx(0.1, abs=0.03)
    assert rows["r_delay"]["timing"] > rows["r"]["timing"] + 0.02
    assert (rows["people"] == 2).all()


def test_the_committed_table_is_of_these_shifts():
    table = pd.read_csv(RESULTS)
    assert tuple(table.columns) == shifts.COLUMNS
    assert list(table["shift"].unique()) == [each.name for each in shifts.SHIFTS]
