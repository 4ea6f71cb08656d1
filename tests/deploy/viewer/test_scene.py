"""Where bones and muscles are: what an anatomist would check by eye."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk, write_walk
from myoshift.anatomy import MUSCLES
from myoshift.deploy.files import read_motion
from myoshift.deploy.viewer import scene
from myoshift.errors import DataRefused
from myoshift.simulate.table import load
from myoshift.types import Recording

KNEES = ("knee_angle_r", "knee_angle_l")


@pytest.fixture(scope="module")
def standing():
    return scene.of(None)


def posed(rate: float = 50.0, **angles: object) -> Recording:
    """A motion of these coordinates alone, one second where they are numbers."""
    columns = [np.broadcast_to(np.asarray(each, np.float32), (round(rate),)) for each in angles.values()]
    motion = np.stack(columns, axis=1) if columns else np.empty((round(rate), 0), np.float32)
    return replace(make_walk(rate=rate, seconds=1.0), motion=motion, motion_names=tuple(angles), rate=rate)


def at(shown: scene.Scene, segment: str, frame: int = 0) -> np.ndarray:
    return shown.origins[frame, shown.segments.index(segment)]


def soles(shown: scene.Scene) -> np.ndarray:
    """(T,) height of the lowest point of any bone."""
    heights = [b.vertices @ shown.rotations[:, b.segment, 1].T + shown.origins[:, b.segment, 1] for b in shown.bones]
    return np.min([each.min(axis=0) for each in heights], axis=0)


def lengths(shown: scene.Scene) -> np.ndarray:
    """(M,) m of the paths in the first frame."""
    return np.linalg.norm(np.diff(shown.paths[0], axis=1), axis=2).sum(axis=1)


def test_somebody_stands_on_the_floor(standing):
    assert standing.time.tolist() == [0.0]
    assert soles(standing)[0] == pytest.approx(0.0, abs=1e-6)
    top = max(
        float((b.vertices @ standing.rotations[0, b.segment, 1] + standing.origins[0, b.segment, 1]).max())
        for b in standing.bones
    )
    assert top == pytest.approx(load().height, abs=0.02)
    assert at(standing, "femur_r")[2] > 0 > at(standing, "femur_l")[2]
    assert at(standing, "toes_r")[0] > at(standing, "calcn_r")[0]
    assert standing.flags == ()


def test_all_muscles_are_as_long_as_the_model_says(standing):
    """Two independent sources: attachment points, and the polynomials fitted to the model's wrapped paths."""
    leg = load().legs["r"]
    rest = leg.paths.coefficients[(leg.paths.exponents == 0).all(axis=1)][0]
    own = dict(zip(leg.names, rest, strict=True))
    found = dict(zip(standing.muscles, lengths(standing), strict=True))
    assert set(found) == set(MUSCLES)
    short = {name: own[name[:-2]] - found[name] for name in MUSCLES}
    assert all(abs(short[name]) < 0.003 for name in MUSCLES if not name.startswith("gas"))
    assert all(0.010 < short[f"{name}_r"] < 0.021 for name in ("gasmed", "gaslat"))
    assert all(short[f"{name}_r"] == pytest.approx(short[f"{name}_l"], abs=1e-5) for name in leg.names)


def test_joints_bend_the_right_way(standing):
    bent = scene.of(posed(knee_angle_r=1.0, hip_flexion_l=0.5, ankle_angle_l=0.3, arm_flex_r=0.6, elbow_flex_l=1.0))
    assert at(bent, "calcn_r")[0] < at(standing, "calcn_r")[0] - 0.2
    assert at(bent, "tibia_l")[0] > at(standing, "tibia_l")[0] + 0.15
    rise = [at(each, "toes_l")[1] - at(each, "calcn_l")[1] for each in (bent, standing)]
    assert rise[0] > rise[1] + 0.05
    assert at(bent, "ulna_r")[0] > at(standing, "ulna_r")[0] + 0.1
    assert at(bent, "hand_l")[0] > at(standing, "hand_l")[0] + 0.1
    assert (lengths(bent) < lengths(standing))[bent.muscles.index("bfsh_r")]
    assert (lengths(bent) > lengths(standing))[bent.muscles.index("vasint_r")]


def test_both_legs_alike_are_a_mirror_image():
    shown = scene.of(posed(hip_flexion_r=0.4, hip_flexion_l=0.4, hip_adduction_r=0.2, hip_adduction_l=0.2))
    half = len(shown.muscles) // 2
    assert np.allclose(shown.paths[:, :half] * [1, 1, -1], shown.paths[:, half:], atol=1e-6)
    assert at(shown, "tibia_r")[2] < at(scene.of(None), "tibia_r")[2]


