from __future__ import annotations

import numpy as np

from myoshift.datasets.lab.variables import guess

LEAVES = {
    "emg": np.ones((400, 2)),
    "angles": np.ones((3, 90)),
    "fs_emg": 1000.0,
    "fs_mocap": np.array(200.0),
    "emg_names": np.array(["TA", "SOL"]),
    "angle_names": ["Hip", "Knee", "Ankle"],
}


def test_variables_are_told_by_their_names_and_shapes():
    told, names = guess(LEAVES, "motion", "???")
    assert {key: value for key, value, _ in told} == {
        "variable": "angles", "names": "angle_names", "axes": ["channel", "time"], "rate": "fs_mocap"
    }  # fmt: skip
    assert names == ("Hip", "Knee", "Ankle")
    told, names = guess(LEAVES, "emg", "???")
    assert {key: value for key, value, _ in told} == {"variable": "emg", "names": "emg_names", "rate": "fs_emg"}


def test_an_axis_of_cycles_needs_no_rate():
    told, _ = guess({"EMG": np.ones((101, 2, 6)), "EmgLabels": ["TA", "SOL"]}, "emg", "???")
    assert {key: value for key, value, _ in told}["axes"] == ["time", "channel", "cycle"]
    assert "rate" not in [key for key, _, _ in told]


def test_what_nothing_tells_is_asked():
    told, names = guess({"x": np.ones((5, 2))}, "emg", "???")
    assert ([value for _, value, _ in told], names) == (["???", ["???"], "???"], ())
