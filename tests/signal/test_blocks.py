from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from myoshift.signal.blocks import alike, blocks, per_block

MASKS = hnp.arrays(bool, st.integers(0, 40))


@given(MASKS)
def test_blocks_cover_what_is_present_and_nothing_else(present):
    covered = np.zeros(len(present), bool)
    for start, stop in blocks(present):
        assert start < stop
        assert not covered[start:stop].any()
        covered[start:stop] = True
        assert start == 0 or not present[start - 1]
        assert stop == len(present) or not present[stop]
    np.testing.assert_array_equal(covered, present)


@given(hnp.arrays(bool, st.tuples(st.integers(1, 10), st.integers(1, 6))))
def test_columns_that_are_alike_come_together_once(present):
    seen = np.zeros(present.shape[1], int)
    for columns, samples in alike(present):
        seen += columns
        assert (present[:, columns] == samples[:, None]).all()
    assert (seen == 1).all()


def test_short_blocks_are_left_out():
    values = np.array([[1.0], [2.0], [np.nan], [4.0]])
    out = per_block(values, lambda block: 10 * block, shortest=2)
    np.testing.assert_array_equal(out[:, 0], [10, 20, np.nan, np.nan])
