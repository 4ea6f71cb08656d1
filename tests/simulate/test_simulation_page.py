"""The page on simulation says what the committed numbers say, and they are those of the recordings."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from myoshift import datasets
from myoshift.bench.agreement import CURVE, compare
from simulate import findings

PAGE = (findings.RESULTS.parent / "findings" / "simulation.md").read_text()
SECTIONS = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
NUMBERS = [*CURVE, "best", "lag"]


def committed(name: str) -> pd.DataFrame:
    return pd.read_csv(findings.RESULTS / f"simulation{name}.csv")


def test_every_table_is_on_the_page():
    assert set(SECTIONS) == set(findings.tables())


@pytest.mark.parametrize("heading", findings.tables())
def test_table(heading):
    assert SECTIONS[heading].strip().startswith(findings.tables()[heading])


def test_without_plates_it_is_as_near_as_the_page_promises():
    plates = committed("_plates")
    assert len(plates) >= 3
    assert (plates["r"] >= 0.98).all()
    assert (plates["activation"] <= 0.062).all()


def test_the_rows_of_one_laboratory_are_those_of_its_recordings(data_root):
    rows, refused = compare(datasets.recordings(["bmc-gait"], data_root))
    assert not refused
    there = committed("")
    there = there[there["institution"] == "BMC"].reset_index(drop=True)
    assert list(there["site"]) == list(rows["site"])
    np.testing.assert_allclose(rows[NUMBERS], there[NUMBERS], atol=1e-3)


def test_the_rows_beside_opensim_are_those_of_its_walk(data_root):
    rows, there = findings.beside_opensim(data_root), committed("_opensim")
    assert list(rows["labels"]) == list(there["labels"])
    np.testing.assert_allclose(rows[NUMBERS], there[NUMBERS], atol=1e-3)


def test_the_row_of_a_walk_with_plates_is_that_of_its_recording(data_root):
    found = findings.without_plates(findings.walk_of(data_root, "example"))
    row = committed("_plates").iloc[0]
    assert [found[name] for name in found] == pytest.approx([row[name] for name in found], abs=1e-3)
