from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat

from myoshift import formats, signal

# Hip flexion (deg) over a gait cycle in two harmonics: furthest forward at 0.91, furthest back at 0.49.
GRID = np.arange(100) / 100
HIP = 12 + 20 * np.cos(2 * np.pi * (GRID - 0.95)) + 3 * np.cos(4 * np.pi * (GRID - 0.81))


def hip_angle(time, stride=1.1, start=0.0):
    """Hip flexion (deg) at these times; a foot strikes at `start` and every `stride` seconds."""
    return np.interp((time - start) / stride % 1.0, np.append(GRID, 1.0), np.append(HIP, HIP[0]))


def circular(a, b):
    """Difference of two phases in [-0.5, 0.5)."""
    return (a - b + 0.5) % 1.0 - 0.5


def steps(*spans, samples=600):
    """A force of 800 N during these spans (samples), 0 elsewhere."""
    force = np.zeros(samples)
    for start, stop in spans:
        force[start:stop] = 800
    return force


def test_a_strike_is_where_the_force_rises():
    np.testing.assert_allclose(signal.strikes_from_force(steps((50, 110), (170, 230)), 100.0), [0.5, 1.7])


def test_a_foot_that_crosses_belts_strikes_once():
    force = steps((50, 110), (170, 230))
    force[80:90] = 60  # dips below the threshold, not below the point where it is armed again
    np.testing.assert_allclose(signal.strikes_from_force(force, 100.0), [0.5, 1.7])
    force[80:90] = 10  # armed again, but too soon
    np.testing.assert_allclose(signal.strikes_from_force(force, 100.0), [0.5, 1.7])
    np.testing.assert_allclose(signal.strikes_from_force(force, 100.0, min_interval=0.1), [0.5, 0.9, 1.7])


def test_a_foot_that_is_loaded_at_the_start_has_not_struck():
    force = steps((0, 30), (100, 160))
    np.testing.assert_allclose(signal.strikes_from_force(force, 100.0), [1.0])
    np.testing.assert_allclose(signal.strikes_from_force(force, 100.0, armed=True), [0.0, 1.0])


@pytest.mark.parametrize("force", [np.zeros(50), np.full(50, 900.0), np.full(50, np.nan), np.zeros(0)])
def test_no_step_no_strike(force):
    assert len(signal.strikes_from_force(force, 100.0)) == 0


@given(
    stride=st.floats(0.6, 1.5),
    start=st.floats(-1, 1),
    seconds=st.floats(3.2, 8),
    rate=st.sampled_from([50.0, 60.0, 100.0]),
    scale=st.sampled_from([1.0, np.pi / 180]),
)
@settings(deadline=None, max_examples=40)
def test_phase_from_the_hip_is_the_true_phase(stride, start, seconds, rate, scale):
    time = np.arange(round(seconds * rate)) / rate
    found = signal.phase_from_hip(scale * hip_angle(time, stride, start), rate)
    assert found.shape == time.shape
    assert ((found >= 0) & (found < 1)).all()
    assert np.abs(circular(found, (time - start) / stride)).max() < 0.06


@given(stride=st.floats(0.8, 1.3), start=st.floats(-1, 1))
@settings(deadline=None, max_examples=40)
def test_one_and_a_half_strides_are_enough(stride, start):
    time = np.arange(round(1.6 * stride * 100)) / 100
    found = signal.phase_from_hip(hip_angle(time, stride, start), 100.0)
    assert np.abs(circular(found, (time - start) / stride)).max() < 0.15
    assert np.median(np.abs(circular(found, (time - start) / stride))) < 0.07


def test_a_single_cycle_that_closes():
    found = signal.phase_from_hip(HIP, 90.0, cyclic=True)
    assert np.abs(circular(found, GRID)).max() < 0.03


def test_strikes_from_the_hip_are_where_the_phase_begins():
    time = np.arange(1000) / 100
    strikes = signal.strikes_from_hip(hip_angle(time, 1.1, 0.3), 100.0)
    np.testing.assert_allclose(strikes, 0.3 + 1.1 * np.arange(9), atol=0.05)


@pytest.mark.parametrize(
    "hip",
    [np.zeros(500), np.full(500, np.nan), np.linspace(0, 30, 500), np.zeros(5), hip_angle(np.arange(30) / 100)],
    ids=["still", "missing", "one bend", "too short", "a third of a stride"],
)
def test_without_gait_there_is_no_phase(hip):
    assert np.isnan(signal.phase_from_hip(hip, 100.0)).all()
    assert len(signal.strikes_from_hip(hip, 100.0)) == 0


