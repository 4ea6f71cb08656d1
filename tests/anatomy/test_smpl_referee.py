"""OpenSim poses real models; the rotations of their segments, given as SMPL's, must come back as their angles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from myoshift.anatomy import smpl

opensim = pytest.importorskip("opensim")

TO_SMPL = np.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]])  # forwards, up, right to left, up, forwards
LEGS = {"hip_r": ("pelvis", "femur_r"), "hip_l": ("pelvis", "femur_l"), "knee_r": ("femur_r", "tibia_r"),
        "knee_l": ("femur_l", "tibia_l"), "ankle_r": ("tibia_r", "talus_r"), "ankle_l": ("tibia_l", "talus_l"),
        "spine_2": ("pelvis", "torso")}  # fmt: skip
ARMS = {"shoulder_r": ("torso", "humerus_r"), "shoulder_l": ("torso", "humerus_l"),
        "elbow_r": ("humerus_r", "ulna_r"), "elbow_l": ("humerus_l", "ulna_l")}  # fmt: skip
LOWERED = {side: Rotation.from_rotvec([0, 0, sign * np.pi / 2]) for side, sign in (("r", 1), ("l", -1))}
OBLIQUE = {"knee_angle": 1.0, "ankle_angle": 1.5, "elbow_flex": 2.0}  # deg: axes that are not quite to the right


class Body:
    """A model of a data set, its coordinates at the values asked for, the others at 0."""

    def __init__(self, path):
        opensim.Logger.setLevelString("Error")
        self.model = opensim.Model(str(path))
        self.state = self.model.initSystem()

    def angles(self, values, chain):
        coordinates = self.model.getCoordinateSet()
        for coordinate in (coordinates.get(k) for k in range(coordinates.getSize())):
            if not coordinate.isConstrained(self.state):
                coordinate.setValue(self.state, values.get(coordinate.getName(), 0.0), False)
        self.model.assemble(self.state)
        self.model.realizePosition(self.state)
        return dict(zip(smpl.NAMES, smpl.angles(self.pose(chain), up="y")[0][0], strict=True))

    def pose(self, chain):
        """SMPL's rotations (1, 22, 3); the arms of its T-pose are a quarter turn from hanging."""
        pose = np.zeros((1, 22, 3))
        pose[0, 0] = Rotation.from_matrix(self.turn("pelvis") @ TO_SMPL.T).as_rotvec()
        for joint, (outer, inner) in chain.items():
            local = self.turn(outer).T @ self.turn(inner)
            found = Rotation.from_matrix(TO_SMPL @ local @ TO_SMPL.T)
            if joint.startswith("shoulder"):
                found = found * LOWERED[joint[-1]]
            elif joint.startswith("elbow"):
                found = LOWERED[joint[-1]].inv() * found * LOWERED[joint[-1]]
            pose[0, smpl.JOINTS.index(joint)] = found.as_rotvec()
        return pose

    def turn(self, name):
        matrix = self.model.getBodySet().get(name).getTransformInGround(self.state).R().asMat33()
        return np.array([[matrix.get(i, k) for k in range(3)] for i in range(3)])


@pytest.mark.parametrize(
    ("path", "chain", "knee"),
    [
        ("stanford-matlabso/TestData/Rajagopal_scaled_Sub1_gasAvoid.osim", LEGS, 1),
        ("kul-3dpredictsim/OpenSimModel/subject1/subject1.osim", LEGS | ARMS, -1),
    ],
)
def test_angles_of_a_model_come_back(data_root, path, chain, knee):
    body, random = Body(data_root / path), np.random.default_rng(4)
    rest = body.angles({}, chain)
    asked = [
        name for name in smpl.NAMES if body.model.getCoordinateSet().contains(name) and name != "pelvis_rotation"
    ]
    worst: dict[str, float] = {}
    for _ in range(8):
        wanted = {name: random.uniform(-0.6, 0.6) for name in asked}
        wanted |= {name: random.uniform(0.1, 1.2) for name in asked if name.startswith(("knee", "elbow"))}
        signs = {name: knee if name.startswith("knee") else 1 for name in asked}
        found = body.angles({name: signs[name] * value for name, value in wanted.items()}, chain)
        for name, value in wanted.items():
            base = name.removesuffix("_r").removesuffix("_l")
            off = found[name] - value - (rest[name] if base in OBLIQUE else 0.0)
            worst[base] = max(worst.get(base, 0.0), abs(float(np.degrees(off))))
    assert len(worst) >= 10
    for base, off in worst.items():
        assert off < OBLIQUE.get(base, 1e-4), (base, off)
