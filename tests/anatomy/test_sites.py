from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoshift import anatomy
from myoshift.errors import DataRefused, UnknownNameError


def test_every_site_sees_known_muscles_with_weights_that_sum_to_one():
    for name in anatomy.SITES:
        site = anatomy.site(name)
        for muscle in site.muscles:
            assert anatomy.muscle(f"{muscle}_r").side == "r"
        assert not site.muscles or sum(site.muscles.values()) == pytest.approx(1)
        assert site.region
        assert site.description


@pytest.mark.parametrize(
    ("group", "members"),
    [
        ("gastrocnemius", {"gastrocnemius_medialis", "gastrocnemius_lateralis"}),
        ("hamstrings", {"hamstrings_medial", "hamstrings_lateral"}),
        ("vasti", {"vastus_lateralis", "vastus_medialis"}),
        ("soleus", set()),
    ],
)
def test_members_of_a_group(group, members):
    assert set(anatomy.members(group)) == members


@pytest.mark.parametrize("group", ["gastrocnemius", "hamstrings", "vasti"])
def test_a_group_sees_the_mean_of_its_members(group):
    members = anatomy.montage(anatomy.members(group))
    np.testing.assert_allclose(anatomy.montage([group])[0], members.mean(axis=0))


def test_a_site_is_found_with_and_without_side():
    assert anatomy.site("soleus_l") is anatomy.site("soleus")


def test_an_unknown_site_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"'tibialis_anteior'.*tibialis_anterior"):
        anatomy.site("tibialis_anteior")


LEG = tuple(name for name in anatomy.SITES if set(anatomy.site(name).muscles) & set(anatomy.IPSILATERAL))


@given(
    sites=st.lists(st.sampled_from(LEG), min_size=1),
    muscles=st.permutations(anatomy.IPSILATERAL),
)
def test_montage_rows_sum_to_one_in_any_order(sites, muscles):
    weights = anatomy.montage(sites, muscles)
    assert weights.shape == (len(sites), 40)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    ordered = anatomy.montage(sites)
    np.testing.assert_array_equal(weights, ordered[:, [anatomy.IPSILATERAL.index(m) for m in muscles]])


@given(st.sampled_from(LEG), st.sets(st.sampled_from(anatomy.IPSILATERAL), min_size=1))
def test_montage_over_some_muscles_sums_to_one_or_is_refused(site, muscles):
    muscles = sorted(muscles)
    if set(anatomy.site(site).muscles) & set(muscles):
        assert anatomy.montage([site], muscles).sum() == pytest.approx(1)
    else:
        with pytest.raises(DataRefused, match=f"'{site}' sees none of the {len(muscles)} muscles"):
            anatomy.montage([site], muscles)


def test_a_site_with_a_side_sees_its_own_side():
    weights = anatomy.montage(["hamstrings_r", "hamstrings_l"], anatomy.MUSCLES)
    seen = [{m for m, w in zip(anatomy.MUSCLES, row, strict=True) if w} for row in weights]
    assert seen == [{"bflh_r", "semimem_r", "semiten_r"}, {"bflh_l", "semimem_l", "semiten_l"}]


def test_a_site_sees_its_muscles_and_a_muscle_itself():
    weights = anatomy.output_weights(("hamstrings", "bflh"))
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert weights.shape == (2, 40)
    assert {anatomy.IPSILATERAL[i] for i in np.flatnonzero(weights[0])} == set(anatomy.site("hamstrings").muscles)
    assert anatomy.IPSILATERAL[int(weights[1].argmax())] == "bflh"


def test_outputs_of_the_leg_always_have_its_40_muscles():
    assert anatomy.strands(("soleus",)) == anatomy.strands(("hamstrings", "vasti")) == anatomy.IPSILATERAL


def test_outputs_elsewhere_have_the_muscles_that_they_see():
    trunk = anatomy.strands(("longissimus_lumborum", "rectus_abdominis"))
    assert trunk == (*(f"TL_LTpL_L{i}" for i in range(1, 6)), "TL_rect_abd")
    np.testing.assert_allclose(anatomy.output_weights(("longissimus_lumborum",)), np.full((1, 5), 0.2))


def test_a_site_without_muscles_stands_for_itself():
    assert anatomy.strands(("supinator", "wrist16_03")) == ("supinator", "wrist16_03")
    np.testing.assert_array_equal(anatomy.output_weights(("supinator", "wrist16_03")), np.eye(2))


def test_an_unknown_output_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"soleuss.*soleus"):
        anatomy.output_weights(("soleuss",))
