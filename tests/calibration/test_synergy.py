"""Soft projections on a person's synergies."""

from __future__ import annotations

import numpy as np

from myoshift.calibration.base import Outputs
from myoshift.calibration.synergy import Synergy

NAMES = ("tibialis_anterior", "gastrocnemius", "soleus", "hamstrings", "rectus_femoris")


def seen(prediction):
    return Outputs(NAMES, prediction, prediction, np.zeros((len(prediction), 3), np.float32))


def planted(seed=0, frames=200):
    random = np.random.default_rng(seed)
    return random.uniform(size=(frames, 2)) @ np.random.default_rng(7).uniform(size=(2, 5))


def test_noise_off_the_synergies_is_taken_away_by_the_blend():
    clean = planted()
    noise = 0.2 * np.random.default_rng(1).uniform(size=clean.shape)
    errors = []
    for blend in (0.0, 0.5, 1.0):
        found = Synergy(rank=2, blend=blend).fit([seen(clean)], [clean], 50.0)
        errors.append(np.abs(found.apply(seen(clean + noise), 50.0) - clean).mean())
    assert errors[0] > errors[1] > errors[2]


def test_outputs_that_were_not_measured_have_no_part():
    measured = planted()
    measured[:, 4] = np.nan
    found = Synergy(rank=2).fit([seen(planted())], [measured], 50.0)
    other = planted(3)
    np.testing.assert_array_equal(found.apply(seen(other), 50.0)[:, 4], other[:, 4])


def test_with_two_measured_outputs_nothing_is_changed():
    measured = planted()
    measured[:, 2:] = np.nan
    other = planted(3)
    np.testing.assert_array_equal(Synergy().fit([seen(other)], [measured], 50.0).apply(seen(other), 50.0), other)
