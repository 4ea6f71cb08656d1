from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.toys import benchmark, cohort, person, recordings, with_activation
from conftest import make_walk
from myoshift import anatomy, datasets
from myoshift.bench import contents, leakage, protocols
from myoshift.bench import spec as specs
from myoshift.bench.cohort import Cohort, Masked
from myoshift.bench.protocols import fold
from myoshift.bench.sources import at_rate
from myoshift.bench.spec import ProtocolSpec
from myoshift.calibration.amplitude import scaled, unit
from myoshift.errors import LeakageError

ROOT = Path(__file__).parents[2]
SOURCE = tuple(make_walk(subject=f"s{i}", institution="north", seed=i) for i in range(2))
TEST = make_walk(subject="t", institution="south", seed=9)
ELSEWHERE = {"subject": "u", "institution": "east", "dataset": "copy", "trial": "renamed"}
COPY = replace(TEST, **ELSEWHERE)


def made(source=SOURCE, test=(TEST,), calibration=(), held="institution"):
    return fold("some", "fold", source=source, test=test, calibration=calibration, held=held)


def caught(broken, check, *told, known=None):
    """The fold is refused by this check, with the fold and all that is told in the message."""
    with pytest.raises(LeakageError) as error:
        leakage.check(broken, known)
    assert error.value.what.startswith(f"{check}: "), str(error.value)
    for each in ("some/fold", "learned from in", "tested in", *told):
        assert each in str(error.value)


def test_a_clean_fold_passes_every_check_and_says_what_was_compared():
    checked = leakage.check(made())
    assert (checked.people, checked.recordings) == (3, 3)
    assert {check.name for check in checked.checks} == set(leakage.CHECKS)
    assert all(check.passed for check in checked.checks)
    compared = {check.name: check.compared for check in checked.checks}
    assert compared["subject"] == 3
    assert compared["session"] == 0
    assert checked.contents == compared["duplicate content"] > 2 * 2 * 585  # two legs of two walks


@pytest.mark.parametrize(
    ("broken", "check", "told"),
    [
        (made(source=(*SOURCE, replace(TEST, trial="other"))), "subject", "south/t"),
        (made(source=SOURCE, calibration=(replace(SOURCE[0], trial="x"),)), "subject", "north/s0"),
        (made(source=(*SOURCE, replace(SOURCE[0], institution="south", subject="x"))), "institution", "south"),
        (made(source=(*SOURCE, COPY)), "duplicate content", "copy/u//renamed"),
        (made(source=(*SOURCE, COPY.window(37, 300))), "duplicate content", "copy/u//renamed"),
        (made(calibration=(replace(SOURCE[0], **ELSEWHERE),)), "duplicate content", "north/s0//walk-0"),
        (
            made(test=(TEST.window(200, 600),), calibration=(TEST.window(0, 240),)),
            "overlapping window",
            "from 4.00 s",
        ),
        (made(source=(*SOURCE, anatomy.mirror(COPY))), "mirrored copy", "copy/u//renamed"),
        (made(source=(*SOURCE, anatomy.mirror(COPY).window(11, 200))), "mirrored copy", "copy/u//renamed"),
    ],
)
def test_leaks_are_caught_each_by_its_name(broken, check, told):
    caught(broken, check, told)


@pytest.mark.parametrize("held", ["session", "recording"])
def test_known_people_share_no_content(held):
    other = make_walk(subject="t", institution="south", seed=10)
    assert leakage.check(made(source=(*SOURCE, other), held=held)).people == 3
    caught(made(source=(*SOURCE, replace(TEST, trial="other")), held=held), "duplicate content")
    caught(made(source=(*SOURCE, TEST), held=held), "recording")


def test_a_session_that_is_tested_is_not_learned_from():
    first, second = (replace(make_walk(subject="t", institution="south", seed=s), session=f"day {s}") for s in (1, 2))
    leakage.check(made(source=(*SOURCE, first), test=(second,), held="session"))
    same = replace(first, session="day 2")
    caught(made(source=(*SOURCE, same), test=(second,), held="session"), "session", "south day 2")


def test_visible_answers_are_caught():
    caught(replace(made(), test_motion=(TEST,)), "visible answers", "are visible")
    told = replace(TEST.hidden(), reference=(1.0,) * 6)
    caught(replace(made(), test_motion=(told,)), "visible answers")


def test_unlabelled_people_who_are_tested_must_be_declared():
    leaky = made()
    split = replace(leaky.split, unlabelled=(TEST.hidden(),), unlabelled_scope="other_people")
    caught(replace(leaky, split=split), "subject")
    leakage.check(replace(leaky, split=replace(split, unlabelled_scope="test_people"), twins_of_test=True))


