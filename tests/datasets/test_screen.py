"""What is wrong is found from the trials alone; what is right is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from datasets.walkers import SITES, STRIDE, turned, walker, with_emg
from myoshift import datasets, formats
from myoshift.datasets.screen import screen
from myoshift.datasets.uci_lowerlimb import NEGATIVE
from myoshift.types import Flag, Subject

MOCO = "opensim-core-moco/Bindings/Java/Matlab/examples/Moco/exampleEMGTracking/emg.sto"
LATE = {"soleus": "soleus_r", "gastrocnemius": "gastrocnemius_r", "tibialis_anterior": "tibialis_anterior_r",
        "hamstrings": "hamstrings_r", "vastus": "vasti_r", "gluteus": "gluteus_maximus_r"}  # fmt: skip


def rules(trials):
    return [(each.rule, bool(each.handled)) for each in screen(trials)]


def test_a_plain_walk_is_not_suspected():
    assert screen([walker("a", seed=1), walker("b", seed=2)]) == []


def test_a_recording_under_two_people_is_found_and_a_flag_handles_it():
    one, two = walker("a"), walker("b")
    (found,) = screen([one, two])
    assert found.rule == "copy"
    assert found.where == "a/walk and b/walk"
    assert not found.handled
    (handled,) = screen([one, replace(two, flags=(Flag("copy", "the same walk"),))])
    assert handled.handled == "copy: the same walk"


def test_one_shared_channel_is_enough():
    one, two = walker("a", seed=1), walker("b", seed=2)
    values = two.emg.values.copy()
    values[:, 2] = one.emg.values[:, 2]
    (found,) = screen([one, with_emg(two, values)])
    assert found.rule == "copy"
    assert "soleus = soleus" in found.why


def test_a_scaled_copy_of_a_channel_is_found():
    one = walker()
    values = one.emg.values.copy()
    values[:, 1] = 3 * values[:, 2]
    found = [each for each in screen([with_emg(one, values)]) if each.rule == "copy"]
    assert [each.where for each in found] == ["p/walk, gastrocnemius and soleus"]


@pytest.mark.parametrize("name", ["knee_angle_r", "knee_angle_l", "hip_flexion_r", "hip_flexion_l", "ankle_angle_l"])
def test_a_turned_sign_is_found_where_it_is(name):
    found = screen([turned(walker(), name)])
    assert [(each.rule, each.where) for each in found] == [("sign", f"p/walk, {name}")]


def test_a_flag_about_another_joint_does_not_handle_a_sign():
    wrong = turned(walker(), "knee_angle_r")
    flag = Flag("sign", "turned", "knee_angle_l")
    assert rules([replace(wrong, flags=(flag,))]) == [("sign", False)]
    assert rules([replace(wrong, flags=(replace(flag, where="knee_angle_r"),))]) == [("sign", True)]


def test_emg_half_a_stride_late_is_of_the_other_leg():
    one = walker()
    late = with_emg(one, np.roll(one.emg.values, round(100 * STRIDE / 2), axis=0))
    (found,) = screen([late])
    assert found.rule == "side"
    assert not found.handled
    early = with_emg(one, np.roll(one.emg.values, -8, axis=0))
    assert screen([early]) == []


def test_two_channels_exchanged_are_named():
    one = walker()
    order = [0, 3, 2, 1, 4]
    (found,) = screen([with_emg(one, one.emg.values[:, order])])
    assert found.rule == "exchanged"
    assert found.where == "p/walk, gastrocnemius_r and hamstrings_r"


def test_flat_channels_and_unknown_sites_are_not_judged():
    one = walker()
    noise = np.random.default_rng(0).uniform(0.9, 1.1, one.emg.values.shape)
    assert screen([with_emg(one, noise)]) == []
    gaps = np.full_like(one.emg.values, np.nan)
    assert screen([with_emg(one, gaps)]) == []
    assert screen([replace(one, emg=None, sites={})]) == []


def lifts(person, seed, names=("squat", "stoop")):
    """Two tasks of a person that begin in other postures and use other muscles."""
    random, found = np.random.default_rng(seed), []
    time = np.arange(601) / 100
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * time / 2)
    for name, start, muscle in (("squat", 0.0, 0), ("stoop", 60.0, 3)):
        values = np.tile(random.uniform(0.2, 0.3, (601, 1)), len(SITES)) + random.uniform(0, 0.1, (601, len(SITES)))
        values[:, muscle] += wave
        trial = walker(person, names[("squat", "stoop").index(name)], seed, events=())
        angle = start + random.normal(0, 3) + 30 * wave
        motion = replace(trial.motion.select(("knee_angle_r",)), values=angle[:, None])
        found.append(replace(with_emg(trial, values), task=names[("squat", "stoop").index(name)], motion=motion))
    return found


def test_exchanged_tasks_are_learned_from_the_others():
    right = [trial for k in range(7) for trial in lifts(f"p{k}", k)]
    assert screen(right) == []
    wrong = [*right, *lifts("q", 9, ("stoop", "squat"))]
    (found,) = screen(wrong)
    assert found.rule == "exchanged"
    assert found.where == "q/stoop, squat"
    few = [trial for k in range(3) for trial in lifts(f"p{k}", k)]
    assert screen([*few, *lifts("q", 9, ("stoop", "squat"))]) == []


def test_the_mcgill_exchange_and_nothing_else_is_found(data_root):
    found = screen(list(datasets.load("mcgill-biomechzoo").trials(data_root)))
    assert [each.where for each in found] == [
        "HC038A/HC038A11, hamstrings_r and gastrocnemius_r",
        "HC038A/HC038A27, hamstrings_r and gastrocnemius_r",
    ]
    assert all(each.handled for each in found)
    unflagged = [replace(t, flags=()) for t in datasets.load("mcgill-biomechzoo").trials(data_root)]
    assert [each.handled for each in screen(unflagged)] == ["", ""]


def test_the_late_emg_of_the_moco_example_is_found(data_root):
    (walk,) = datasets.load("opensim-core-moco").trials(data_root)
    assert screen([walk]) == []
    late = formats.read_sto(data_root / MOCO)
    channels = {name: site for name, site in LATE.items() if name in late.names}
    (found,) = screen([replace(walk, emg=late.select(tuple(channels)), sites=channels, events=walk.events)])
    assert found.rule == "side"


def test_the_copied_channel_of_stanford_is_found(data_root):
    (walk,) = datasets.load("stanford-matlabso").trials(data_root)
    assert screen([walk]) == []
    whole = formats.read_sto(data_root / "stanford-matlabso/TestData/EMG_allMuscles.sto")
    (found,) = screen([replace(walk, emg=whole)])
    assert found.where == "Sub1/walking_baseline1, vaslat_l_activation and vasint_l_activation"


def test_what_is_wrong_with_uci_is_found_before_it_was_mended(data_root):
    """Signs, copies and the exchanged names, from files read as if nothing were known of them."""
    read = list(datasets.load("uci-lowerlimb").trials(data_root))
    assert all(each.handled for each in screen(read))
    tasks = {"mar": "walk", "pie": "standing_flexion", "sen": "sitting_extension"}
    plain = [
        replace(t, convention="goniometer", task=tasks[t.name[-3:]], subject=Subject(id=t.name[:-3]), flags=())
        for t in read
    ]
    found = screen(plain)
    assert not any(each.handled for each in found)
    said = {rule: [each.where for each in found if each.rule == rule] for rule in ("copy", "exchanged", "sign")}
    assert said["copy"] == ["1N/1Npie and 2N/2Npie", "1N/1Nsen and 2N/2Nsen"]
    assert said["exchanged"] == ["2A/2Apie, 2Asen"]
    negative = {t.name for t in read if {t.name, t.name[:-3]} & set(NEGATIVE)}
    assert {where.split("/")[1].split(",")[0] for where in said["sign"]} == negative
    assert sum(map(len, said.values())) == len(found)
