"""Three small institutions, a benchmark over them, and an executor that stays in this process."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import datasets
from myoshift.bench import campaign, work
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


@contextmanager
def holding(found, *, page=False):
    """Inside, every data set holds these recordings, and no page is drawn unless somebody looks at it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "recordings", lambda names, data=None, hours=None: found)
        if not page:
            patch.setattr(campaign, "write_report", lambda written: None)
        work._cohort.cache_clear()
        yield
        work._cohort.cache_clear()


def finish(spec, out, found=None, *, page=False):
    """The folder of a benchmark that was run to its end, on recordings that no data set holds."""
    with holding(recordings() if found is None else found, page=page):
        outcome = campaign.run(spec, out, pool=Inline)
    assert outcome.done == outcome.planned
    return out
