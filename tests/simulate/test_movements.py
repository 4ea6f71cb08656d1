import numpy as np
import pytest

from myoshift import signal
from myoshift.anatomy import coordinate
from myoshift.datasets import recordings
from myoshift.errors import UnknownNameError
from myoshift.simulate.model import COORDINATES
from myoshift.simulate.movements import KINDS, Movement
from myoshift.simulate.phases import cycles
from simulate.gaits import RATE, acceleration, one, walk

JOINTS = ("hip_flexion", "knee_angle", "ankle_angle")
WALKS = (
    "mcgill-biomechzoo", "ceinmsrt-lowerlimb", "stanford-matlabso", "kul-3dpredictsim", "opensim-core-moco",
    "msk-modelling-python", "c3dorg-coda", "c3dorg-ist", "bmc-gait",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawn_movement_is_one_of_a_body(kind):
    for seed in range(4):
        motion = Movement.draw(np.random.default_rng(seed), kind, height=1.2 + 0.2 * seed).motion(6.0, RATE)
        assert motion.values.shape == (600, len(COORDINATES))
        assert motion.measured == frozenset()
        for name in COORDINATES:
            limit = coordinate(name)
            assert limit.low <= one(motion, name).min()
            assert one(motion, name).max() <= limit.high
        assert np.abs(acceleration(motion, "pelvis_ty")).max() < 40


def test_the_same_generator_gives_the_same_movement_and_another_another():
    one_, two, three = (Movement.draw(np.random.default_rng(s), "walk").motion(3.0, RATE).values for s in (3, 3, 4))
    np.testing.assert_array_equal(one_, two)
    assert np.abs(one_ - three).max() > 0.05


def test_who_walks_faster_takes_longer_and_more_steps():
    speeds, cadences = [], []
    for speed in (0.25, 0.40, 0.60):
        motion = walk(speed=(speed, speed))
        speeds.append(np.polyfit(np.arange(600) / RATE, one(motion, "pelvis_tx"), 1)[0])
        cadences.append(cycles({"r": one(motion, "hip_flexion_r")}, {}, RATE).frequency(RATE))
    assert np.all(np.diff(speeds) > 0.25)
    assert np.all(np.diff(cadences) > 0.05)
    assert speeds[2] / cadences[2] > speeds[0] / cadences[0] + 0.2


def test_a_child_takes_quicker_and_shorter_steps():
    child, adult = (walk(height=height) for height in (1.1, 1.8))
    quick, slow = (cycles({"r": one(m, "hip_flexion_r")}, {}, RATE).frequency(RATE) for m in (child, adult))
    assert quick == pytest.approx(slow * np.sqrt(1.8 / 1.1), rel=0.02)


def test_a_transition_changes_the_speed():
    motion = walk(seconds=10.0, speed=(0.25, 0.60))
    advance = np.diff(one(motion, "pelvis_tx")) * RATE
    assert advance[-300:].mean() > advance[:300].mean() + 0.5


@pytest.mark.parametrize(
    ("style", "value", "joint", "what"),
    [
        ("crouch", 0.4, "knee_angle_r", np.min),
        ("scale", (1.0, 1.3, 1.0), "knee_angle_r", np.ptp),
        ("frontal", 2.0, "hip_adduction_r", np.ptp),
        ("twist", 2.0, "pelvis_rotation", np.ptp),
        ("asymmetry", 0.3, "knee_angle_l", np.ptp),
        ("offset", (0.0, 0.2, 0.0), "knee_angle_r", np.max),
    ],
)
def test_every_trait_of_a_style_shows(style, value, joint, what):
    plain, changed = walk(), walk(**{style: value})
    assert what(one(changed, joint)) > what(one(plain, joint)) + np.radians(3)


def test_cycles_differ_when_they_vary():
    steady, uneven = (Movement(kind="walk", variability=size).motion(10.0, RATE) for size in (0.0, 0.05))
    peaks = [np.sort(one(m, "knee_angle_r")[200:-200].reshape(4, -1).max(axis=1)) for m in (steady, uneven)]
    assert np.ptp(peaks[1]) > np.ptp(peaks[0]) + np.radians(1)


def test_an_unknown_movement_is_refused_with_those_that_are_known():
    with pytest.raises(UnknownNameError, match="walk"):
        Movement.draw(np.random.default_rng(0), "wlak")


def test_generated_strides_lie_among_real_ones(data_root):
    """As far from a real stride as the strides of one institution are from those of the others, and the other way."""
    real = [r for r in recordings(WALKS, data_root) if r.task == "walk" and r.population == "healthy"]
    strides = [_strides(r.motion.astype(float), r.motion_names, r.rate) for r in real]
    institution = np.repeat([r.institution for r in real], [len(each) for each in strides])
    known = np.concatenate(strides)
    random = np.random.default_rng(1)
    motions = [Movement.draw(random, "walk").motion(6.0, 50.0) for _ in range(60)]
    made = np.concatenate([_strides(motion.values, COORDINATES, 50.0) for motion in motions])
    between = _distance(known, known)
    between[institution[:, None] == institution] = np.inf
    usual = np.percentile(between.min(axis=1), 75)
    across = _distance(made, known)
    assert np.median(across.min(axis=1)) <= usual
    assert np.median(across.min(axis=0)) <= usual


def _strides(values, names, rate):
    """(N, 101, 3) deg of up to six strides a leg."""
    found = [np.empty((0, 101, 3))]
    for side in "rl":
        columns = [f"{joint}_{side}" for joint in JOINTS]
        if set(columns) <= set(names):
            angles = np.degrees(values[:, [list(names).index(name) for name in columns]])
            strikes = signal.strikes_from_hip(angles[:, 0], rate)
            cut = signal.cycles(angles, np.arange(len(angles)) / rate, strikes)
            found.append(cut[np.unique(np.linspace(0, len(cut) - 1, 6).astype(int))] if len(cut) else cut)
    return np.concatenate(found)


def _distance(one_, other):
    """(N, M) root mean square difference of strides."""
    return np.array([np.sqrt(((other - each) ** 2).mean(axis=(1, 2))) for each in one_])
