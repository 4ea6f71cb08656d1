"""The sets that carry markers as recordings: conventions, finite legs, and phases that survive the preparation."""

from __future__ import annotations

import numpy as np
import pytest

from datasets.test_real import FLEXION, peak_of
from myoshift import anatomy, datasets

WALKERS = ("msk-modelling-python", "opensim-auto-cp", "c3dorg-coda", "c3dorg-ist", "bmc-gait")
SETS = (*WALKERS, "pyomeca-tests")


@pytest.fixture(scope="module")
def trials(data_root):
    return {name: list(datasets.load(name).trials(data_root)) for name in SETS}


@pytest.fixture(scope="module")
def recordings(trials):
    return {name: [datasets.prepare(trial) for trial in found] for name, found in trials.items()}


@pytest.mark.parametrize("name", SETS)
def test_every_fact_about_the_recordings_holds(name, data_root):
    findings = datasets.check(name, data_root)
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) > 25


@pytest.mark.parametrize("name", SETS)
def test_recordings_follow_the_conventions(recordings, name):
    for r in recordings[name]:
        assert r.rate == 100.0
        assert r.institution == datasets.load(name).info.institution
        assert set(r.motion_names) <= set(anatomy.COORDINATES)
        assert all(anatomy.split_side(site)[1] and anatomy.site(site) for site in r.activation_names)
        assert np.isfinite(r.motion).all()
        measured = np.isfinite(r.activation)
        assert measured.mean(axis=0).min() > 0.9
        assert r.activation[measured].min() >= 0
        assert r.activation_names
        assert all(source.path.startswith(f"{name}/") for source in r.provenance)


@pytest.mark.parametrize("name", WALKERS)
def test_both_legs_bend_as_legs_do(recordings, name):
    for r in recordings[name]:
        both = anatomy.legs(r, FLEXION, ("soleus",))
        assert [leg.side for leg in both] == ["r", "l"]
        for leg in both:
            assert np.isfinite(leg.motion).all()
            hip, knee, ankle = np.degrees(leg.motion).T
            assert 45 < knee.max() < 115
            assert -16 < knee.min() < 20
            assert 35 < np.ptp(hip) < 90
            assert 15 < np.ptp(ankle) < 75


def test_domains_and_people(recordings):
    assert {r.domain for name in SETS for r in recordings[name]} == {
        "msk-modelling-python/healthy-walk",
        "msk-modelling-python/healthy-sprint",
        "opensim-auto-cp/cerebral_palsy-walk",
        "c3dorg-coda/healthy-walk",
        "c3dorg-ist/healthy-walk",
        "bmc-gait/healthy-walk",
        "pyomeca-tests/healthy-box_handling",
    }


@pytest.mark.parametrize(
    ("name", "site", "low", "high"),
    [
        ("msk-modelling-python", "gastrocnemius", 0.40, 0.46),
        ("msk-modelling-python", "soleus", 0.40, 0.46),
        ("opensim-auto-cp", "peronei", 0.44, 0.50),
        ("c3dorg-coda", "gastrocnemius", 0.34, 0.43),
        ("c3dorg-ist", "gastrocnemius", 0.40, 0.46),
        ("c3dorg-ist", "vasti", 0.04, 0.10),
        ("bmc-gait", "gastrocnemius", 0.34, 0.42),
        ("bmc-gait", "vasti", 0.04, 0.11),
    ],
)
def test_phases_survive_the_preparation(recordings, name, site, low, high):
    """A reader that gives gastrocnemius near 0.9 has swapped the sides."""
    assert low <= peak_of(recordings[name], site) <= high


def test_what_is_doubtful_is_flagged(trials):
    codes = {name: {flag.code for trial in found for flag in trial.flags} for name, found in trials.items()}
    assert {"implausible_unit", "rectified", "dropped"} <= codes["c3dorg-coda"]
    assert "dropped" in codes["c3dorg-ist"] & codes["bmc-gait"] & codes["msk-modelling-python"]
    assert {"weak", "sync", "approximate"} <= codes["pyomeca-tests"]
    assert all("angles_from_markers" in codes[name] for name in SETS if name != "opensim-auto-cp")


def test_the_first_of_repeated_labels_is_the_lateral_one(trials):
    """A knee marker that lies outside the other of its name."""
    (trial,) = trials["bmc-gait"]
    seen = trial.markers
    for side, outwards in (("R", 1), ("L", -1)):
        first, second = (seen.values[:, seen.names.index(name), 1] for name in (f"{side}KNE", f"{side}KNE#2"))
        assert np.nanmedian(first - second) * outwards > 0.05


def test_the_sprint_keeps_what_the_walk_leaves_out(recordings):
    walk, sprint = recordings["msk-modelling-python"]
    assert len(walk.activation_names) == 5
    assert len(sprint.activation_names) == 10
    assert set(walk.activation_names) < set(sprint.activation_names)
    assert np.degrees(sprint.motion[:, sprint.motion_names.index("knee_angle_r")].max()) > 100
