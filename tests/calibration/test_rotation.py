"""A band that was put on some places further around the wrist."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.base import Outputs
from myoshift.calibration.chain import steps
from myoshift.calibration.rotation import Rotation, bands

BAND = tuple(f"wrist16_{k:02d}" for k in range(1, 17))


def outputs(prediction, names=BAND):
    return Outputs(names, prediction, prediction, np.zeros((len(prediction), 3), np.float32))


def waves(seed=0, frames=200, places=16):
    random = np.random.default_rng(seed)
    return 0.5 + 0.4 * np.sin(random.uniform(0.02, 0.3, places) * np.arange(frames)[:, None] + random.uniform(0, 6))


@pytest.mark.parametrize("planted", [-3, -1, 0, 1, 2])
def test_a_planted_turn_is_found_and_taken_back(planted):
    expected = waves()
    noise = 0.1 * np.random.default_rng(1).random(expected.shape)
    measured = 1.7 * np.roll(expected, planted, axis=1) + noise
    found = Rotation().fit([outputs(expected)], [measured], 50.0)
    assert set(found.turns) == {planted}
    new = waves(seed=2)
    np.testing.assert_array_equal(found.apply(outputs(new), 50.0), np.roll(new, planted, axis=1))
    assert {change.value for change in found.changes(BAND)} == {planted}


def test_columns_may_stand_in_any_order_beside_muscles():
    order = np.random.default_rng(0).permutation(17)
    names = (*BAND, "soleus")
    expected = np.concatenate([waves(), waves(3, places=1)], axis=1)
    measured = np.concatenate([np.roll(expected[:, :16], 1, axis=1), expected[:, 16:]], axis=1)
    mixed = outputs(expected[:, order], tuple(names[k] for k in order))
    found = Rotation().fit([mixed], [measured[:, order]], 50.0)
    np.testing.assert_array_equal(found.apply(mixed, 50.0), measured[:, order])
    assert {c.output: c.value for c in found.changes(mixed.names)}["soleus"] == 0


def test_bands_are_places_numbered_without_a_gap():
    assert [band.tolist() for band in bands(("a_02", "soleus", "a_01", "a_04", "a_03"))] == [[2, 0, 4, 3]]
    assert bands(("a_01", "a_02", "a_04", "a_05")) == []
    assert bands(("a_01", "a_02", "a_03")) == []
    assert bands(("vastus_lateralis", "soleus")) == []


def test_another_turn_must_be_better_by_a_margin():
    flat = np.full((50, 16), 0.3)
    assert not Rotation().fit([outputs(flat)], [flat], 50.0).turns.any()
    noise = np.random.default_rng(0).random((2, 400, 16))
    assert not Rotation(margin=0.2).fit([outputs(noise[0])], [noise[1]], 50.0).turns.any()
    hidden = np.full((50, 16), np.nan)
    assert not Rotation().fit([outputs(waves(frames=50))], [hidden], 50.0).turns.any()


def test_what_was_not_predicted_stays_so():
    x = waves()
    found = Rotation().fit([outputs(x)], [np.roll(x, 1, axis=1)], 50.0)
    x[:, 4] = np.nan
    values = found.apply(outputs(x), 50.0)
    assert np.isnan(values[:, 4]).all()
    assert np.isfinite(np.delete(values, 4, axis=1)).all()


def test_it_stands_before_another_calibrator_by_name():
    assert [each.name for each in steps("rotation+gain").calibrators] == ["rotation", "gain"]
