from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import with_activation
from conftest import make_walk
from myoshift import anatomy
from myoshift.bench import contents

WALK = make_walk(seed=3)


def test_every_run_of_a_moving_leg_is_hashed_bit_by_bit_and_rounded():
    found = contents.motion(WALK)
    assert set(found) == {"r", "l"}
    assert all(len(marks) == 2 * 585 for marks in found.values())
    assert all(marks <= found[view] for view, marks in contents.motion(WALK, contents.FRAMES).items())


def test_the_mirror_exchanges_the_legs():
    plain, turned = contents.motion(WALK), contents.motion(anatomy.mirror(WALK))
    assert (plain["r"], plain["l"]) == (turned["l"], turned["r"])


def test_frames_without_labels_and_without_motion_are_not_hashed():
    values = WALK.activation.copy()
    values[100:] = np.nan
    assert len(contents.motion(with_activation(WALK, values))["r"]) == 2 * 85
    still = replace(WALK, motion=np.zeros_like(WALK.motion))
    assert not any(contents.motion(still).values())


@pytest.mark.parametrize("length", [0, 1, 15, 16])
def test_short_recordings(length):
    short = WALK.window(0, length)
    assert sum(map(len, contents.motion(short).values())) == (4 if length == 16 else 0)
    assert not any(contents.activation(short).values())


def test_a_unit_changes_no_mark_of_an_envelope():
    found = contents.activation(WALK)
    scaled = contents.activation(with_activation(WALK, WALK.activation * np.float32(4.0)))
    assert found == scaled
    assert all(found.values())
    assert not any(contents.activation(with_activation(WALK, np.ones_like(WALK.activation))).values())
