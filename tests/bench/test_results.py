from __future__ import annotations

import pandas as pd
import pytest

from myoshift.bench import results
from myoshift.bench.runs import run_folder
from myoshift.errors import DataFormatError


def row(**changes):
    base = dict.fromkeys(results.COLUMNS, "")
    base |= {"run": "a", "seed": 0, "value": 0.5, "calibration_seconds": 0.0, "metric": "r", "muscle": "soleus"}
    return {**base, **changes}


def run(out, name, rows):
    folder = run_folder(out, name)
    folder.begin({})
    results.write_scores(folder.scores, rows)
    folder.finish()


def test_columns_are_those_of_the_design():
    assert ", ".join(results.COLUMNS) == (
        "run, benchmark, protocol, fold, source, target, institution, method, calibration, calibration_seconds, "
        "selector, seed, subject, side, condition, muscle, metric, value, scope, recording, target_inputs, "
        "target_labels, normaliser_scope, amplitude_reference"
    )


def test_the_view_is_sorted_and_the_same_bytes_whatever_the_order(tmp_path):
    first, second = [row(run="a", fold="z")], [row(run="b", fold="c", value=float("nan")), row(run="b", fold="a")]
    contents = []
    for order in ("ab", "ba"):
        out = tmp_path / order
        for name in order:
            run(out, name, {"a": first, "b": second}[name])
        contents.append(results.rebuild(out, order).read_bytes())
    assert contents[0] == contents[1]
    table = results.read(tmp_path / "ab")
    assert list(table["fold"]) == ["a", "c", "z"]
    assert table["value"].isna().sum() == 1
    assert table["seed"].dtype == "int64"


def test_only_named_runs_are_in_the_view(tmp_path):
    for name in "ab":
        run(tmp_path, name, [row(run=name)])
    results.rebuild(tmp_path, ["b"])
    assert list(results.read(tmp_path)["run"]) == ["b"]


def test_a_view_of_nothing_has_all_columns(tmp_path):
    results.rebuild(tmp_path, [])
    assert list(results.read(tmp_path).columns) == list(results.COLUMNS)
    assert len(results.read(tmp_path)) == 0


@pytest.mark.parametrize("content", [None, b"no parquet", b""])
def test_what_is_no_table_of_results_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "results.parquet").write_bytes(content)
    with pytest.raises(DataFormatError, match=r"results.parquet.*myoshift bench") as caught:
        results.read(tmp_path)
    assert caught.value.exit_code == 3


def test_missing_columns_are_named(tmp_path):
    pd.DataFrame({"run": ["a"]}).to_parquet(tmp_path / "results.parquet")
    with pytest.raises(DataFormatError, match="benchmark, protocol"):
        results.read(tmp_path)


def test_text_that_a_spreadsheet_would_run_is_quoted(tmp_path):
    table = pd.DataFrame({"method": ["=1+1", "@x", "knn", "-x"], "value": [-0.5, 1.0, 2.0, 3.0]})
    results.write_csv(tmp_path / "t.csv", table)
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines[1:] == ["'=1+1,-0.5", "'@x,1", "knn,2", "'-x,3"]
