"""What the folders of the shipped models say of their scores."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from myoshift.bench import shipped as bench
from myoshift.predictor import shipped

TABLE = Path(__file__).parents[2] / "docs" / "results" / "shipped.parquet"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Copies of the folders, with the committed scores written into them."""
    models = shutil.copytree(shipped.MODELS, tmp_path_factory.mktemp("models") / "all")
    bench.write(TABLE, models)
    return models


@pytest.mark.parametrize("causal", [False, True])
def test_the_scores_in_the_folder_are_the_committed_ones_and_nothing_else_changes(written, causal):
    folder = shipped.folder(causal)
    for file in sorted(folder.iterdir()):
        assert (written / folder.name / file.name).read_bytes() == file.read_bytes(), file.name


def test_conditions_of_a_few_people_have_no_interval():
    said = json.loads((shipped.folder() / "scores.json").read_text())
    walking, running = said["level walking"], said["running"]
    assert walking["interval"][0] < walking["r"] < walking["interval"][1]
    assert walking["r without rectus_femoris"] > walking["r"]
    assert running["people"] < 6
    assert "interval" not in running
    assert said["level walking, rectus_femoris"]["r"] < 0
