from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from bench.toys import benchmark, cohort, person, with_activation
from myoshift import anatomy, metrics
from myoshift.bench import build, protocols, scoring
from myoshift.bench.cohort import Cohort
from myoshift.bench.results import COLUMNS
from myoshift.bench.spec import ProtocolSpec

IDENTITY = {"run", "benchmark", "protocol", "fold", "method", "seed"}


@dataclass
class Oracle:
    """Predicts what it is told for each recording; it must never be shown an activation."""

    spec: Any
    answers: tuple[Any, ...]
    change: Any = lambda values: values
    card: dict[str, Any] = field(default_factory=dict)

    def legs(self, recording):
        assert np.isnan(recording.activation).all()
        assert not recording.reference
        answer = next(r for r in self.answers if r.id == recording.id)
        return {
            leg.side: self.change(leg.activation.copy())
            for leg in anatomy.legs(answer, self.spec.inputs, self.spec.outputs)
        }


def scored(fold, spec, change=lambda values: values, card=None):
    oracle = Oracle(spec, fold.test_activation.recordings, change, card or {})
    return scoring.score(fold, fold.split, oracle, spec)


def first_fold(found, name="leave_one_domain_out", **settings):
    return next(protocols.folds(ProtocolSpec(name=name, settings=settings), found))


def value(rows, metric, **wanted):
    found = [r["value"] for r in rows if r["metric"] == metric and all(r[k] == v for k, v in wanted.items())]
    assert found
    return np.array(found)


def test_a_perfect_prediction_is_perfect():
    spec = benchmark()
    rows, _ = scored(first_fold(cohort(spec)), spec)
    assert value(rows, "r") == pytest.approx(1.0)
    assert value(rows, "rmse") == pytest.approx(0.0, abs=1e-7)
    assert value(rows, "lag") == pytest.approx(0.0, abs=0.005)


def test_a_late_prediction_has_a_positive_lag():
    spec = benchmark()
    rows, _ = scored(first_fold(cohort(spec)), spec, lambda values: np.roll(values, 3, axis=0))
    assert value(rows, "lag", muscle="soleus") == pytest.approx(0.06, abs=0.005)


def test_a_row_for_every_person_side_condition_muscle_and_metric():
    spec = benchmark()
    rows, _ = scored(first_fold(cohort(spec)), spec)
    assert set(rows[0]) == set(COLUMNS) - IDENTITY
    keys = {(r["subject"], r["side"], r["condition"], r["muscle"], r["metric"]) for r in rows}
    assert len(keys) == len(rows)
    plain = [r for r in rows if r["metric"] in metrics.score(*np.ones((2, 5, 1)), 50.0)]
    assert len(plain) == 2 * 2 * 2 * 3 * 21
    assert {r["institution"] for r in rows} == {"north"}
    assert {r["source"] for r in rows} == {"south+west"}
    assert {r["amplitude_reference"] for r in rows} == {"oracle: walk"}
    assert {(r["scope"], r["recording"], r["target_labels"]) for r in rows} == {("person", "", "none")}


def test_recordings_of_a_condition_are_put_end_to_end():
    spec = benchmark(conditions={"all": ["walk", "run"]})
    fold = first_fold(cohort(spec))
    rows, _ = scored(fold, spec, lambda values: values + np.linspace(0, 1, len(values), dtype=np.float32)[:, None])
    own = [r for r in fold.test_activation if r.person == "north/n1"]
    parts = [anatomy.legs(r, spec.inputs, spec.outputs)[0].activation for r in own]
    ramp = [p + np.linspace(0, 1, len(p), dtype=np.float32)[:, None] for p in parts]
    expected = metrics.r(np.concatenate(ramp), np.concatenate(parts))
    found = value(rows, "r", subject="north/n1", side="r")
    assert found == pytest.approx(expected, abs=1e-6)
    assert {r["target"] for r in rows} == {"north/healthy-run+north/healthy-walk"}


