"""Blocks of a recording, and the EMG around them."""

from __future__ import annotations

import numpy as np
import pytest

from miniatures import emg2pose as miniature
from myoshift import formats
from myoshift.datasets.emg2pose_blocks import MARGIN, blocks


@pytest.fixture
def file(tmp_path):
    miniature.write(
        tmp_path, users=1, sessions=1, stages=("Fist",), sides=("right",), seconds=4.0, unsolved=(1.5, 2.75)
    )
    return formats.open_emg2pose(next((tmp_path / "emg2pose").glob("*.hdf5")))


def test_blocks_keep_the_clock_of_the_file(file):
    (one, first), (two, second) = blocks(file, "r")
    assert (one, two) == (".1", ".2")
    assert first["motion"].time[0] == first["emg"].time[0] == 0.0
    assert second["motion"].time[0] == 2.75
    assert second["emg"].time[0] == pytest.approx(2.75 - MARGIN)
    assert second["motion"].duration == pytest.approx(1.25)
    assert np.isfinite(second["motion"].values).all()


def test_values_are_those_of_the_file_in_its_precision(file):
    whole = formats.read_emg2pose(file.path)
    _, (_, block) = blocks(file, "r")
    np.testing.assert_allclose(block["motion"].values, whole.joint_angles.values[5500:], rtol=1e-6)
    np.testing.assert_array_equal(block["emg"].values, whole.emg.values[4500:])
