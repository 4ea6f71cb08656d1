from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import recordings
from myoshift import anatomy
from myoshift.bench import sensing
from myoshift.bench.sensing import Constants
from myoshift.simulate.randomise import Sensor
from myoshift.simulate.twins import twin
from simulate.fakes import muscle_curve, simulator

INPUTS = ("hip_flexion", "knee_angle", "ankle_angle")
SITES = ("tibialis_anterior", "hamstrings", "iliocostalis")


@pytest.fixture(scope="module")
def walk():
    return twin(recordings()[0], solver=simulator)


def drawn(recording, seed=0, ranges=None):
    return sensing.drawn(recording, INPUTS, SITES, ranges or Sensor(), seed)


def column(recording, name):
    return recording.activation[:, recording.activation_names.index(name)]


def test_sites_are_what_the_montage_sees(walk):
    seen = sensing.sites(walk, INPUTS, SITES)
    muscles = [muscle_curve(walk, f"{name}_l") for name in anatomy.IPSILATERAL]
    np.testing.assert_allclose(
        column(seen, "hamstrings_l"), anatomy.output_weights(["hamstrings"])[0] @ muscles, rtol=1e-5
    )
    assert np.isnan(column(seen, "iliocostalis_r")).all()


def test_emg_comes_before_the_activation_by_the_delay_of_its_site(walk):
    seen = sensing.sites(walk, INPUTS, SITES)
    early = sensing.early(seen, Constants(2.0, 0.01, delay=0.04, delays=(("hamstrings", 0.08),)))
    for name, frames in (("tibialis_anterior_r", 2), ("hamstrings_r", 4)):
        np.testing.assert_allclose(column(early, name)[:-10], column(seen, name)[frames : frames - 10], atol=1e-5)
    assert sensing.early(seen, Constants(2.0, 0.01)) is seen


def test_what_is_drawn_follows_from_names_and_seed_alone(walk):
    first = drawn(walk)
    np.testing.assert_array_equal(first.activation, drawn(walk).activation)
    assert not np.allclose(first.activation, drawn(walk, seed=1).activation)
    other = drawn(replace(walk, subject="else"))
    elsewhere = drawn(replace(walk, institution="elsewhere"))
    assert not np.allclose(first.activation, other.activation)
    assert not np.allclose(first.activation, elsewhere.activation)
    assert (first.activation >= 0).all()
    assert first.activation_names == tuple(f"{name}_{side}" for side in "rl" for name in SITES[:2])


def test_a_sensor_without_any_error_is_excitation_at_a_site(walk):
    """What is left is the activation some 25 ms earlier, smoothed."""
    still = {"low": 0.0, "high": 0.0}
    ranges = Sensor(
        offset=still,
        delay=still,
        crosstalk=still,
        baseline=still,
        log_gain=still,
        noise={"low": 0.0, "high": 0.0},
        exponent={"low": 1.0, "high": 1.0},
        cutoff={"low": 10.0, "high": 10.0},
    )
    plain, seen = sensing.sites(walk, INPUTS, SITES[:2]), drawn(walk, ranges=ranges)
    for name in seen.activation_names:
        one, two = column(plain, name)[10:-10], column(seen, name)[10:-10]
        r = [np.corrcoef(one[k : len(one) - 5 + k], two[: len(two) - 5])[0, 1] for k in range(5)]
        assert max(r) > 0.97
        assert np.argmax(r) in (1, 2)


def test_frames_without_activation_and_around_them_are_not_learned_from(walk):
    values = walk.activation.copy()
    values[100:103] = np.nan
    seen = drawn(replace(walk, activation=values))
    assert np.isnan(seen.activation[95:108]).all()
    assert np.isfinite(np.delete(seen.activation, slice(95, 108), 0)).all()
    nothing = drawn(replace(walk, activation=np.full_like(values, np.nan)))
    assert np.isnan(nothing.activation).all()


def test_constants_are_told_in_words():
    told = str(Constants(2.0, 0.01, 0.1, 0.05, (("soleus", 0.08),)))
    assert told == "exponent 2, floor 0.01, co-activation 0.1, EMG 50 ms earlier, soleus 80 ms"


def test_antagonists_work_along_with_their_own_leg(walk):
    made = sensing.co_activated(walk, 0.2)
    for side in "rl":
        own = [name.endswith(side) for name in walk.activation_names]
        before, after = walk.activation[:, own], made.activation[:, own]
        mean = before.mean(axis=1, keepdims=True)
        np.testing.assert_allclose(after, before + 0.2 * mean * (1 - before), rtol=1e-5)
    assert sensing.co_activated(walk, 0.0) is walk