def test_no_lag_reaches_from_one_recording_into_the_next():
    """A burst measured at the end of one trial must not meet one that is predicted at the start of the next."""
    walk, run = person("north", 1)
    late, plain = np.full_like(run.activation, 0.1), np.full_like(walk.activation, 0.1)
    late[-4:] = 1.0
    spec = benchmark(conditions={"all": ["walk", "run"]})
    found = Cohort((with_activation(run, late), with_activation(walk, plain)), spec)
    fold = protocols.fold("p", "f", source=(), test=found.answers())
    assert [r.task for r in fold.test_motion] == ["run", "walk"]

    class Early(Oracle):
        def legs(self, recording):
            values = np.full((len(recording.motion), 3), 0.1, np.float32)
            values[:4] = 1.0 if recording.task == "walk" else 0.1
            return {"r": values, "l": values}

    rows, _ = scoring.score(fold, fold.split, Early(spec, ()), spec)
    assert (value(rows, "r_best") < 0.1).all()


def test_muscles_that_were_not_measured_have_no_row():
    spec = benchmark()
    walk, run = person("north", 1)
    values = walk.activation.copy()
    values[:, walk.activation_names.index("soleus_r")] = np.nan
    found = Cohort((with_activation(walk, values), run, *person("south", 1)), spec)
    rows, _ = scored(first_fold(found), spec)
    walked = {(r["side"], r["muscle"]) for r in rows if r["condition"] == "level walking"}
    assert ("r", "soleus") not in walked
    assert ("l", "soleus") in walked


def test_a_muscle_that_is_not_predicted_has_a_row_without_a_value():
    spec = benchmark()

    def without_soleus(values):
        values[:, 2] = np.nan
        return values

    rows, _ = scored(first_fold(cohort(spec)), spec, without_soleus)
    assert np.isnan(value(rows, "r", muscle="soleus")).all()
    assert np.isfinite(value(rows, "r", muscle="gastrocnemius")).all()


def test_few_shot_tests_within_and_across_trials_are_apart():
    spec = benchmark()
    fold = first_fold(cohort(spec), "few_shot", seconds=2.0)
    rows, _ = scored(fold, spec)
    assert {(r["condition"], r["scope"]) for r in rows} == {("level walking", "within"), ("shifted gait", "across")}
    assert {(r["calibration_seconds"], r["target_labels"]) for r in rows} == {(2.0, "2 s")}
    assert {r["amplitude_reference"] for r in rows} == {"calibration: 2 s"}


def test_what_was_not_granted_is_not_claimed():
    spec = benchmark()
    fold = first_fold(cohort(spec), "few_shot", seconds=2.0)
    oracle = Oracle(spec, fold.test_activation.recordings)
    rows, _ = scoring.score(fold, build.grant(fold.split, frozenset({"source"})), oracle, spec)
    assert {(r["calibration_seconds"], r["target_labels"]) for r in rows} == {(0.0, "none")}
    rows, _ = scoring.score(fold, build.grant(fold.split, frozenset({"calibration"})), oracle, spec)
    assert {r["source"] for r in rows} == {""}


def test_colleagues_in_the_source_are_said():
    spec = benchmark()
    rows, _ = scored(first_fold(cohort(spec), "leave_one_subject_out"), spec)
    assert {r["target_labels"] for r in rows} == {"other people of the institution"}


def test_seconds_without_labels_are_not_counted_as_calibration():
    spec = benchmark()
    walk, run = person("north", 1)
    values = walk.activation.copy()
    values[:50] = np.nan
    found = Cohort((with_activation(walk, values), run, *person("south", 1)), spec)
    rows, _ = scored(first_fold(found, "few_shot", seconds=2.0), spec)
    assert {r["calibration_seconds"] for r in rows} == {2.0}


def test_the_selector_of_a_network_is_its_last_step():
    spec = benchmark()
    rows, _ = scored(first_fold(cohort(spec)), spec, card={"training": {}})
    assert {r["selector"] for r in rows} == {"last"}


def test_curves_are_short_and_of_primary_muscles():
    spec = benchmark()
    long = Cohort(tuple(person("north", 1, seconds=20.0)) + tuple(person("south", 1)), spec)
    _, curves = scored(first_fold(long), spec)
    assert {c["muscle"] for c in curves} == set(spec.primary)
    assert {len(c["measured"]) for c in curves} == {300} == {len(c["predicted"]) for c in curves}


def test_a_recording_of_no_condition_is_not_scored():
    spec = benchmark(conditions={"level walking": ["walk"]})
    rows, _ = scored(first_fold(Cohort(tuple(replace(r) for r in cohort().recordings), spec)), spec)
    assert {r["condition"] for r in rows} == {"level walking"}
