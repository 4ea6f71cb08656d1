from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import make_walk
from myoshift.errors import AccessError, DataRefused
from myoshift.predictor import Problem, balance, declared, measured_outputs, require, unfamiliar
from myoshift.types import Split

PROBLEM = Problem(("hip_flexion", "knee_angle", "ankle_angle"), ("soleus", "gluteus_medius"), 50.0)


def test_legs_of_a_recording_at_another_rate_are_refused(walk):
    with pytest.raises(DataRefused, match=r"toy-a/s1.*100 Hz.*50 Hz.*resample"):
        PROBLEM.legs([walk, replace(walk, rate=100.0)])


def test_labelled_legs_are_those_with_a_measured_output(walk):
    one_leg = walk.activation.copy()
    one_leg[:, walk.activation_names.index("soleus_l")] = np.nan
    legs = PROBLEM.labelled([replace(walk, activation=one_leg), walk.hidden()], part="source")
    assert [leg.side for leg in legs] == ["r"]
    assert measured_outputs(legs, PROBLEM.outputs) == ("soleus",)


def test_no_leg_at_all_says_which_coordinates_are_needed(walk):
    problem = Problem(("hip_flexion", "subtalar_angle"), ("soleus",), 50.0)
    with pytest.raises(DataRefused, match=r"no leg.*unlabelled.*1 recordings.*subtalar_angle"):
        problem.some_legs([walk], part="unlabelled")


def test_no_labelled_leg_says_what_was_looked_for(walk):
    with pytest.raises(DataRefused, match=r"labelled.*calibration.*soleus, gluteus_medius"):
        PROBLEM.labelled([walk.hidden()], part="calibration")


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("123")), min_size=1, max_size=12))
def test_institutions_then_people_then_legs_share_equally(people):
    recordings = [make_walk(institution=lab, subject=lab + person, seconds=2) for lab, person in people]
    legs = PROBLEM.legs(recordings)
    weight = balance(legs)
    labs = {lab for lab, _ in people}
    assert weight.sum() == pytest.approx(1)
    for lab in labs:
        of_lab = [leg.recording.institution == lab for leg in legs]
        assert weight[of_lab].sum() == pytest.approx(1 / len(labs))
        shares = {p: weight[[leg.recording.subject == lab + p for leg in legs]] for q, p in people if q == lab}
        for share in shares.values():
            np.testing.assert_allclose(share, share[0])
            assert share.sum() == pytest.approx(1 / len(labs) / len(shares))


def test_a_part_that_the_split_lacks_is_named(walk):
    split = Split(name="fold-1", source=(walk,))
    require(split, {"source"}, by="coral")
    with pytest.raises(AccessError, match=r"fold-1.*coral needs unlabelled.*none"):
        require(split, {"source", "unlabelled"}, by="coral")


def test_a_posture_or_a_load_that_nobody_declared_is_unfamiliar(walk):
    standing = replace(walk, segment_orientation="thigh vertical")
    sitting = replace(walk, segment_orientation="thigh horizontal")
    known = declared([standing, replace(walk, external_load=5.0), replace(walk, external_load=10.0)])
    assert unfamiliar(standing, known) == unfamiliar(walk, known) == ()
    (flag,) = unfamiliar(sitting, known)
    assert (flag.code, flag.message) == ("unfamiliar_posture", "thigh horizontal; learned from: thigh vertical")
    assert unfamiliar(replace(walk, external_load=7.0), known) == ()
    (flag,) = unfamiliar(replace(walk, external_load=15.0), known)
    assert (flag.code, flag.message) == ("unfamiliar_load", "15 kg; learned from: 5 to 10 kg")


def test_an_ensemble_knows_what_its_members_know(walk):
    card = {"members": [declared([replace(walk, segment_orientation="thigh vertical")]), declared([walk])]}
    assert unfamiliar(replace(walk, segment_orientation="thigh horizontal"), card)
    assert not unfamiliar(replace(walk, segment_orientation="thigh vertical"), card)


def test_of_a_calibrated_model_the_calibration_counts(walk):
    standing, sitting = (replace(walk, segment_orientation=f"thigh {way}") for way in ("vertical", "horizontal"))
    card = declared([standing, sitting]) | {"calibration": declared([standing])}
    assert unfamiliar(sitting, card)
    assert not unfamiliar(standing, card)
    assert not unfamiliar(sitting, card | {"calibration": declared([walk])})


def test_who_declares_nothing_makes_nothing_unfamiliar(walk):
    assert (
        unfamiliar(replace(walk, segment_orientation="thigh horizontal", external_load=5.0), declared([walk])) == ()
    )
