"""What calibration is expected to tell, and from which electrodes."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from conftest import make_walk
from myoshift.calibration.planner import Design, plan, typical
from myoshift.errors import ConfigError, DataRefused
from myoshift.estimators.ridge import Ridge
from myoshift.predictor import Problem
from myoshift.types import Split

OUTPUTS = ("tibialis_anterior", "gastrocnemius", "soleus")


@pytest.fixture(scope="module")
def predictor():
    source = tuple(make_walk(subject=f"s{i}", seed=i) for i in range(2))
    return Ridge(Problem(("hip_flexion", "knee_angle", "ankle_angle"), OUTPUTS, 50.0)).fit(
        Split(name="all", source=source)
    )


@pytest.fixture(scope="module")
def design(predictor):
    return Design.of(OUTPUTS, predictor.legs(make_walk(seconds=4.0))["r"].astype(float), 50.0)


def test_without_emg_nothing_is_known_and_more_emg_tells_more(design):
    assert design.gain((), 0.0) == 0.0
    gains = [design.gain((0, 2), seconds) for seconds in (0.0, 1.0, 2.0, 10.0, 1e6)]
    assert gains[0] == pytest.approx(0.0)
    assert all(a < b for a, b in pairwise(gains))
    assert design.gain((0, 1, 2), 1e6) > 0.99


def test_what_is_shared_reaches_the_muscles_that_are_not_measured(design):
    before, after = design.left((), 0.0), design.left((0,), 10.0)
    assert (after < before).all()
    assert after[0] < 0.1 * before[0]
    assert after[2] > 0.3 * before[2]


def test_the_first_electrode_is_the_best_alone_and_two_are_near_the_best_pair(design):
    first, *_ = chosen = design.greedy(2, 5.0)
    assert design.gain((first,), 5.0) == max(design.gain((m,), 5.0) for m in range(3))
    best = max(design.gain(pair, 5.0) for pair in combinations(range(3), 2))
    assert design.gain(chosen, 5.0) >= 0.95 * best


def test_the_parameters_are_those_of_the_observation_model(design):
    """3 shared and 4 of each of 3 outputs; the derivatives of one muscle do not hang on another's delay."""
    assert design.information.shape == (3, 15, 15)
    assert np.allclose(design.information, design.information.transpose(0, 2, 1))
    delays = design.information[:, 1:4, 1:4]
    for m, own in enumerate(delays):
        assert np.flatnonzero(np.diag(own) > 0).tolist() == [m]


def test_a_plan_for_the_embedded_walk(predictor):
    found = plan(predictor, typical(50.0), seconds=5.0, electrodes=2)
    assert [each.muscle for each in found.electrodes if each.muscle in OUTPUTS] == [
        e.muscle for e in found.electrodes
    ]
    assert 0 < found.electrodes[0].gain < found.electrodes[1].gain < 1
    assert dict(found.by_seconds)[5.0] == pytest.approx(found.electrodes[1].gain)
    assert sum(each.measured for each in found.muscles) == 2
    assert all(each.after < each.before for each in found.muscles)


def test_muscles_that_the_model_does_not_know_are_not_planned_for(predictor):
    found = plan(replace(predictor, trained=("soleus",)), typical(50.0), electrodes=1)
    assert [each.muscle for each in found.muscles] == ["soleus"]


@pytest.mark.parametrize(("electrodes", "seconds"), [(0, 5.0), (4, 5.0), (1, 0.0)])
def test_no_plan_without_electrodes_or_time(predictor, electrodes, seconds):
    with pytest.raises(ConfigError, match="no plan with"):
        plan(predictor, typical(50.0), electrodes=electrodes, seconds=seconds)


def test_a_motion_without_a_stride_is_refused(predictor):
    with pytest.raises(DataRefused, match="less than a second"):
        plan(predictor, typical(50.0).window(0, 20))
