from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from myoshift.anatomy import IPSILATERAL
from myoshift.errors import ConfigError, DataFormatError, DataRefused, UnknownNameError
from myoshift.physiology.curves import DeGrooteFregly, Millard, Thelen
from myoshift.simulate.fit.osim import fit_model, total
from myoshift.simulate.model import LEG, SIDES
from myoshift.simulate.paths import geometry
from myoshift.simulate.scaling import height_of
from simulate.fit.models import miniature

opensim = pytest.importorskip("opensim")

NAMES = ("addmagDist", "addmagIsch", "bfsh", "recfem")
REAL = {
    "rajagopal, gasAvoid": ("stanford-matlabso/TestData/Rajagopal_scaled_Sub1_gasAvoid.osim", "rajagopal"),
    "gait2392": ("ceinmsrt-lowerlimb/model/gait2392.osim", "gait2392"),
}


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    path = miniature(tmp_path_factory.mktemp("mini"))
    return path, fit_model(path, convention="gait2392", poses=200, height=1.7)


def theirs(path, native, q, signs):
    """Length (m) and moment arms (5,) of a native muscle in a pose of ours, as OpenSim's own tools give them."""
    model = opensim.Model(str(path))
    state = model.initSystem()
    muscle, side = model.getMuscles().get(native), native[-1]
    known = {}
    for name, value in zip(LEG, q, strict=True):
        if model.getCoordinateSet().contains(f"{name}_{side}"):
            known[name] = model.getCoordinateSet().get(f"{name}_{side}")
            known[name].setValue(state, signs.get(name, 1) * float(value), False)
    model.assemble(state)
    model.realizePosition(state)
    arms = [signs.get(n, 1) * muscle.computeMomentArm(state, known[n]) if n in known else 0.0 for n in LEG]
    return muscle.getLength(state), np.array(arms)


@pytest.mark.parametrize(
    ("native", "name"), [("rect_fem", "recfem"), ("bifemsh", "bfsh"), ("add_mag3", "addmagIsch")]
)
def test_lengths_and_moment_arms_are_opensims_couplers_and_signs_included(fitted, native, name):
    path, found = fitted
    for side in SIDES:
        leg = found.model.legs[side]
        pose = np.array([0.4, 0.0, 0.0, 0.9, 0.0])
        length, slope = geometry(leg.paths, torch.from_numpy(pose[None]))
        own = leg.names.index(name)
        real, arms = theirs(path, f"{native}_{side}", pose, {"knee_angle": -1})
        assert float(length[0, own]) == pytest.approx(real, abs=5e-4)
        np.testing.assert_allclose(-slope[0, :, own], arms, atol=2e-3)


def test_names_are_ours_lumps_are_shared_out_and_the_rest_is_said(fitted):
    _, found = fitted
    for side in SIDES:
        leg = found.model.legs[side]
        assert leg.names == NAMES
        assert leg.muscles.maximum_force.tolist() == [500, 500, 1000, 1000]
    said = " ".join(flag.message for flag in found.flags)
    assert "left out: ercspn_r, nobodys_r, ercspn_l, nobodys_l" in said
    assert "add_mag3_r = addmagDist_r + addmagIsch_r" in said


def test_parameters_segments_and_points_are_the_files(fitted):
    _, found = fitted
    model = found.model
    assert (model.name, model.height) == ("mini", 1.7)
    assert model.mass == pytest.approx(66.2)
    muscles = model.legs["r"].muscles
    for values, known in ((muscles.optimal_length, 0.1), (muscles.tendon_slack, 0.3), (muscles.maximum_velocity, 12)):
        np.testing.assert_allclose(values, known)
    assert muscles.fibre == Thelen(width=0.45, curvature=0.25, most=1.4)
    assert model.segments[0].name == "pelvis"
    assert len(model.segments) == 7
    points = [point for point in model.points if point.muscle == "recfem_l"]
    assert [point.segment for point in points] == ["pelvis", "femur_l", "patella_l"]
    assert points[1].location == pytest.approx((0.05, -0.2, 0))


def test_errors_are_of_each_muscle_at_poses_held_out(fitted):
    _, found = fitted
    assert [error.muscle for error in found.errors] == [f"{name}_{side}" for side in SIDES for name in NAMES]
    assert 0 < found.summary()["length median"] <= found.summary()["length largest"] < 5e-4
    assert found.summary()["moment arm largest"] < 2e-3


def test_one_seed_gives_one_model(tmp_path):
    path = miniature(tmp_path, muscles=("bifemsh",))
    one, same, other = (fit_model(path, convention="gait2392", poses=200, seed=seed) for seed in (1, 1, 2))
    coefficients = [found.model.legs["r"].paths.coefficients for found in (one, same, other)]
    np.testing.assert_array_equal(coefficients[0], coefficients[1])
    assert not np.array_equal(coefficients[0], coefficients[2])
    assert one.model.height == height_of(one.model.mass)