def test_calibration_may_share_the_person_but_no_labelled_frame():
    values = TEST.activation.copy()
    values[:250] = np.nan
    leakage.check(made(test=(with_activation(TEST, values),), calibration=(TEST.window(0, 240),)))


def test_people_who_stand_still_alike_are_no_copies():
    still = [replace(r, motion=np.zeros_like(r.motion)) for r in (*SOURCE, TEST)]
    leakage.check(made(source=tuple(still[:2]), test=(still[2],)))


def test_every_overlap_of_31_frames_is_found_at_any_offset():
    for start in range(0, 40):
        caught(made(source=(COPY.window(start, start + 31),)), "duplicate content")


@pytest.mark.parametrize("decimals", [6, 7])
def test_a_copy_that_was_rounded_in_a_file_is_found(decimals):
    degrees = np.round(np.degrees(COPY.motion.astype(float)), decimals)
    caught(made(source=(replace(COPY, motion=np.radians(degrees).astype(np.float32)),)), "duplicate content")


def test_a_copy_that_lost_columns_and_gained_others_is_found():
    keep = [k for k, name in enumerate(COPY.motion_names) if name.endswith("_r")][::-1]
    names = (*(COPY.motion_names[k] for k in keep), "pelvis_tilt", "hip_adduction_r")
    extra = np.random.default_rng(0).normal(size=(len(COPY.motion), 2)).astype(np.float32)
    motion = np.concatenate([COPY.motion[:, keep], extra], axis=1)
    caught(made(source=(replace(COPY, motion=motion, motion_names=names),)), "duplicate content")


def test_a_mirrored_trunk_is_found():
    def trunk(recording):
        names = ("pelvis_tilt", "lumbar_bending", "lumbar_rotation")
        return replace(recording, motion=recording.motion[:, :3], motion_names=names)

    caught(made(source=(anatomy.mirror(trunk(COPY)),), test=(trunk(TEST),)), "mirrored copy")


def test_a_walk_that_is_alike_on_both_sides_does_not_collide_with_itself():
    half = np.concatenate([TEST.motion[:300, :3], TEST.motion[:300, :3]], axis=1)
    even = replace(TEST.window(0, 300), motion=half)
    found = contents.motion(even)
    assert found["r"] == found["l"]
    caught(made(test=(even.window(150, 300),), calibration=(even.window(0, 170),)), "overlapping window")
    leakage.check(made(test=(even.window(150, 300),), calibration=(even.window(0, 150),)))


@pytest.mark.parametrize("gain", [1.0, 3.7])
def test_the_same_envelopes_under_another_motion_are_found(gain):
    other = make_walk(subject="u", institution="east", seed=77)
    broken = with_activation(other, gain * TEST.activation)
    caught(made(source=(*SOURCE, broken)), "duplicate activation", "east/u")


def in_unit(recordings, over=None, label="own: walk"):
    over = recordings if over is None else over
    return tuple(scaled(r, unit(over), label, [each.id for each in recordings]) for r in recordings)


TWO = tuple(make_walk(subject="s", institution="north", seed=i, gain=1 + i) for i in (1, 2))


def test_scaling_by_trial_is_caught():
    leakage.check(made(source=in_unit(TWO)))
    by_trial = tuple(in_unit((r,))[0] for r in TWO)
    caught(made(source=by_trial), "per-trial scaling", "north/s")


@pytest.mark.parametrize("percentile", [95, 100])
def test_scaling_by_trial_is_caught_whatever_the_recordings_say_of_their_unit(percentile):
    own = in_unit(TWO)
    peaks = [np.nanpercentile(r.activation, percentile, axis=0) for r in own]
    hidden = tuple(with_activation(r, r.activation / peak) for r, peak in zip(own, peaks, strict=True))
    caught(made(source=hidden), "per-trial scaling")


def test_a_unit_that_knows_the_test_is_caught():
    caught(made(source=in_unit(TWO, over=(*TWO, TEST))), "test statistics", "north/s")
    caught(made(source=tuple(scaled(r, unit((TEST,)), "own: walk") for r in TWO)), "test statistics")


def test_a_unit_that_says_it_was_taken_over_the_test_is_caught():
    known = replace(TEST, trial="yesterday", motion=TEST.motion + 1, activation=TEST.activation[::-1].copy())
    both = (known, TEST)
    source = (scaled(known, unit(both), "own: walk", [r.id for r in both]),)
    caught(made(source=source, held="recording"), "test statistics", TEST.id)


