from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.report.test_numbers import TOKEN
from bench.report.test_page import outline
from myoshift.bench import report
from myoshift.bench.report import compare
from myoshift.errors import ConfigError


@pytest.fixture(scope="module")
def worse(finished, tmp_path_factory):
    """The same benchmark, every r a tenth lower, without one institution."""
    out = tmp_path_factory.mktemp("worse")
    (out / "benchmark.json").write_bytes((finished / "benchmark.json").read_bytes())
    table = pd.read_parquet(finished / "results.parquet")
    table.loc[table["metric"] == "r", "value"] -= 0.1
    table[table["institution"] != "west"].to_parquet(out / "results.parquet", index=False)
    return report.Written(out)


def test_differences_are_paired_over_the_people_of_both(finished, worse):
    found = compare.compare([report.Written(finished), worse])
    first = found[0]
    assert first.common == 4
    table = first.table.frame.set_index("method")
    assert table.loc["template", "paired_B"] == 4
    np.testing.assert_allclose(table.loc["template", "difference_B"], -0.1, atol=1e-9)
    assert table.loc["template", "verdict_B"] == "descriptive"


def test_the_page_loads_nothing_and_shows_the_numbers(finished, worse, tmp_path):
    page = report.write_comparison([report.Written(finished), worse], tmp_path / "both.html").read_text("utf-8")
    found = outline(page)
    assert (found.loads, found.scripts, found.open) == ([], 0, [])
    assert "−0.100" in TOKEN.findall(page)
    assert "small beside small" in page


def test_nothing_in_common_is_refused(finished, worse):
    other = report.Written(worse.out)
    other.__dict__["results"] = worse.results.assign(condition="elsewhere")
    with pytest.raises(ConfigError, match="nothing to compare"):
        compare.compare([report.Written(finished), other])
    with pytest.raises(ConfigError, match="two benchmarks or more"):
        compare.compare([other])
