"""Files of a folder."""

from __future__ import annotations

import numpy as np
import pytest

from datasets.test_inspection import WAVE, write
from formats.test_sto import text
from myoshift.datasets.files import files, judge_file, judge_folder, stated
from myoshift.errors import DataRefused


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "good.mot", {"hip_flexion_r": WAVE})
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "empty.c3d").write_bytes(b"")
    (tmp_path / "deep" / "flagged.sto").write_text(text(head="x\nnRows=50\ninDegrees=no"))
    (tmp_path / "page.csv").write_text("<!DOCTYPE html>")
    (tmp_path / "table.csv").write_text("time,a\n" + "".join(f"{k / 10},{k}\n" for k in range(20)))
    (tmp_path / "README.md").write_text("words, words")
    (tmp_path / ".hidden.sto").write_bytes(b"")
    return tmp_path


def test_data_files_are_found_and_nothing_else(folder):
    found = [path.relative_to(folder).as_posix() for path in files(folder)]
    assert found == ["deep/empty.c3d", "deep/flagged.sto", "good.mot", "page.csv", "table.csv"]


def test_refusals_are_collected(folder):
    found = list(judge_folder(folder))
    verdicts = {each.where.partition(",")[0].rpartition("/")[2]: each.verdict for each in found}
    assert verdicts == {
        "empty.c3d": "refused",
        "flagged.sto": "flag",
        "good.mot": "pass",
        "page.csv": "refused",
        "table.csv": "pass",
    }


def test_a_folder_without_data_is_refused(tmp_path):
    (tmp_path / "README.md").write_text("words")
    with pytest.raises(DataRefused, match="no data file in this folder"):
        list(judge_folder(tmp_path))


def test_a_channel_is_judged_as_emg_when_asked(tmp_path):
    path = write(tmp_path / "emg.sto", {"soleus": np.zeros(2000)})
    (found,) = judge_file(path, emg="envelope")
    assert (found.rule, found.verdict) == ("channel_masked", "flag")
    assert "flat: SD 0" in found.why


def test_options_of_tables(folder):
    assert stated(folder / "table.csv", {}) == {"time": "time"}
    assert stated(folder / "table.csv", {"rate": 5.0}) == {"rate": 5.0}
    assert stated(folder / "page.csv", {}) == {}


def test_channels_of_which_the_same_is_said_share_a_judgement(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, **{f"c{k}": np.full(5, np.nan) for k in range(9)}, empty=np.zeros(0))
    _, found = judge_file(path, name="a.npz")  # the first says that there is no rate
    assert (found.rule, found.why) == ("channel_masked", "never measured")
    assert found.where.endswith("and 3 more")
    assert "empty" not in found.where
