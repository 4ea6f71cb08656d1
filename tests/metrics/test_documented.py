"""The page of the metrics names every one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from myoshift import metrics, registry
from myoshift.bench.oracle import STEPS

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(\w+)`", PAGE))


@pytest.mark.parametrize("name", registry.names("metrics"))
def test_every_registered_metric_has_its_row(name):
    assert re.search(rf"^\|[^|]*`{name}`", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", ["coverage", "width", "phase_errors", "falconer_winter", "rudolph", *STEPS])
def test_every_other_score_is_named(name):
    assert name in NAMED
    assert hasattr(metrics, name) or name in STEPS
