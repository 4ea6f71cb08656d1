"""What the toy labs are said to do to the EMG can be found again in the recordings."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from myoshift import anatomy, datasets, metrics
from myoshift.datasets import toy
from myoshift.datasets.toy import LABS, SITES, Gait, Lab, Toy

PLAIN = Lab(name="toy-b", people=1)


def prepared(lab: Lab, seconds: float = 14.0, seed: int = 0):
    return [datasets.prepare(trial) for trial in Toy(labs=(lab,), seconds=seconds, seed=seed).trials()]


def emg(lab: Lab, **settings) -> np.ndarray:
    return prepared(lab, **settings)[0].activation.astype(float)


def found_delay(later: np.ndarray, earlier: np.ndarray) -> float:
    """Seconds by which `later` comes after, from the phase of the whole cross-spectrum."""
    frames = np.arange(-20, 21)
    inside = slice(40, -40)
    error = [np.sum((np.roll(later, -k, axis=0)[inside] - earlier[inside]) ** 2) for k in frames]
    k = int(np.argmin(error))
    a, b, c = error[k - 1 : k + 2]
    return (frames[k] + 0.5 * (a - c) / (a - 2 * b + c)) / 100.0


@pytest.mark.parametrize("delay", [0.05, -0.06, 0.033])
def test_the_delay_of_a_lab_is_found_again(delay):
    """Positive: the activation, which a lab without delay measures, comes after the EMG."""
    activation, measured = emg(PLAIN), emg(replace(PLAIN, delay=delay))
    assert found_delay(activation, measured) == pytest.approx(delay, abs=0.001)
    assert metrics.lag(activation, measured, 100.0) == pytest.approx(delay, abs=0.002)


@pytest.mark.parametrize("gain", [0.05, 2.0])
def test_the_gain_of_a_lab_is_found_again(gain):
    scaled, plain = emg(replace(PLAIN, gain=gain)), emg(PLAIN)
    assert np.vdot(scaled, plain) / np.vdot(plain, plain) == pytest.approx(gain, rel=1e-4)


def test_the_noise_of_a_lab_is_found_again():
    noisy, plain = emg(replace(PLAIN, noise=0.05, gain=2.0)), emg(replace(PLAIN, gain=2.0))
    active = plain > 0.4
    assert (noisy - plain)[active].std() / 2.0 == pytest.approx(0.05, rel=0.05)


def test_the_synergy_weights_of_a_lab_are_found_again():
    lab = replace(PLAIN, shift=0.2)
    gait = Gait.draw(np.random.default_rng([0, *map(ord, "b1")]), "walk")
    time = np.arange(1400) / 100
    weights, *_ = np.linalg.lstsq(gait.synergies(time, "r"), emg(lab)[:, : len(SITES)], rcond=None)
    np.testing.assert_allclose(weights.T, toy.weights(lab, 0), atol=0.01)
    shifted = toy.weights(lab, 0) - toy.WEIGHTS
    assert 0.1 < shifted[toy.WEIGHTS > 0.5].std() < 0.3


def test_every_lab_has_its_own_shift():
    labs = [toy.weights(replace(lab, shift=0.1), 0) for lab in LABS]
    assert len({array.tobytes() for array in labs}) == len(labs)


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not():
    first, again, other = (prepared(LABS[1], seconds=3.0, seed=seed)[0] for seed in (3, 3, 4))
    assert first.activation.tobytes() == again.activation.tobytes()
    assert first.motion.tobytes() == again.motion.tobytes()
    assert first.motion.tobytes() != other.motion.tobytes()


def test_there_are_four_institutions_with_walkers_who_run():
    recordings = datasets.recordings(["toy"])
    assert {r.institution for r in recordings} == {"toy-a", "toy-b", "toy-c", "toy-d"}
    assert len({r.person for r in recordings}) == datasets.load("toy").info.people
    assert {r.task for r in recordings} == {"walk", "run"}
    assert len({r.id for r in recordings}) == len(recordings)
    for r in recordings:
        assert len(anatomy.legs(r, ("hip_flexion", "knee_angle", "ankle_angle"), SITES)) == 2
        assert np.isfinite(r.motion).all()
        assert (r.activation >= 0).all()
        assert "synthetic" in [flag.code for flag in r.flags]


def test_people_walk_alike_but_not_the_same():
    walks = [r for r in datasets.recordings(["toy"]) if r.task == "walk"]
    assert len({r.motion[:100].tobytes() for r in walks}) == len(walks)


def test_joints_move_as_in_walking():
    walk = next(r for r in datasets.recordings(["toy"]) if r.task == "walk")
    degrees = dict(zip(walk.motion_names, np.degrees(walk.motion).T, strict=True))
    assert 35 < np.ptp(degrees["hip_flexion_r"]) < 70
    assert 45 < degrees["knee_angle_l"].max() < 85
    assert degrees["knee_angle_l"].min() > -15
    assert degrees["ankle_angle_r"].min() < -5 < 5 < degrees["ankle_angle_r"].max()


def test_strikes_alternate_and_open_a_cycle():
    walk = next(Toy().trials())
    sides = [event.side for event in walk.events]
    assert all(a != b for a, b in pairwise(sides))
    gait = Gait.draw(np.random.default_rng([0, *map(ord, "a1")]), "walk")
    for event in walk.events:
        phase = gait.phase(np.array([event.time]), event.side)[0]
        assert phase == pytest.approx(round(phase), abs=1e-3)


def test_activation_is_a_function_of_motion_that_one_leg_teaches_the_other():
    """Ridge on angles and velocities of the right leg predicts the left one's EMG: there is something to learn."""
    walk = next(r for r in datasets.recordings(["toy"]) if r.task == "walk")
    right, left = anatomy.legs(walk, ("hip_flexion", "knee_angle", "ankle_angle"), SITES)

    def inputs(leg):
        both = np.hstack([leg.motion, np.gradient(leg.motion, axis=0) * 10])
        x = np.hstack([np.roll(both, k, axis=0) for k in (-10, 0, 10)])
        return np.hstack([x, x**2, np.ones((len(x), 1))])[20:-20]

    weights, *_ = np.linalg.lstsq(inputs(right), right.activation[20:-20], rcond=None)
    predicted, measured = inputs(left) @ weights, left.activation[20:-20]
    r = [np.corrcoef(p, m)[0, 1] for p, m in zip(predicted.T, measured.T, strict=True)]
    assert min(r) > 0.8
