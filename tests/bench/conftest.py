"""A finished small benchmark, and a way to run one on recordings that no data set holds."""

from __future__ import annotations

import pytest

from bench.toys import Inline, benchmark, finish, holding, recordings
from myoshift.bench import campaign


@pytest.fixture
def run_small():
    """Run a benchmark in this process, on the given recordings."""

    def run(out, spec=None, found=None, *, page=False, **options):
        with holding(recordings() if found is None else found, page=page):
            return campaign.run(spec or benchmark(), out, pool=Inline, **options)

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
    return finish(benchmark(**RICH), tmp_path_factory.mktemp("rich"), page=True)