def test_standing_after_walking_has_no_phase():
    time = np.arange(2000) / 100
    hip = np.where(time < 8, hip_angle(time), hip_angle(np.array([8.0]))[0])
    found = signal.phase_from_hip(hip, 100.0)
    assert np.isfinite(found[time < 8]).all()
    assert np.isnan(found[time > 10]).all()


def test_no_strike_is_invented_in_a_pause():
    time = np.arange(2000) / 100
    walking = (time < 6) | (time > 14)
    hip = np.where(walking, hip_angle(time), hip_angle(np.array([6.0]))[0])
    strikes = signal.strikes_from_hip(hip, 100.0)
    assert len(strikes) >= 8
    assert not ((strikes > 7.5) & (strikes < 12.5)).any()


def test_a_short_gap_in_the_hip_does_no_harm():
    time = np.arange(800) / 100
    hip = hip_angle(time)
    whole = signal.phase_from_hip(hip, 100.0)
    hip[300:308] = np.nan
    assert np.abs(circular(signal.phase_from_hip(hip, 100.0), whole)).max() < 0.03


def test_phase_between_strikes():
    time = np.arange(500) / 100
    found = signal.phase(time, np.array([1.0, 2.0, 3.25]))
    np.testing.assert_allclose(found[[100, 150, 200, 325 - 1]], [0, 0.5, 0, 1.24 / 1.25])
    assert np.isnan(found[:100]).all()
    assert np.isnan(found[325:]).all()


@pytest.mark.parametrize("odd", [0.3, 1.35, 1.7])
def test_a_cycle_far_from_the_others_is_no_cycle(odd):
    strikes = np.cumsum([0.1, 1.0, 1.0, odd, 1.0, 1.0])
    time = np.arange(700) / 100
    found = signal.phase(time, strikes)
    inside = (time >= strikes[2]) & (time < strikes[3])
    assert np.isnan(found[inside]).all()
    assert np.isfinite(found[(time >= strikes[0]) & (time < strikes[2])]).all()
    assert len(signal.cycles(time[:, None], time, strikes)) == 4


@pytest.mark.parametrize("strikes", [[], [1.0]])
def test_without_two_strikes_there_is_no_cycle(strikes):
    time = np.arange(300) / 100
    assert np.isnan(signal.phase(time, np.array(strikes))).all()
    assert signal.cycles(time[:, None], time, np.array(strikes)).shape == (0, 101, 1)


def test_cycles_are_stretched_to_the_same_length():
    time = np.arange(500) / 100
    values = np.stack([time, -time], axis=1)
    found = signal.cycles(values, time, np.array([-0.5, 0.5, 1.5, 2.7, 3.9, 5.1]), points=11)
    assert found.shape == (3, 11, 2)
    np.testing.assert_allclose(found[1, :, 0], np.linspace(1.5, 2.7, 11))
    np.testing.assert_allclose(found[..., 1], -found[..., 0])


def test_missing_samples_stay_missing_in_a_cycle():
    time = np.arange(300) / 100
    values = time[:, None].copy()
    values[150] = np.nan
    (found,) = signal.cycles(values, time, np.array([1.0, 2.0]), points=5)
    np.testing.assert_array_equal(np.isnan(found[:, 0]), [False, False, True, False, False])


# --- real recordings ---

BELT = {"r": "ground_force_vy", "l": "l_ground_force_vy"}


def ceinmsrt(data_root, trial, side):
    folder = data_root / f"ceinmsrt-lowerlimb/data/{trial}"
    motion, force = formats.read_sto(folder / "ik.sto"), formats.read_sto(folder / "XLD.mot")
    return motion.column(f"hip_flexion_{side}"), motion.rate, force.column(BELT[side]), force.rate


@pytest.mark.parametrize(("trial", "right", "left"), [("walk36", 52, 54), ("walk45", 57, 57), ("run81", 76, 76)])
def test_strikes_of_ceinmsrt(data_root, trial, right, left):
    for side, count in (("r", right), ("l", left)):
        _, _, force, rate = ceinmsrt(data_root, trial, side)
        assert len(signal.strikes_from_force(force, rate, armed=True)) == count
        assert count - len(signal.strikes_from_force(force, rate)) in (0, 1)


def test_hysteresis_is_needed(data_root):
    _, _, force, rate = ceinmsrt(data_root, "run81", "r")
    plain = signal.strikes_from_force(force, rate, rise=50, rearm=50, min_interval=0.25)
    assert len(plain) == 119, "instead of 76"


def stanford(data_root):
    folder = data_root / "stanford-matlabso/TestData"
    motion, force = (
        formats.read_sto(folder / "results_ik.sto"),
        formats.read_sto(folder / "walking_baseline1_forces.mot"),
    )
    return motion.column("hip_flexion_l"), motion.rate, force.column("1_ground_force_vy"), force.rate


