"""Rules of dymnz-wrist, on a miniature of its 33 files."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import datasets
from myoshift.datasets.base import files
from myoshift.datasets.motion import canonical

NAME = "dymnz-wrist"


@pytest.fixture
def trials(tmp_path):
    for file in files(NAME):
        path = tmp_path / NAME / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [f"{2030 + k % 3},{2006 + k},2052.0,2039.0,{k - 5},{-k}," for k in range(20)]
        first = ["2009,2009,2045,2003,107.0,19.0,"] if path.stem.endswith("EXT_4") else []
        path.write_text("\n".join([*first, *rows, "2032.0,1971.0,2055.0,2046.0,-1,1"]))
    return {trial.name: trial for trial in datasets.load(NAME).trials(tmp_path)}


def test_start_up_values_and_unfinished_rows_are_cut(trials):
    assert {len(trial.motion.time) for trial in trials.values()} == {20}
    flagged = {name for name, trial in trials.items() if "start_up" in {flag.code for flag in trial.flags}}
    assert flagged == {"EXT_4", "FLXEXT_4"} & set(trials)
    assert trials["EXT_4"].motion.time[0] == pytest.approx(1 / 460)
    assert trials["EXT_4"].emg.time[0] == trials["EXT_4"].motion.time[0]


def test_flexion_and_pronation_are_positive(trials):
    motion, _ = canonical(trials["FLX_1"], ())
    assert motion.names == ("wrist_flex_r", "pro_sup_r")
    np.testing.assert_allclose(np.degrees(motion.values[19]), [14, -19])


def test_movements_name_the_tasks(trials):
    assert trials["PRO_5"].task == "pronation"
    assert trials["FLXEXTPROSUP_2"].task == "flexion_extension_pronation_supination"
    assert {"nominal_rate", "counts", "side_assumed"} <= {flag.code for flag in trials["PRO_5"].flags}
    assert set(trials["PRO_5"].emg.units) == {"counts"}
