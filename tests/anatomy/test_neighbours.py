"""Neighbours are mutual, on the same segment or next to it, and never a site's own muscle."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import anatomy
from myoshift.anatomy.tables import rows

LEG = tuple(name for name in anatomy.SITES if set(anatomy.site(name).muscles) & set(anatomy.IPSILATERAL))
SINGLE = tuple(name for name in LEG if not anatomy.members(name))


@pytest.mark.parametrize("name", SINGLE)
def test_neighbours_are_mutual_and_on_the_same_or_the_next_segment(name):
    assert anatomy.neighbours(name)
    for other in anatomy.neighbours(name):
        assert name in anatomy.neighbours(other)
        assert {anatomy.site(name).region, anatomy.site(other).region} != {"hip", "shank"}


def test_no_pair_is_named_twice():
    pairs = [frozenset(row.values()) for row in rows("neighbours.csv")]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)


def test_a_group_has_the_neighbours_of_its_members_and_not_these_themselves():
    assert set(anatomy.neighbours("gastrocnemius")) == {"peroneus_longus", "soleus"}
    assert set(anatomy.neighbours("hamstrings")) == {"vastus_lateralis", "adductor_longus"}


@pytest.mark.parametrize("name", LEG)
def test_surroundings_sum_to_one_and_leave_the_site_itself_out(name):
    row, own = anatomy.surroundings([name])[0], anatomy.montage([name])[0]
    assert row.sum() == pytest.approx(1.0)
    assert (row >= 0).all()
    assert not (row * own).any()


def test_soleus_hears_the_mean_of_those_around_it():
    muscles = ("soleus", "gasmed", "gaslat", "perlong", "perbrev")
    np.testing.assert_allclose(anatomy.surroundings(["soleus_r"], muscles), [[0.0, 0.25, 0.25, 0.25, 0.25]])
