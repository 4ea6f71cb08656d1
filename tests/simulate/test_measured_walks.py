"""Inverse dynamics and contact against OpenSim and against force plates."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from myoshift import datasets
from myoshift.datasets.prepare import prepare
from myoshift.simulate import table
from myoshift.simulate.contact import find_contact
from myoshift.simulate.engine import simulate
from myoshift.simulate.inverse_dynamics import inverse_dynamics
from myoshift.simulate.model import COORDINATES, SIDES
from myoshift.simulate.posture import complete
from myoshift.simulate.scaling import scaled
from simulate import findings
from simulate.walks import EXAMPLE, example_walk, treadmill_walk, walkway_walk


def person(mass):
    return findings.person(mass).segments


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def found(walk, segments):
    """The contact of a walk, and the joint moments under it and under the plates."""
    motion = [torch.tensor(part) for part in walk.motion]
    contact = find_contact(segments, *motion, walk.rate)
    tau = [inverse_dynamics(segments, *motion, reaction).numpy() for reaction in (contact.reaction, walk.reaction)]
    return contact, tau


def moment_error(tau, name):
    columns = [COORDINATES.index(f"{name}_{side}") for side in SIDES]
    return rms(tau[0][:, columns] - tau[1][:, columns])


def test_moments_are_those_of_opensims_inverse_dynamics(data_root):
    pytest.importorskip("opensim")
    from myoshift.simulate.fit.bodies import read_segments

    walk = example_walk(data_root)
    segments = read_segments(data_root / EXAMPLE / "subject_walk_scaled.osim")
    tau = inverse_dynamics(segments, *(torch.tensor(part) for part in walk.motion), walk.reaction).numpy()
    file = data_root / "opensim-so-reference/id_torques_100hz.csv"
    reference = np.genfromtxt(file, delimiter=",", names=True)
    limits = {
        "hip_flexion": 0.25,
        "hip_adduction": 0.1,
        "hip_rotation": 0.01,
        "knee_angle": 0.15,
        "ankle_angle": 0.02,
    }
    for side in SIDES:
        for name, limit in limits.items():
            expected = reference[f"{name}_{side}_moment"]
            if name == "knee_angle":  # OpenSim keeps the moment of the coupled kneecap apart
                expected = expected + reference[f"knee_angle_{side}_beta_force"]
            assert rms(tau[:, COORDINATES.index(f"{name}_{side}")] - expected) < limit, name
    for name in ("pelvis_tx", "pelvis_ty", "pelvis_tz"):
        assert rms(tau[:, COORDINATES.index(name)] - reference[f"{name}_force"]) < 0.5
    for name in ("lumbar_extension", "arm_flex_r", "elbow_flex_l"):
        assert rms(tau[:, COORDINATES.index(name)] - reference[f"{name}_moment"]) < 1e-3


def test_moments_of_another_laboratory_and_model_are_those_of_opensim(data_root):
    """gait2392 with arms; the laboratory filtered on its own, so that the agreement is not that of one pipeline."""
    pytest.importorskip("opensim")
    from myoshift.simulate.fit.bodies import read_segments

    walk, reference = walkway_walk(data_root)
    segments = read_segments(data_root / "kul-3dpredictsim/OpenSimModel/subject1/subject1.osim", "kul")
    tau = inverse_dynamics(segments, *(torch.tensor(part) for part in walk.motion), walk.reaction).numpy()
    for name, limit in (("hip_flexion", 1.0), ("hip_adduction", 1.0), ("knee_angle", 0.8), ("ankle_angle", 0.5)):
        for side in SIDES:
            expected = reference[f"{name}_{side}_moment"] * (-1 if name == "knee_angle" else 1)
            assert rms((tau[:, COORDINATES.index(f"{name}_{side}")] - expected)[5:-5]) < limit, name


def test_contact_of_a_walkway_is_what_the_plates_measured_while_both_feet_are_on_them(data_root):
    walk, _ = walkway_walk(data_root)
    contact, tau = found(walk, person(walk.mass))
    both = slice(62, 122)
    here, there = (np.concatenate([r.force[s][both, 1] for s in SIDES]) for r in (contact.reaction, walk.reaction))
    assert np.corrcoef(here, there)[0, 1] > 0.98
    assert moment_error([part[both] for part in tau], "ankle_angle") < 9.0


@pytest.mark.parametrize(
    ("trial", "ankle", "knee", "hip"),
    [("example", 12.0, 12.0, 16.0), ("walk45", 6.5, 6.5, 9.5), ("stanford", 10.5, 8.5, 10.5)],
)
def test_contact_of_walking_is_what_the_plates_measured(data_root, trial, ankle, knee, hip):
    walk = example_walk(data_root) if trial == "example" else treadmill_walk(data_root, trial)
    contact, tau = found(walk, person(walk.mass))
    here, there = (np.concatenate([r.force[s][:, 1] for s in SIDES]) for r in (contact.reaction, walk.reaction))
    assert np.corrcoef(here, there)[0, 1] > 0.995
    assert rms(here - there) < 0.045 * 9.81 * walk.mass
    assert moment_error(tau, "ankle_angle") < ankle
    assert moment_error(tau, "knee_angle") < knee
    assert moment_error(tau, "hip_flexion") < hip


@pytest.mark.parametrize("trial", findings.WALKS.values())
def test_activations_without_plates_are_near_those_with_them(data_root, trial):
    found = findings.without_plates(findings.walk_of(data_root, trial), findings.frames_of(trial))
    assert found["feasible"] == 1
    assert found["r"] > 0.98
    assert found["activation"] < 0.05


def test_no_child_needs_what_its_muscles_cannot_give(data_root):
    """Six walks and turns of children of 25 to 60 kg, of whom angles of hips, knees and ankles were measured."""
    trials = (
        trial for trial in datasets.load("mcgill-biomechzoo").trials(data_root) if trial.task in {"walk", "turn"}
    )
    for trial in itertools.islice(trials, 0, None, 4):
        child, recording = trial.subject, prepare(trial)
        model = scaled(table.load(), child.mass, child.height)
        values = recording.motion.astype(float)
        for stretch in complete(values, recording.motion_names, recording.rate, height=child.height):
            found = simulate(model, stretch.motion)
            assert found.feasible.all(), child.id
            assert np.abs(found.reserves).max() < 1.0, child.id
            assert 0.8 < np.abs(found.moments[:, [4, 9]]).max() / child.mass < 2.0, child.id


def test_contact_of_running_is_what_the_plates_measured(data_root):
    """Both plates together, since the feet cross belts; and nothing while both feet are in the air."""
    walk = treadmill_walk(data_root, "run81")
    contact, _ = found(walk, person(walk.mass))
    here, there = (sum(r.force[s] for s in SIDES)[:, 1] for r in (contact.reaction, walk.reaction))
    assert np.corrcoef(here, there)[0, 1] > 0.99
    flight = there < 5.0
    assert flight.mean() > 0.2
    assert np.median(here[flight]) < 20.0
