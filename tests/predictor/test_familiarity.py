from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift.predictor import Familiarity, Predictor, familiarity
from predictor.fakes import PROBLEM, Linear

LABS = ("north", "south", "east", "west")


def lab(institution, seed, **options):
    return make_walk(institution=institution, subject=f"s{seed}", seed=seed, **options)


def shifted(recording, by):
    return replace(recording, motion=(recording.motion + np.float32(by)))


@pytest.fixture(scope="module")
def source():
    random = np.random.default_rng(0)
    walks = [lab(place, 2 * k + n) for k, place in enumerate(LABS) for n in range(2)]
    noisy = [replace(w, motion=w.motion + random.normal(0, 0.02, w.motion.shape).astype(np.float32)) for w in walks]
    return [shifted(walk, 0.03 * (k // 2)) for k, walk in enumerate(noisy)]


@pytest.fixture(scope="module")
def known(source):
    return Familiarity.fit(PROBLEM.legs(source), PROBLEM.inputs, PROBLEM.rate)


@pytest.fixture
def predictor(known):
    return Predictor(PROBLEM, Linear(np.ones((3, 3), np.float32)), {}, familiarity=known)


def unseen(source):
    random = np.random.default_rng(9)
    walk = shifted(lab("new", 20), 0.02)
    return replace(walk, motion=walk.motion + random.normal(0, 0.02, walk.motion.shape).astype(np.float32))


def test_ordinary_walking_of_another_laboratory_is_not_flagged(predictor, source):
    assert predictor.unfamiliar(unseen(source)) == ()


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        (lambda m: np.rad2deg(m), {"out_of_range", "unfamiliar_motion"}),
        (lambda m: np.deg2rad(m), {"unfamiliar_motion"}),
        (lambda m: -m, {"out_of_range", "unfamiliar_motion"}),
        (lambda m: m[:, [1, 2, 0, 4, 5, 3]], {"out_of_range", "unfamiliar_motion"}),
        (lambda m: m[::3], {"unfamiliar_motion"}),
        (lambda m: np.repeat(m[:1], len(m), axis=0), {"unfamiliar_motion"}),
    ],
)
def test_a_mistake_is_flagged(predictor, source, wrong, codes):
    walk = unseen(source)
    flags = predictor.unfamiliar(replace(walk, motion=np.ascontiguousarray(wrong(walk.motion), np.float32)))
    assert codes <= {flag.code for flag in flags}
    assert all("5% false alarms, from 4 institutions" in flag.message for flag in flags)


def test_a_flag_names_the_coordinate_its_values_and_the_range(predictor, source, known):
    walk = unseen(source)
    motion = walk.motion.copy()
    column = walk.motion_names.index("knee_angle_l")
    motion[:, column] += 1.0
    flags = predictor.unfamiliar(replace(walk, motion=motion))
    beyond = [flag for flag in flags if flag.code == "out_of_range"]
    assert [flag.where for flag in beyond] == ["knee_angle_l"]
    assert f"{motion[:, column].max():.2f} rad" in beyond[0].message
    assert f"{known.low[1]:.2f} to {known.high[1]:.2f}" in beyond[0].message
    (unlike,) = [flag for flag in flags if flag.code == "unfamiliar_motion"]
    assert "most of all mean of knee_angle" in unlike.message


def test_the_part_of_a_recording_that_is_strange_is_told(predictor, source):
    walk = unseen(source)
    motion = np.concatenate([walk.motion, walk.motion[:, [1, 2, 0, 4, 5, 3]], walk.motion])
    flags = predictor.unfamiliar(replace(walk, motion=motion, activation=np.tile(walk.activation, (3, 1))))
    parts = [flag.message.partition(" from ")[2] for flag in flags if flag.code == "unfamiliar_motion"]
    begin, end = (float(each) for each in parts[0].partition(" s;")[0].split(" to "))
    assert 8 < begin < 14
    assert 22 < end < 28


def test_exchanged_legs_are_invisible(known, source):
    right, left = PROBLEM.legs([source[0]])
    scores = {known.score(right.motion), known.score(left.motion)}
    other = {"_r": "_l", "_l": "_r"}
    names = tuple(name[:-2] + other[name[-2:]] for name in source[0].motion_names)
    legs = PROBLEM.legs([replace(source[0], motion_names=names)])
    assert {known.score(leg.motion) for leg in legs} == scores


def test_a_leg_without_a_coordinate_is_judged_by_the_others(predictor, source):
    walk = unseen(source)
    keep = [k for k, name in enumerate(walk.motion_names) if name != "ankle_angle_l"]
    poor = replace(walk, motion=walk.motion[:, keep], motion_names=tuple(walk.motion_names[k] for k in keep))
    (flag,) = predictor.unfamiliar(poor)
    assert (flag.code, flag.where) == ("missing_coordinate", "leg l")
    assert "ankle_angle" in flag.message
    wrong = predictor.unfamiliar(replace(poor, motion=np.rad2deg(poor.motion)))
    assert {"out_of_range", "unfamiliar_motion", "missing_coordinate"} == {
        f.code for f in wrong if f.where[-1] == "l"
    }


def test_too_short_a_recording_is_judged_by_its_range_alone(predictor, source):
    walk = unseen(source).window(0, 12)
    assert predictor.unfamiliar(walk) == ()
    flags = predictor.unfamiliar(replace(walk, motion=np.rad2deg(walk.motion)))
    assert {flag.code for flag in flags} == {"out_of_range"}


def test_people_are_held_against_each_other_where_there_is_one_institution(source):
    alone = [replace(recording, institution="north") for recording in source]
    found = Familiarity.fit(PROBLEM.legs(alone), PROBLEM.inputs, PROBLEM.rate)
    assert (found.held, found.groups, found.many) == ("person", 8, "people")
    virtual = [replace(recording, kind="simulated") for recording in source]
    assert Familiarity.fit(PROBLEM.legs(virtual), PROBLEM.inputs, PROBLEM.rate).many == "virtual institutions"
    assert Familiarity.fit(PROBLEM.legs(alone[:1]), PROBLEM.inputs, PROBLEM.rate) is None


def test_coordinates_that_a_laboratory_did_not_measure_are_not_looked_at(source):
    ankle = [k for k, name in enumerate(source[0].motion_names) if "ankle" in name]
    motion = source[0].motion.copy()
    motion[:, ankle] = np.nan
    poor = [replace(r, motion=motion) if r.institution == "north" else r for r in source]
    legs = replace(PROBLEM, optional=("ankle_angle",)).legs(poor)
    assert Familiarity.fit(legs, PROBLEM.inputs, PROBLEM.rate).names == ("hip_flexion", "knee_angle")


def test_a_long_source_is_thinned_and_everybody_keeps_a_part(source, monkeypatch):
    monkeypatch.setattr(familiarity, "MOST", 200)
    found = Familiarity.fit(PROBLEM.legs(source), PROBLEM.inputs, PROBLEM.rate)
    assert len(found.windows) <= 200
    assert found.groups == len(LABS)
    assert len(set(found.recording)) == len(source)
    assert found.weight.sum() == pytest.approx(1)


def test_it_travels_with_the_folder(predictor, source, tmp_path):
    predictor = replace(predictor, model=predictor.model)
    restored = Familiarity.restore(predictor.familiarity.config(), predictor.familiarity.arrays())
    leg = PROBLEM.legs([unseen(source)])[0]
    assert restored.score(leg.motion) == predictor.familiarity.score(leg.motion)
    assert restored.limit(leg.motion) == predictor.familiarity.limit(leg.motion)