def test_progress_counts_every_pose(tmp_path):
    seen = []
    fit_model(miniature(tmp_path, muscles=("bifemsh",)), convention="gait2392", poses=200, progress=seen.append)
    assert seen == list(range(1, total(200) + 1))


@pytest.mark.parametrize(
    ("kind", "fibre"),
    [("Millard2012EquilibriumMuscle", Millard()), ("DeGrooteFregly2016Muscle", DeGrooteFregly())],
)
def test_each_family_keeps_its_curves(tmp_path, kind, fibre):
    path = miniature(tmp_path, muscles=("bifemsh",), kind=kind)
    assert fit_model(path, convention="gait2392", poses=200).model.legs["l"].muscles.fibre == fibre


def test_a_path_that_jumps_is_left_out_and_said(tmp_path):
    """A point that is there only when the knee is bent far, far away from the others."""
    gate = """<ConditionalPathPoint name="gate"><socket_parent_frame>/bodyset/femur_r</socket_parent_frame>
<location>-0.1 -0.3 0</location><socket_coordinate>/jointset/knee_angle_r_joint/knee_angle_r</socket_coordinate>
<range>-3 -1.75</range></ConditionalPathPoint>"""
    plain = fit_model(miniature(tmp_path, muscles=("bifemsh",)), convention="gait2392", poses=400)
    mark = '<PathPoint name="bifemsh_r_1">'
    path = miniature(tmp_path, muscles=("bifemsh",), change=lambda text: text.replace(mark, gate + mark))
    gated = fit_model(path, convention="gait2392", poses=400)
    assert any("bfsh_r" in flag.message for flag in gated.flags if flag.code == "wrapping")
    q = torch.tensor([[0.0, 0.0, 0.0, 0.7, 0.0]], dtype=torch.float64)
    lengths = [float(geometry(found.model.legs["r"].paths, q)[0][0, 0]) for found in (plain, gated)]
    assert lengths[0] == pytest.approx(lengths[1], abs=5e-4)


@pytest.mark.parametrize(("sides", "muscles"), [("rl", ("ercspn",)), ("r", ("bifemsh",)), ("", ())])
def test_a_model_without_muscles_of_both_legs_is_refused(tmp_path, sides, muscles):
    with pytest.raises(DataRefused, match=r"no muscle of the (right|left) leg"):
        fit_model(miniature(tmp_path, sides=sides, muscles=muscles), convention="gait2392")


def test_a_file_that_is_no_model_a_name_nobody_knows_and_too_few_poses_are_refused(tmp_path):
    (tmp_path / "no.osim").write_text("nothing")
    with pytest.raises(DataFormatError, match="no OpenSim model"):
        fit_model(tmp_path / "no.osim")
    with pytest.raises(DataRefused, match="cannot be read"):
        fit_model(tmp_path / "none.osim")
    path = miniature(tmp_path, change=lambda text: text.replace("hip_flexion_r", "hipbend_r"))
    with pytest.raises(UnknownNameError, match="hipbend_r"):
        fit_model(path, convention="gait2392")
    with pytest.raises(DataRefused, match="too few poses"):
        fit_model(miniature(tmp_path), convention="gait2392", poses=10)
    with pytest.raises(DataRefused, match="no person"):
        fit_model(miniature(tmp_path), convention="gait2392", height=170)


def test_without_opensim_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "opensim", None)
    with pytest.raises(ConfigError, match=r"myoshift\[opensim\]"):
        fit_model(miniature(tmp_path))


@pytest.mark.parametrize("model", REAL)
def test_real_models_are_followed(data_root, model):
    file, convention = REAL[model]
    found = fit_model(data_root / file, convention=convention, poses=200)
    for side in SIDES:
        assert found.model.legs[side].names[: len(IPSILATERAL)] == IPSILATERAL
    assert found.summary()["length median"] < 4e-4
    assert found.summary()["moment arm median"] < 2e-3
    signs = {"knee_angle": -1} if convention == "gait2392" else {}
    native, name = ("vas_int_r", "vasint") if signs else ("vasint_r", "vasint")
    leg, pose = found.model.legs["r"], np.array([0.3, 0.0, 0.0, 0.6, 0.1])
    length, slope = geometry(leg.paths, torch.from_numpy(pose[None]))
    real, arms = theirs(data_root / file, native, pose, signs)
    own = leg.names.index(name)
    assert float(length[0, own]) == pytest.approx(real, abs=2e-3)
    assert -float(slope[0, 3, own]) == pytest.approx(arms[3], abs=4e-3)
    assert arms[3] < 0  # a knee extensor
