"""MIA: one trial per window, recordings held together, sides and units said."""

from __future__ import annotations

import numpy as np
import pytest

from miniatures.mia import write
from myoshift import datasets
from myoshift.anatomy import COORDINATES, keypoint_angles
from myoshift.datasets.build import recordings

NAME = "mia"
EXERCISES = ("FrontKick", "KneeKick", "FrontPunch", "Squat")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write(folder, "left first", exercises=EXERCISES)
    return folder


@pytest.fixture(scope="module")
def trials(root):
    return list(datasets.load(NAME).trials(root))


def codes(flags):
    return {flag.code for flag in flags}


def test_every_window_is_a_trial_and_every_recording_a_session(trials):
    assert len(trials) == 2 * 4 * 2
    assert len({(trial.subject.id, trial.session, trial.name) for trial in trials}) == 16
    assert {trial.session for trial in trials if trial.subject.id == "Subject1"} == {
        f"Subject1-{exercise}" for exercise in EXERCISES
    }
    assert [trial.name for trial in trials[:2]] == ["train-9", "val-10"]
    assert {trial.task for trial in trials} == {"front_kick", "knee_kick", "front_punch", "squat"}
    assert set(datasets.load(NAME).info.tasks) > {trial.task for trial in trials}


def test_raw_units_at_ten_hertz_with_everything_said(trials):
    for trial in trials:
        assert trial.emg.values.shape == (30, 8)
        assert (trial.emg.rate, trial.motion.rate, trial.emg_kind) == (10.0, 10.0, "envelope")
        assert set(trial.emg.units) == {""}
        assert trial.emg.values.max() > 100
        assert codes(trial.flags) == {"side_derived", "slow", "unit", "site_assumed", "camera", "overlap"}
        assert [source.path.rpartition("/")[2] for source in trial.sources] == ["emgvalues.npy", "pose.npy"]


def test_the_side_that_was_planted_is_the_side_of_the_sites(trials):
    assert trials[0].sites["emg_1"] == "rectus_femoris_l"
    assert trials[0].sites["emg_8"] == "biceps_brachii_r"
    assert len(set(trials[0].sites.values())) == 8


def test_motion_is_that_of_the_keypoints(root, trials):
    """Angles from `pose.npy` and from `joints3d.npy` are the same body."""
    for trial in trials[:4]:
        folder = root / trial.sources[0].path.rpartition("/")[0]
        by_points = keypoint_angles(np.load(folder / "joints3d.npy"), "body25")
        for name, angle in by_points.items():
            np.testing.assert_allclose(trial.motion.column(name), angle, atol=2e-3, err_msg=name)
        assert set(trial.motion.names) < set(COORDINATES)
        assert not any(name.startswith("pelvis") for name in trial.motion.names)


def test_it_goes_into_the_store_at_its_rate(root, monkeypatch, tmp_path):
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path))
    found = recordings((NAME,), root)
    again = recordings((NAME,), root)
    assert [r.id for r in found] == [r.id for r in again]
    for recording in found:
        assert (recording.rate, recording.kind, recording.normalisation) == (100.0, "emg_envelope", "none")
        assert len(recording.motion) == 291
        assert np.isfinite(recording.motion).all()
        assert np.isfinite(recording.activation).all()
        assert recording.activation.min() >= 0


def test_envelopes_are_interpolated_and_not_filtered(root, trials):
    trial = trials[0]
    recording = datasets.prepare(trial)
    quadriceps = recording.activation_names.index("rectus_femoris_l")
    inside = slice(2, 28)
    stored = recording.activation[::10, quadriceps][inside]
    measured = trial.emg.values[inside, 0]
    assert np.abs(stored - measured).max() < 0.02 * np.ptp(trial.emg.values[:, 0])


def test_a_constant_and_a_weak_channel_are_flagged(tmp_path):
    folder = write(tmp_path, exercises=("FrontKick", "KneeKick"), people=(1, 2), count=1)
    for path in folder.rglob("Subject2/*/*/emgvalues.npy"):
        emg = np.load(path)
        emg[:, 2], emg[:, 7] = 5.0, np.linspace(1, 2, 30)
        np.save(path, emg)
    by_person = {trial.subject.id: trial for trial in datasets.load(NAME).trials(tmp_path)}
    low = {flag.where for flag in by_person["Subject2"].flags if flag.code == "emg_low"}
    assert low == {"emg_3", "emg_8"}
    assert "emg_low" not in codes(by_person["Subject1"].flags)
    recording = datasets.prepare(by_person["Subject2"])
    assert "emg_masked" in codes(recording.flags)
    assert np.isnan(recording.activation[:, recording.activation_names.index("latissimus_dorsi_r")]).all()


def test_paths_are_what_is_read_and_what_is_stated(tmp_path):
    folder = write(tmp_path, exercises=("Squat",), people=(0,), count=2)
    (folder / "mia.yaml").write_text("sides: left first\n")
    paths = list(datasets.load(NAME).paths(tmp_path))
    assert {path.name for path in paths} == {"emgvalues.npy", "pose.npy", "mia.yaml"}
    assert len(paths) == 5
