"""A finished small benchmark, and a way to run one on recordings that no data set holds."""

from __future__ import annotations

import pytest

from bench.toys import Inline, benchmark, recordings
from myoshift import datasets
from myoshift.bench import campaign, work


@pytest.fixture
def run_small(monkeypatch):
    """Run a benchmark in this process, on the given recordings."""

    def run(out, spec=None, found=None, **options):
        chosen = recordings() if found is None else found
        monkeypatch.setattr(datasets, "recordings", lambda names, data=None: chosen)
        work._cohort.cache_clear()
        outcome = campaign.run(spec or benchmark(), out, pool=Inline, **options)
        work._cohort.cache_clear()
        return outcome

    return run


RICH = {
    "protocols": [
        {"name": "leave_one_domain_out"},
        {"name": "single_real", "methods": ["template"]},
        {"name": "few_shot", "settings": {"seconds": 2.0}, "reference": "scratch_ridge"},
    ],
    "methods": [
        {"name": "constant"},
        {"name": "template"},
        {"name": "scratch_ridge"},
        {"name": "source_only"},
        {"name": "ensemble", "members": ["source_only"]},
    ],
    "seeds": 2,
}


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The folder of a benchmark with three protocols and five methods."""
    out = tmp_path_factory.mktemp("rich")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "recordings", lambda names, data=None: recordings())
        work._cohort.cache_clear()
        outcome = campaign.run(benchmark(**RICH), out, pool=Inline)
        work._cohort.cache_clear()
    assert outcome.done == outcome.planned
    return out
