"""The unit of a person's envelopes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.calibration.amplitude import UNIT, column, scaled, unit


def test_the_unit_is_the_95th_percentile_over_all_recordings_together():
    first, second = make_walk(gain=1.0), make_walk(gain=3.0, seed=1)
    both = np.concatenate([r.activation[:, 0] for r in (first, second)])
    assert unit([first, second])["tibialis_anterior_r"] == pytest.approx(np.percentile(both, 95), rel=1e-6)


def test_a_channel_without_a_positive_unit_is_not_measured():
    walk = make_walk()
    found = scaled(walk, {walk.activation_names[0]: 2.0, walk.activation_names[1]: 0.0}, "own: walk")
    assert np.allclose(found.activation[:, 0], walk.activation[:, 0] / 2)
    assert np.isnan(found.activation[:, 1:]).all()
    assert found.reference[0] == 2.0
    assert np.isnan(found.reference[1:]).all()
    assert [(f.code, f.message) for f in found.flags] == [(UNIT, "own: walk")]


def test_a_recording_without_the_channel_has_no_frames_of_it():
    walk = make_walk()
    assert column(walk, "soleus_r").shape == (len(walk.motion), 1)
    assert column(replace(walk, activation_names=(*walk.activation_names[:-1], "other_l")), "soleus_l").shape == (
        0,
        1,
    )
