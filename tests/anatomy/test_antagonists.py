"""Pairs of antagonists."""

from __future__ import annotations

from myoshift import anatomy


def test_every_name_of_the_table_is_a_site_and_no_pair_stands_twice():
    pairs = anatomy.antagonists(anatomy.SITES)
    assert {anatomy.site(name).name for pair in pairs for name in (pair.first, pair.second)} <= set(anatomy.SITES)
    assert len({frozenset((pair.first, pair.second)) for pair in pairs}) == len(pairs) > 10
    assert all(pair.first != pair.second and pair.joint for pair in pairs)


def test_pairs_are_of_what_is_asked_for():
    found = anatomy.antagonists(["soleus", "hamstrings", "tibialis_anterior", "gastrocnemius"])
    assert [pair.name for pair in found] == ["tibialis_anterior/gastrocnemius", "tibialis_anterior/soleus"]
    assert {pair.joint for pair in found} == {"ankle"}
    assert anatomy.antagonists(["soleus"]) == ()
