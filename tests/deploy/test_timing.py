"""Delays of recordings against what their muscles should do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import anatomy
from myoshift.deploy.pairs import Stated, read_pairs
from myoshift.deploy.timing import AGONISTS, COMMON, prior_of, refuse_learned, timings
from myoshift.errors import DataRefused
from myoshift.estimators.ridge import Ridge
from myoshift.physiology import LEARNED, SIMULATED
from myoshift.predictor import Problem
from myoshift.types import Flag, Split
from simulate.laboratories import write_emg, write_motion

ANGLES = ("hip_flexion", "knee_angle", "ankle_angle")


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    files = [write_motion(folder / "gait.mot"), write_emg(folder / "emg.sto", 0.06)]
    return read_pairs(files, Stated(emg_kind="envelope", mass=70.0, height=1.75))[0][0]


@pytest.fixture(scope="module")
def learned():
    """A ridge of three people, and the recordings of a fourth."""
    people = [make_walk(subject=f"s{i}", seed=i) for i in range(4)]
    problem = Problem(ANGLES, ("tibialis_anterior", "gastrocnemius_medialis", "soleus"), 50.0)
    return Ridge(problem).fit(Split(name="all", source=tuple(people[:3]))), people


def test_emg_that_comes_before_the_simulated_activation(recording):
    rows = timings([recording], "simulated")
    assert [row.muscle for row in rows] == [*recording.activation_names, COMMON]
    assert {row.against for row in rows} == {"simulated"}
    known = [row for row in rows if row.verdict == "identifiable" and row.muscle != COMMON]
    assert len(known) >= 4
    assert all(abs(row.delay - 0.06) < 0.012 for row in known)
    assert rows[-1].delay == pytest.approx(0.06, abs=0.02)


def test_joint_moments_are_those_of_the_prime_movers(recording):
    rows = {row.muscle: row for row in timings([recording], "torque")}
    assert {row.against for row in rows.values()} == {"torque"}
    assert rows["soleus_r"].r_best > 0.5
    assert {anatomy.site(site).group for site in ("soleus", "vasti", "hamstrings", "rectus_femoris")} <= set(AGONISTS)
    assert AGONISTS["soleus"] == ("ankle_angle", -1)


def test_a_model_is_held_against_people_that_it_did_not_learn_from(learned):
    predictor, people = learned
    rows = timings([people[3]], "model", predictor)
    assert {row.against for row in rows} == {"model"}
    assert {row.muscle for row in rows} == {f"{name}_{s}" for name in predictor.problem.outputs for s in "rl"} | {
        COMMON
    }
    assert rows[-1].low < 0.0 < rows[-1].high


def test_a_model_that_learned_from_the_person_is_refused(learned):
    predictor, people = learned
    assert predictor.card["persons"] == [f"toy-a/s{i}" for i in range(3)]
    with pytest.raises(DataRefused, match=r"learned from.*toy-a/s1 is on the card"):
        timings([people[1]], "model", predictor)
    refuse_learned(predictor, [people[3]])


def test_a_model_that_was_calibrated_on_the_person_is_refused(learned):
    predictor, people = learned
    own = replace(predictor, card={**predictor.card, "calibration": {"persons": [people[3].person]}})
    with pytest.raises(DataRefused, match="learned from who is to be timed"):
        refuse_learned(own, [people[3]])


def test_a_model_that_names_no_persons_is_refused_for_its_institutions(learned):
    predictor, people = learned
    old = replace(predictor, card={"members": [{k: v for k, v in predictor.card.items() if k != "persons"}]})
    with pytest.raises(DataRefused, match="toy-a is on the card"):
        refuse_learned(old, [people[3]])
    refuse_learned(old, [replace(people[3], institution="toy-b")])


def test_what_cannot_be_simulated_says_why(recording):
    arm = replace(recording, motion=recording.motion[:, :1], motion_names=("elbow_flex_r",))
    rows = timings([arm])
    assert {row.verdict for row in rows} == {"not predicted", "not identifiable"}
    assert rows[0].why == "no leg has a hip, knee or ankle angle"
    assert (rows[0].delay, rows[0].low, rows[0].high) == (None, None, None)


def test_slow_files_and_files_without_time_tell_no_delay(recording):
    for rows, why in (
        (timings([recording], native=15.0), "15 Hz"),
        (timings([replace(recording, flags=(Flag("nominal_time", "none"),))]), "seconds are nominal"),
    ):
        assert "identifiable" not in {row.verdict for row in rows}
        assert all(row.delay is None for row in rows)
        assert any(why in row.why for row in rows)


def test_recordings_of_a_person_are_timed_together(recording):
    half = len(recording.motion) // 2
    parts = [recording.window(0, half), recording.window(half, len(recording.motion))]
    rows = timings(parts, name="both")
    assert {row.recording for row in rows} == {"both"}
    assert len(rows) == len(recording.activation_names) + 1


def test_what_is_not_measured_is_refused(recording):
    with pytest.raises(DataRefused, match="no measured EMG"):
        timings([recording.hidden()])
    with pytest.raises(DataRefused, match="different rates"):
        timings([recording, replace(recording, rate=50.0)])
    with pytest.raises(DataRefused, match="--model"):
        timings([recording], "model")


def test_priors_follow_from_what_is_compared():
    assert (prior_of("simulated"), prior_of("torque"), prior_of("model")) == (SIMULATED, SIMULATED, LEARNED)
    assert np.hypot(0.025, 0.040) == pytest.approx(SIMULATED.sd)
