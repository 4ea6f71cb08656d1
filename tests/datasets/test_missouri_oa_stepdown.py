"""Rules of missouri-oa-stepdown, on a miniature of its tables."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import datasets
from myoshift.datasets.missouri_oa_stepdown import MUSCLES, UNSIGNED
from myoshift.datasets.motion import canonical

NAME = "missouri-oa-stepdown"
ANGLES = ("Hip_FE", "Knee_FE", "Ankle_FE", "Pelvis_Ant", *UNSIGNED)


def write(path, names, level):
    """Two blocks; column c of the lead leg is `level` + block + c / 100 + time, of the trail leg ten more."""
    time = np.linspace(0, 1, 101)
    columns = [f"{leg}_{name}" for leg in ("Lead", "Trail") for name in names]
    blocks = [
        np.stack([level + block + k / 100 + 10 * (leg == "Trail") + time for leg, k in keys], axis=1)
        for block in range(2)
        for keys in [[(leg, k) for leg in ("Lead", "Trail") for k in range(len(names))]]
    ]
    body = "\n".join(",".join(map(str, row)) for row in np.concatenate(blocks).tolist())
    path.write_text(",".join(columns) + "\n" + body + "\n")


@pytest.fixture
def trials(tmp_path):
    (tmp_path / NAME).mkdir()
    for part, level in (("Train", 0), ("Test", 100)):
        write(tmp_path / NAME / f"Kinematics_{part}_Data_Angles.csv", ANGLES, level)
        write(tmp_path / NAME / f"Kinematics_{part}_Data_EMG.csv", tuple(MUSCLES), level)
    return {trial.name: trial for trial in datasets.load(NAME).trials(tmp_path)}


def test_legs_are_trials_of_their_own(trials):
    assert list(trials)[:3] == ["train00_lead", "train00_trail", "train01_lead"]
    lead, trail = trials["train01_lead"], trials["train01_trail"]
    assert (lead.task, trail.task) == ("step_down", "step_down_trail")
    assert {site[-2:] for site in lead.sites.values()} == {"_r"}
    assert {site[-2:] for site in trail.sites.values()} == {"_l"}
    assert lead.motion.names == ("Lead_Hip_FE", "Lead_Knee_FE", "Lead_Ankle_FE", "Lead_Pelvis_Ant")
    np.testing.assert_allclose(lead.emg.values[0], 1 + np.arange(8) / 100)
    np.testing.assert_allclose(trail.emg.values[0], 11 + np.arange(8) / 100)


def test_a_block_is_a_person_in_both_files(trials):
    assert trials["train01_lead"].subject.id == trials["test01_trail"].subject.id == "block01"
    assert (trials["train01_lead"].session, trials["test01_lead"].session) == ("train", "test")


def test_time_is_nominal_and_a_stance_is_no_cycle(trials):
    trial = trials["train00_lead"]
    assert trial.motion.time[[0, -1]].tolist() == [0.0, 1.0]
    assert not trial.cyclic
    codes = [flag.code for flag in trial.flags]
    assert {"nominal_time", "side_assumed", "legs_apart"} < set(codes)
    assert codes.count("dropped") == len(UNSIGNED)


def test_flexion_is_positive_and_the_pelvis_tilts_backwards(trials):
    motion, _ = canonical(trials["train01_trail"], ())
    assert motion.names == ("hip_flexion_l", "knee_angle_l", "ankle_angle_l", "pelvis_tilt")
    np.testing.assert_allclose(np.degrees(motion.values[50]), [11.5, 11.51, 11.52, -11.53])
