"""The number of synergies, by two rules."""

from __future__ import annotations

import numpy as np
import pytest

from knowntruth.synergies import planted
from myoshift.errors import DataRefused
from myoshift.physiology.rank import HiddenCurve, VafCurve, rank_by_cross_validation, rank_by_vaf


@pytest.mark.parametrize("noise", ["white", "smooth"])
def test_planted_numbers_are_found_within_one_by_hidden_stretches(noise):
    for seed in range(2):
        activation, rank = planted(seed, noise)
        assert abs(rank_by_cross_validation(activation).rank - rank) <= 1


def test_the_rules_of_vaf():
    curve = VafCurve(np.array([0.7, 0.88, 0.93, 0.95, 0.97]), np.array([0.4, 0.6, 0.7, 0.8, 0.9]))
    assert (curve.rank, curve.plateau) == (4, 3)
    none = VafCurve(np.array([0.3, 0.5]), np.array([0.1, 0.2]))
    assert (none.rank, none.plateau) == (None, None)


def test_the_fewest_within_a_standard_error_are_taken():
    random = np.random.default_rng(0)
    common = random.random(25)
    errors = np.stack([common + 1.0, common + 0.1, common + 0.1 + 0.01 * random.normal(size=25)])
    assert HiddenCurve(errors - errors.min()).rank == 2
    assert HiddenCurve(np.stack([common + 0.5, common + 0.2, common])).rank == 3


def test_vaf_grows_with_the_number():
    activation, _ = planted(1)
    curve = rank_by_vaf(activation, 5, restarts=3)
    assert len(curve.vaf) == 5
    assert (np.diff(curve.vaf) > -1e-4).all()
    assert (curve.least <= curve.vaf + 1e-9).all()


def test_gaps_have_no_say():
    activation, rank = planted(2)
    activation[:300, 0] = np.nan
    activation[400:500, 3:5] = np.nan
    assert abs(rank_by_cross_validation(activation, 5).rank - rank) <= 1


def test_too_little_to_hide_is_refused():
    activation, _ = planted(0)
    for part in (activation[:, :2], activation[:40]):
        with pytest.raises(DataRefused, match="too little to hide"):
            rank_by_cross_validation(part)
