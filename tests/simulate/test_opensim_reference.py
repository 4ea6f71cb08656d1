"""The same inputs as OpenSim 4.6 StaticOptimization had (see the data's README): do we find the same activations?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from myoshift.anatomy import IPSILATERAL, MUSCLES
from myoshift.physiology.curves import Millard
from myoshift.physiology.muscle import Muscles, active_force
from myoshift.simulate.fit.function_paths import read_function_paths
from myoshift.simulate.model import LEG, SIDES, sided
from myoshift.simulate.paths import geometry
from myoshift.simulate.static import solve_static

WALK = "opensim-core-moco/OpenSim/Examples/Moco/example3DWalking"
MODEL_CURVES = Millard(shortest=0.25, shoulder=0.77, longest=1.9, shallow=0.75)
"""Of every muscle of `subject_walk_scaled.osim`."""


@pytest.fixture(scope="module")
def walk(data_root):
    folder = data_root / "opensim-so-reference"
    with np.load(folder / "walk_reference.npz") as archive:
        found = dict(archive)
    table = np.genfromtxt(folder / "so_opensim_polypaths.csv", delimiter=",", names=True, deletechars="")
    assert tuple(found["muscles"]) == MUSCLES
    reserves = [name for name in table.dtype.names if name.startswith("reserve_") and "beta" not in name]
    found["paths"] = read_function_paths(data_root / WALK / "subject_walk_scaled_FunctionBasedPathSet.xml")
    found["so"] = np.stack([table[name] for name in MUSCLES], axis=1)
    found["reserves"] = np.stack([table[name] for name in reserves if any(c in name for c in LEG)], axis=1)
    return found


def solved(walk, dtype=torch.float64, *, opensim_pennation):
    """Per leg: lengths, speeds, arms (B, 5, 40), moments and the solution."""
    legs = []
    for index, side in enumerate(SIDES):
        columns = [list(walk["coords"]).index(name) for name in sided(LEG, side)]
        moments = [list(walk["id_names"]).index(f"{name}_moment") for name in sided(LEG, side)]
        q, speed = (torch.from_numpy(walk[key][:, columns]) for key in ("q", "u"))
        length, slope = geometry(walk["paths"][side], q)
        pace = (slope * speed.unsqueeze(2)).sum(dim=1)
        own = torch.from_numpy(walk["muscle_par"][40 * index : 40 * index + 40]).T
        names = ("maximum_force", "optimal_length", "tendon_slack", "pennation", "maximum_velocity", "minimum_length")
        muscles = Muscles(**dict(zip(names, own[:6], strict=True)), fibre=MODEL_CURVES)
        arms = -slope * active_force(muscles, length, pace, opensim_pennation=opensim_pennation).unsqueeze(1)
        tau = torch.from_numpy(walk["id"][:, moments])
        legs.append((length, pace, arms, tau, solve_static(arms.to(dtype), tau.to(dtype))))
    return legs


def error(walk, legs):
    return torch.cat([leg[-1].activation for leg in legs], dim=1).double().numpy() - walk["so"]


def test_lengths_and_speeds_are_opensims(walk):
    for index, (length, pace, *_) in enumerate(solved(walk, opensim_pennation=True)):
        own = slice(40 * index, 40 * index + len(IPSILATERAL))
        np.testing.assert_allclose(length, walk["mtl"][:, own], atol=1e-8)
        np.testing.assert_allclose(pace, walk["mtv"][:, own], atol=1e-8)


def test_activations_are_opensims_where_the_pennation_is(walk):
    difference = error(walk, solved(walk, opensim_pennation=True))
    assert np.sqrt(np.mean(difference**2)) <= 0.0015
    assert np.abs(difference).max() <= 0.01


def test_the_correct_pennation_changes_them_by_as_much_as_is_known(walk):
    difference = error(walk, solved(walk, opensim_pennation=False))
    assert np.sqrt(np.mean(difference**2)) == pytest.approx(0.0044, abs=0.0003)
    assert np.abs(difference).max() == pytest.approx(0.031, abs=0.003)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_frame_balances_and_the_optimum_is_one(walk, dtype):
    for _, _, arms, moments, found in solved(walk, dtype, opensim_pennation=True):
        arms, moments = arms.to(dtype).double(), moments.to(dtype).double()
        activation, reserve = found.activation.double(), found.reserve.double()
        scale = 1 + moments.abs().amax(dim=1, keepdim=True)
        balance = (arms @ activation.unsqueeze(2)).squeeze(2) + reserve - moments
        assert float((balance / scale).abs().max()) <= 1e-6
        worth = (arms * (2 * reserve).unsqueeze(2)).sum(dim=1)  # the reserve's price is that of the moment: 2 r
        best = (worth / 2).clamp(0.01, 1)
        assert float((best - activation).abs().max()) <= (1e-4 if dtype == torch.float32 else 1e-10)


def test_no_larger_reserve_is_needed_than_opensims(walk):
    theirs = float(np.abs(walk["reserves"]).max())
    ours = max(float(leg[-1].reserve.abs().max()) for leg in solved(walk, opensim_pennation=True))
    assert ours == pytest.approx(theirs, abs=2e-4)
    assert ours < 0.027


def test_a_fitted_model_does_what_opensim_does_with_its_own_geometry(walk, data_root):
    """Also where OpenSim's moment arms are not the derivatives of its lengths (gastrocnemius at the knee)."""
    pytest.importorskip("opensim")
    from myoshift.simulate.fit.osim import fit_model

    fitted = fit_model(data_root / WALK / "subject_walk_scaled.osim", poses=300)
    assert any("gaslat_r about knee_angle" in flag.message for flag in fitted.flags)
    found = []
    for index, side in enumerate(SIDES):
        leg = fitted.model.legs[side]
        assert leg.muscles.fibre == MODEL_CURVES
        np.testing.assert_allclose(leg.muscles.minimum_length, walk["muscle_par"][40 * index : 40 * index + 40, 5])
        columns = [list(walk["coords"]).index(name) for name in sided(LEG, side)]
        moments = [list(walk["id_names"]).index(f"{name}_moment") for name in sided(LEG, side)]
        q, speed = (torch.from_numpy(walk[key][:, columns]) for key in ("q", "u"))
        length, slope = geometry(leg.paths, q)
        force = active_force(leg.muscles, length, (slope * speed.unsqueeze(2)).sum(dim=1), opensim_pennation=True)
        found.append(solve_static(-slope * force.unsqueeze(1), torch.from_numpy(walk["id"][:, moments])).activation)
    difference = torch.cat(found, dim=1).numpy() - walk["so_opensim"]
    assert np.sqrt(np.mean(difference**2)) <= 0.012