def test_without_the_height_of_the_pelvis_the_lowest_foot_is_always_on_the_floor(walk):
    shown = scene.of(walk)
    assert np.allclose(soles(shown), 0.0, atol=1e-6)
    assert [flag.code for flag in shown.flags] == ["neutral"]
    assert "pelvis_ty" in shown.flags[0].where
    assert "knee_angle_r" not in shown.flags[0].where


def test_a_measured_height_is_kept_but_for_one_length():
    leap = 0.9 + np.maximum(0.0, np.sin(np.linspace(0, 2 * np.pi, 50)))
    shown = scene.of(posed(pelvis_ty=leap, **dict.fromkeys(KNEES, 0.0)))
    assert np.allclose(shown.origins[:, 0, 1] - shown.origins[0, 0, 1], leap - leap[0], atol=1e-5)
    assert np.percentile(soles(shown), 5) == pytest.approx(0.0, abs=1e-5)
    squat = scene.of(posed(pelvis_ty=leap))
    assert np.allclose(soles(squat), 0.0, atol=1e-6)  # legs that were not measured cannot follow a pelvis


def test_gaps_are_bridged_and_told():
    knee = np.linspace(0, 1, 50)
    gap = np.where((np.arange(50) > 10) & (np.arange(50) < 20), np.nan, knee)
    whole, torn = (scene.of(posed(knee_angle_r=each)) for each in (knee, gap))
    assert np.allclose(whole.paths, torn.paths, atol=1e-5)
    assert (torn.flags[0].code, torn.flags[0].where) == ("gap", "knee_angle_r")


def test_time_is_that_of_the_file_and_degrees_are_read(tmp_path):
    shown = [
        scene.of(read_motion(write_walk(tmp_path / f"{unit}.mot", degrees=unit == "deg"), 50.0))
        for unit in ("deg", "rad")
    ]
    assert shown[0].time[0] == pytest.approx(2.0)
    assert np.allclose(np.diff(shown[0].time), 0.02)
    assert np.allclose(shown[0].paths, shown[1].paths, atol=1e-4)
    assert shown[0].paths.dtype == shown[0].rotations.dtype == shown[0].origins.dtype == np.float32


def test_a_person_is_as_tall_as_stated(standing):
    tall = scene.of(replace(posed(knee_angle_r=0.0), height=1.9))
    assert at(tall, "head")[1] / at(standing, "head")[1] == pytest.approx(1.9 / load().height, abs=1e-4)


def test_fewer_frames_to_show():
    shown = scene.of(posed(rate=100.0, knee_angle_r=np.linspace(0, 1, 100)))
    thin = shown.thinned(30.0)
    assert np.allclose(np.diff(thin.time), 0.04)
    assert np.array_equal(thin.paths, shown.paths[::4])
    assert len(shown.thinned(100.0).time) == 100
    assert scene.of(None).thinned(30.0).time.tolist() == [0.0]


def test_in_place_takes_the_travel_out_and_says_how_much():
    time = np.arange(50) / 50
    sway = 0.02 * np.sin(2 * np.pi * time)
    moved = scene.of(posed(pelvis_tx=1.3 * time, pelvis_tz=sway, knee_angle_r=0.0))
    still, course = scene.in_place(moved)
    assert np.ptp(course[:, 0]) == pytest.approx(1.3 * 49 / 50, abs=0.01)
    assert np.all(course[:, 1] == 0)
    assert np.allclose(still.origins + course[:, None], moved.origins, atol=1e-5)
    assert np.allclose(still.paths + course[:, None, None], moved.paths, atol=1e-5)
    assert np.ptp(still.origins[:, 0, 0]) < 1e-4
    assert np.ptp(still.origins[:, 0, 2]) > 0.8 * np.ptp(sway)


def test_what_cannot_be_shown():
    with pytest.raises(DataRefused, match="no coordinate of the body"):
        scene.of(posed())
    with pytest.raises(DataRefused, match="does not say where its muscles attach"):
        scene.of(None, replace(load(), points=()))
    armless = tuple(each for each in load().segments if not each.name.startswith(("calcn", "toes")))
    with pytest.raises(DataRefused, match="has no feet"):
        scene.of(None, replace(load(), segments=armless))


def test_a_real_walk(data_root):
    file = data_root / "ceinmsrt-lowerlimb/data/walk36/ik.sto"
    if not file.is_file():
        pytest.skip("ceinmsrt-lowerlimb is not here")
    shown = scene.of(read_motion(file, 50.0, convention="gait2392"))
    assert len(shown.time) > 3000
    low = soles(shown)
    assert low.min() > -0.02
    assert np.median(low) < 0.03
    knees, ankles = (
        np.stack([shown.origins[:, shown.segments.index(f"{name}_{side}")] for side in "rl"])
        for name in ("tibia", "talus")
    )
    assert (knees[0, :, 2] > knees[1, :, 2]).mean() > 0.99  # the legs do not change sides
    assert (ankles[..., 1] < knees[..., 1]).all()
