"""The measurements of flags and of missing coordinates, on people whose answers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from conftest import make_walk
from myoshift.bench.cohort import Cohort
from myoshift.bench.spec import Benchmark
from unfamiliar import distances, flags, missing, mistakes

SITES = ("tibialis_anterior", "gastrocnemius_medialis", "soleus")
SPEC = Benchmark.model_validate({
    "name": "toy",
    "datasets": ["toy"],
    "inputs": ["hip_flexion", "knee_angle", "ankle_angle"],
    "outputs": SITES,
    "primary": SITES,
    "reference_tasks": ["walk"],
    "source_tasks": ["walk"],
    "conditions": {"level walking": ["walk"], "running": ["run"]},
    "protocols": [{"name": "leave_one_domain_out"}],
    "methods": [{"name": "knn"}, {"name": "ridge"}],
})  # fmt: skip
LABS = ("north", "south", "east", "west")


def walk(place, seed, **options):
    """A walk with the small differences that real ones have."""
    random = np.random.default_rng(seed)
    made = make_walk(institution=place, subject=f"s{seed}", seed=seed, seconds=6.0, **options)
    offset = 0.03 * random.standard_normal(made.motion.shape[1])
    shaken = made.motion + offset + 0.02 * random.standard_normal(made.motion.shape)
    return replace(made, motion=shaken.astype(np.float32))


@pytest.fixture(scope="module")
def cohort():
    walks = [walk(place, 2 * k + n) for k, place in enumerate(LABS) for n in range(2)]
    run = walk("north", 0, task="run")
    fast = replace(run, motion=np.ascontiguousarray(run.motion[::2]), activation=run.activation[::2])
    return Cohort((*walks, fast), SPEC)


@pytest.fixture(scope="module")
def judged(cohort):
    return flags.judged(cohort)


@pytest.fixture(scope="module")
def told(judged):
    return {row[1]: dict(zip(flags.COLUMNS, row, strict=True)) for row in flags.rows(judged)}


def test_ordinary_walking_is_hardly_flagged_and_gross_mistakes_are(told):
    assert float(told["level walking"]["flagged"]) <= 0.25
    assert told["level walking"]["people"] == 8
    for kinds in mistakes.GROSS.values():
        for kind in kinds:
            if kind != "time reversed":  # the toy's gait is nearly alike both ways
                assert float(told[kind]["AUROC"]) > 0.95, kind
    assert float(told["running"]["flagged"]) == 1
    assert told["running"]["institutions"] == 1


def test_exchanged_legs_are_invisible(told):
    assert float(told[flags.EXCHANGED]["AUROC"]) == 0.5


def test_each_institution_is_told_apart(judged):
    rows = [dict(zip(flags.BY_INSTITUTION, row, strict=True)) for row in flags.institutions(judged)]
    assert [row["institution"] for row in rows] == sorted(LABS)
    assert {row["recordings"] for row in rows} == {2}


def test_distances_are_compared_by_mild_mistakes(cohort, monkeypatch):
    monkeypatch.setattr(distances, "DISTANCES", {"five nearest windows": distances.nearest, "blind": blind})
    nearest, nothing = (dict(zip(distances.COLUMNS, row, strict=True)) for row in distances.rows(cohort))
    assert float(nearest["AUROC of mild mistakes"]) > 0.8
    assert float(nothing["AUROC of mild mistakes"]) == 0.5


def blind(windows, reference, weight):
    return np.ones(len(windows))


def test_what_a_missing_coordinate_costs_is_paired_over_people(cohort, tmp_path):
    found = missing.table(cohort, tmp_path, methods=("ridge",))
    rows = [dict(zip(missing.COLUMNS, row, strict=True)) for row in missing.rows(found)]
    assert [row["missing"] for row in rows][:4] == ["none", "hip_flexion", "knee_angle", "ankle_angle"]
    assert {row["people"] for row in rows} == {8}
    whole, *poor = (float(row["change"]) for row in rows)
    assert whole == 0
    assert min(poor) < 0
    pd.testing.assert_frame_equal(found, missing.table(cohort, tmp_path, methods=("ridge",)))  # loaded


@pytest.mark.parametrize("kind", [kind for kinds in (mistakes.GROSS | mistakes.MILDER).values() for kind in kinds])
def test_every_mistake_changes_the_motion_and_stays_finite(kind):
    by = {name: each for kinds in (mistakes.GROSS | mistakes.MILDER).values() for name, each in kinds.items()}
    motion = walk("north", 0).motion[:, :3].astype(np.float64)
    changed = by[kind](motion)
    assert changed.shape[1] == 3
    assert np.isfinite(changed).all()
    assert changed.shape != motion.shape or not np.allclose(changed, motion)
