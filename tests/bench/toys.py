"""Three small institutions, a benchmark over them, and an executor that stays in this process."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import replace

import numpy as np

from conftest import make_walk
from myoshift.bench.cohort import Cohort
from myoshift.bench.spec import Benchmark

INSTITUTIONS = ("north", "south", "west")


def person(institution, number, *, seconds=8.0, gain=1.0, tasks=("walk", "run")):
    seed = 10 * INSTITUTIONS.index(institution) + number
    common = {"subject": f"{institution[0]}{number}", "institution": institution, "seconds": seconds, "gain": gain}
    return [make_walk(**common, seed=seed + 100 * i, task=task) for i, task in enumerate(tasks)]


def recordings(**changes):
    return tuple(r for place in INSTITUTIONS for number in (1, 2) for r in person(place, number, **changes))


def benchmark(**changes):
    content = {
        "name": "small",
        "datasets": ["toy"],
        "inputs": ["hip_flexion", "knee_angle", "ankle_angle"],
        "outputs": ["tibialis_anterior", "gastrocnemius", "soleus"],
        "primary": ["tibialis_anterior", "gastrocnemius"],
        "conditions": {"level walking": ["walk"], "shifted gait": ["run"]},
        "protocols": [{"name": "leave_one_domain_out"}],
        "methods": [{"name": "constant"}, {"name": "template"}],
        "training": {"steps": 2},
        "reference": "template",
    }
    return Benchmark.model_validate({**content, **changes})


def cohort(spec=None, found=None):
    return Cohort(found or recordings(), spec or benchmark())


def with_activation(recording, values):
    return replace(recording, activation=np.asarray(values, np.float32))


class Inline(Executor):
    """Does everything at once, in this process."""

    def submit(self, work, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