def test_strikes_of_stanford(data_root):
    _, _, force, rate = stanford(data_root)
    strikes = signal.strikes_from_force(force, rate, rise=50, rearm=50)
    assert len(strikes) == 54
    assert np.median(np.diff(strikes)) == pytest.approx(1.12)


def walks(data_root):
    """Hip angle, rate and foot strikes of every recording of gait that has both."""
    for trial in ("walk36", "walk45", "run81"):
        for side in "rl":
            hip, rate, force, force_rate = ceinmsrt(data_root, trial, side)
            yield f"ceinmsrt {trial} {side}", hip, rate, signal.strikes_from_force(force, force_rate)
    hip, rate, force, force_rate = stanford(data_root)
    yield "stanford l", hip, rate, signal.strikes_from_force(force, force_rate, rise=50, rearm=50)
    folder = data_root / "opensim-core-moco/Bindings/Java/Matlab/examples/Moco/exampleEMGTracking"
    motion = formats.read_sto(folder / "coordinates.mot")
    yield "moco r", motion.column("hip_flexion_r"), motion.rate, np.array([0.267, 1.4115])


def test_the_hip_tells_the_foot_strike(data_root):
    """Within 0.05 of a cycle, and steady within a walk; nothing is corrected towards the force."""
    for name, hip, rate, strikes in walks(data_root):
        time = np.arange(len(hip)) / rate
        found = signal.phase_from_hip(hip, rate)
        assert np.isfinite(found).all(), name
        error = circular(found, signal.phase(time, strikes))
        middle = np.nanmedian(error)
        assert abs(middle) < 0.05, name
        assert np.nanpercentile(np.abs(error - middle), 95) < 0.05, name


def test_the_hip_tells_the_foot_strike_in_short_trials(data_root):
    trials = sorted((data_root / "mcgill-biomechzoo/data/sample_study/raw c3d files").glob("*/*/*.c3d"))
    errors, phased = [], []
    for file in map(formats.read_c3d, trials):
        for side in "rl":
            hip = file.point(f"{side.upper()}HipAngles")[:, 0]
            strikes = [e.time - file.start for e in file.events if (e.name, e.side) == ("foot_strike", side)]
            found = signal.phase_from_hip(hip, file.point_rate)
            phased.append(np.isfinite(found[np.isfinite(hip)]).mean())
            time = np.arange(len(hip)) / file.point_rate
            errors.append(circular(found, signal.phase(time, np.array(strikes))))
    error = np.concatenate(errors)
    assert np.isfinite(error).sum() > 5000
    assert min(phased) == 1
    assert abs(np.nanmedian(error)) < 0.02
    assert np.nanpercentile(np.abs(error), 95) < 0.07


@pytest.mark.parametrize(("cyclic", "worst"), [(True, 0.06), (False, 0.15)])
def test_the_hip_tells_the_phase_of_single_cycles(data_root, cyclic, worst):
    file = data_root / "kul-3dpredictsim/ExperimentalData/ExperimentalData.mat"
    angles = loadmat(file, squeeze_me=True, struct_as_record=False)["ExperimentalData"].Q.subject1.Qs
    hips = angles.all[:, list(angles.colheaders).index("hip_flexion")].T
    assert hips.shape == (11, 100)
    for hip in hips:
        found = signal.phase_from_hip(hip, 90.0, cyclic=cyclic)
        assert np.abs(circular(found, GRID)).max() < worst


def heel(time, stride=1.1, landing=0.0):
    """How far a heel is ahead of the pelvis: furthest 23 ms before it lands, then back with the ground."""
    phase = (time - landing + 0.023) / stride % 1.0
    return np.where(phase < 0.6, 0.35 - 0.6 * phase / 0.6, -0.25 + 0.6 * np.sin(np.pi / 2 * (phase - 0.6) / 0.4))


@pytest.mark.parametrize("rate", [60.0, 100.0, 200.0])
def test_a_heel_lands_just_after_it_is_furthest_ahead(rate):
    time = np.arange(0, 5, 1 / rate)
    found = signal.strikes_from_heel(heel(time, landing=0.5), rate)
    np.testing.assert_allclose(found, [0.5, 1.6, 2.7, 3.8, 4.9], atol=0.035)


def test_a_heel_out_of_view_does_not_land():
    time = np.arange(0, 5, 0.01)
    advance = heel(time, landing=0.5)
    advance[140:180] = np.nan
    np.testing.assert_allclose(signal.strikes_from_heel(advance, 100.0), [0.5, 2.7, 3.8, 4.9], atol=0.035)
    assert len(signal.strikes_from_heel(np.full(300, np.nan), 100.0)) == 0
    assert len(signal.strikes_from_heel(np.zeros(300), 100.0)) == 0
    assert len(signal.strikes_from_heel(np.zeros(5), 100.0)) == 0