def test_answers_of_a_calibrated_person_are_in_the_unit_of_the_calibration():
    given, rest = TEST.window(0, 200), TEST.window(250, 600)
    right = tuple(scaled(r, unit((given,)), "calibration: 4 s", [TEST.id]) for r in (given, rest))
    leakage.check(made(calibration=right[:1], test=right[1:]))
    wrong = scaled(rest, unit((rest,)), "oracle: walk", [TEST.id])
    caught(made(calibration=right[:1], test=(wrong,)), "test statistics", "calibration seconds")
    told = tuple(scaled(r, unit((given, rest)), "calibration: 4 s", [TEST.id]) for r in (given, rest))
    caught(made(calibration=told[:1], test=told[1:]), "test statistics")


class Telling:
    """A cohort that masked a source channel by looking at a tested recording."""

    def __init__(self):
        self.native = {}

    def masked_of(self, source):
        return (Masked(TEST.id, "soleus_r", "coefficient of variation"),)


def test_a_mask_that_was_judged_from_the_test_is_caught():
    caught(made(), "hygiene mask", "soleus_r", TEST.id, known=Telling())


def days():
    """Everybody does everything on two days."""
    again = (
        replace(make_walk(subject=r.subject, institution=r.institution, seed=700 + k, task=r.task), session="2")
        for k, r in enumerate(recordings())
    )
    return (*(replace(r, session="1") for r in recordings()), *again)


PROTOCOLS = [
    ("leave_one_domain_out", {}),
    ("single_real", {}),
    ("pooled_real", {}),
    ("leave_one_subject_out", {}),
    ("leave_one_session_out", {"condition": "level walking"}),
    ("human_human", {"condition": "level walking"}),
    ("domain_shift", {"source": "level walking", "target": "shifted gait"}),
    ("domain_shift", {"source": "level walking", "target": "level walking", "held": "recording"}),
    ("few_shot", {"seconds": 2.0}),
    ("held_out", {"by": "session"}),
    ("held_out", {"by": "session", "seconds": 2.0}),
    ("held_out", {"by": "task"}),
]


def folds(found, name, settings):
    known = cohort(found=found)
    return known, list(protocols.folds(ProtocolSpec(name=name, settings=settings), known))


@pytest.mark.parametrize(("name", "settings"), PROTOCOLS)
def test_whatever_is_tested_nothing_that_is_granted_changes(name, settings):
    """Units, masks and all: with other test activations the granted split is the same, bit by bit."""
    found = days()
    for whole in folds(found, name, settings)[1][:3]:
        tested = {r.id: np.isfinite(r.activation) for r in whole.test_activation}
        changed = tuple(_scrambled(r, tested[r.id]) if r.id in tested else r for r in found)
        (other,) = (fold for fold in folds(changed, name, settings)[1] if fold.name == whole.name)
        for part in ("source", "calibration"):
            for one, two in zip(getattr(whole.split, part), getattr(other.split, part), strict=True):
                assert (one.id, one.reference) == (two.id, two.reference)
                np.testing.assert_array_equal(one.activation, two.activation)


def _scrambled(recording, tested):
    """Test activations that would set another unit, and would be masked."""
    spiked = 100.0 * recording.activation[::-1] + 1.0
    spiked[::50] = 1e4
    return with_activation(recording, np.where(tested, spiked, recording.activation))


@pytest.mark.parametrize(("name", "settings"), PROTOCOLS)
def test_folds_of_a_cohort_are_clean(name, settings):
    known, made_ = folds(days(), name, settings)
    for each in made_:
        leakage.check(each, known)


def test_a_person_who_is_wholly_learned_from_keeps_the_unit_of_the_reference_task():
    walk, run = person("north", 1)
    found = Cohort((walk, run, *person("south", 1)), benchmark(source_tasks=["run"]))
    (own,) = found.labelled(lambda r: r.institution == "north")
    np.testing.assert_allclose(own.reference, np.percentile(walk.activation, 95, axis=0), rtol=1e-6)


def shipped(name, data, protocols_):
    spec = specs.read(ROOT / "benchmarks" / f"{name}.yaml")
    return Cohort(tuple(at_rate(r, spec.rate) for r in datasets.recordings(spec.datasets, data)), spec), [
        p for p in spec.protocols if p.name in protocols_
    ]


def test_no_false_alarm_in_virtual_laboratories():
    known, _ = shipped("demo", None, ())
    for name, settings in (("leave_one_domain_out", {}), ("pooled_real", {}), ("few_shot", {"seconds": 2.0})):
        for each in protocols.folds(ProtocolSpec(name=name, settings=settings), known):
            leakage.check(each, known)


REAL = {"gait": ("leave_one_domain_out", "leave_one_session_out"), "trunk": ("domain_shift", "few_shot")}


@pytest.mark.parametrize("name", REAL)
def test_no_false_alarm_on_real_recordings(name, data_root):
    known, chosen = shipped(name, data_root, REAL[name])
    for protocol in chosen:
        for each in protocols.folds(protocol, known):
            leakage.check(each, known)
