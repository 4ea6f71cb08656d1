"""The emg2pose benchmark on a miniature: every protocol has its folds, and the planted shift is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.toys import Inline
from miniatures import emg2pose as miniature
from myoshift import datasets
from myoshift.bench import campaign, protocols, work
from myoshift.bench import spec as specs
from myoshift.bench.cohort import Cohort, at_rate
from myoshift.calibration.chain import steps
from myoshift.calibration.personal import calibrate
from myoshift.predictor import Problem
from myoshift.registry import load
from myoshift.testing import check_protocol

ROOT = Path(__file__).parents[2]
SPEC = specs.read(ROOT / "benchmarks" / "emg2pose.yaml")
TURN = 2
SECONDS = 2.0


def cut():
    """The shipped file with less to learn: a few methods, two seconds of each band."""
    few = [each.model_copy(update={"methods": ("ridge",)}) for each in SPEC.protocols[:-1]]
    few[0] = few[0].model_copy(update={"methods": ("constant", "ridge", "source_only")})
    methods = ("ridge", "ridge, turned")
    band = SPEC.protocols[-1].model_copy(
        update={"settings": {"by": "session", "seconds": SECONDS}, "methods": methods}
    )
    return SPEC.model_copy(update={"protocols": (*few, band), "training": {"steps": 3}})


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    root = tmp_path_factory.mktemp("corpus")
    planted = miniature.write(
        root, users=2, sessions=2, stages=("FistMaking", "Free style"), seconds=6.0, turns=(0, TURN)
    )
    return root, planted


@pytest.fixture(scope="module")
def found(corpus):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYOSHIFT_CACHE", str(corpus[0] / "cache"))
        yield datasets.recordings(["emg2pose"], corpus[0])


@pytest.fixture(scope="module")
def cohort(found):
    return Cohort(tuple(at_rate(r, SPEC.rate) for r in found), cut())


@pytest.fixture(scope="module")
def outcome(corpus, found):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "recordings", lambda names, data=None, hours=None: found)
        work._cohort.cache_clear()
        yield campaign.run(cut(), corpus[0] / "out", data=corpus[0], pool=Inline)
        work._cohort.cache_clear()


def test_every_protocol_of_the_file_has_folds(cohort):
    for protocol in cut().protocols:
        check_protocol(protocol.label, protocols.folds(protocol, cohort))


def test_it_runs_to_the_end(outcome):
    assert outcome.failed == ()
    assert outcome.done == outcome.planned
    board = outcome.written.leaderboard
    assert set(board["protocol"]) == {protocol.label for protocol in SPEC.protocols[:-1]} | {
        f"held_out(by=session, seconds={SECONDS})"
    }


def r(outcome, protocol, method):
    board = outcome.written.leaderboard
    rows = board[(board["protocol"] == protocol) & (board["method"] == method)]
    return float(rows["r"].mean())


def test_another_session_costs_and_a_turn_gives_it_back(outcome):
    within = r(outcome, "held_out(by=recording)", "ridge")
    across = r(outcome, "held_out(by=session)", "ridge")
    banded = f"held_out(by=session, seconds={SECONDS})"
    before, after = (r(outcome, banded, method) for method in ("ridge", "ridge, turned"))
    assert within > across + 0.1
    assert after > before + 0.3


def test_the_turn_that_is_found_is_the_one_that_was_planted(corpus, cohort):
    problem = Problem(SPEC.inputs, SPEC.outputs, SPEC.rate)
    turned = {}
    for fold in protocols.folds(cut().protocols[-1], cohort):
        predictor = load("estimators", "ridge")(problem, seed=0).fit(fold.split)
        predictor = calibrate(predictor, steps("rotation"), fold.split.calibration)
        (session,) = {each.session for each in fold.split.calibration}
        found = {change["value"] for change in predictor.card["calibration"]["changes"]}
        turned.setdefault(session, set()).update(found)
    sign = {0: -TURN, TURN: TURN}
    assert turned == {session: {sign[turn]} for session, turn in corpus[1].rotations.items()}


def test_the_gain_of_each_user_is_the_unit_that_is_taken_out(corpus, cohort):
    units = {
        user: np.median([r.reference for r in cohort.labelled() if r.subject == user]) for user in corpus[1].gains
    }
    planted = corpus[1].gains
    assert units["user01"] / units["user00"] == pytest.approx(planted["user01"] / planted["user00"], rel=0.15)
