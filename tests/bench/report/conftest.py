"""Pages of benchmarks that have what the small one has not: amounts of calibration, and names that mean harm."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from bench.toys import benchmark, finish
from myoshift.bench import report

EVIL = (
    "<script>alert(1)</script>",
    "$x_1$ \\alpha % & # ~ ^ {",
    "=cmd|' /C calc'!A0",
    "n" * 300,
    "\"quoted\" and 'single'",
    "two\nlines\tand a tab",
    "\u202eright to left \u0645\u0631\u062d\u0628\u0627",
    "</style></title><img src=x onerror=alert(2)>",
    "@SUM(1+1)",
    "]]> <!-- {{ 7 * 7 }} {% raw %}",
)


@pytest.fixture(scope="session")
def shot(tmp_path_factory):
    """The folder of a benchmark with two amounts of calibration."""
    few = [{"name": "few_shot", "settings": {"seconds": seconds}} for seconds in (1.0, 2.0)]
    methods = [{"name": "template"}, {"name": "scratch_ridge"}, {"name": "own_template"}]
    spec = benchmark(protocols=[{"name": "leave_one_domain_out"}, *few], methods=methods)
    return finish(spec, tmp_path_factory.mktemp("shot"), page=True)


@pytest.fixture(scope="session")
def shot_page(shot):
    return shot / "report.html"


@pytest.fixture(scope="session")
def evil(tmp_path_factory, shot):
    """The same scores, where people, muscles, institutions, conditions and domains have names that mean harm."""
    out = tmp_path_factory.mktemp("evil")
    shutil.copy(shot / "benchmark.json", out)
    table = pd.read_parquet(shot / "results.parquet")
    columns = ("institution", "muscle", "condition", "subject", "fold", "target", "source")
    for start, column in enumerate(columns):
        names = {
            name: EVIL[(3 * start + k) % len(EVIL)] + str(k // len(EVIL) or "")
            for k, name in enumerate(sorted(set(table[column])))
        }
        table[column] = table[column].map(names)
        if column in ("muscle", "condition"):
            _rename(out / "benchmark.json", names)
    table.to_parquet(out / "results.parquet", index=False)
    report.write_report([report.Written(out)])
    report.write_leaderboard(report.Written(out))
    return out


def _rename(path, names):
    content = json.loads(path.read_text(encoding="utf-8"))
    spec = content["spec"]
    for part in ("outputs", "primary"):
        spec[part] = [names.get(name, name) for name in spec[part]]
    spec["conditions"] = {names.get(name, name): tasks for name, tasks in spec["conditions"].items()}
    path.write_text(json.dumps(content), encoding="utf-8")
