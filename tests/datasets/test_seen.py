"""How the rules of the screen look at a trial."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from datasets.walkers import BURST, SITES, turned, walker, with_emg
from myoshift.datasets.seen import RATE, STEP, Seen, moves, together
from myoshift.types import Flag


def late(site: str, cycle) -> float:
    """How far the peak of a mean cycle lies from where the formula puts it, as a share of the cycle."""
    return abs((np.argmax(cycle) / STEP - BURST[site] + 0.5) % 1 - 0.5)


def test_angles_are_canonical_radians_of_the_trial():
    found = Seen(walker()).angles
    assert set(found.units) == {"rad"}
    np.testing.assert_allclose(np.degrees(found.column("knee_angle_r")), walker().motion.column("knee_angle_r"))
    assert Seen(walker()).angle("knee_angle_r") is not None
    assert Seen(walker()).angle("wrist_flex_r") is None


def test_angles_that_cannot_be_named_are_none():
    trial = walker()
    named = tuple(f"{name}?" for name in trial.motion.names)
    one = Seen(replace(trial, motion=replace(trial.motion, names=named)))
    assert one.angles is None
    assert one.reversed == {}


def test_an_angle_that_is_mostly_missing_was_not_measured():
    trial = walker()
    values = trial.motion.values.copy()
    values[:400, trial.motion.names.index("knee_angle_r")] = np.nan
    one = Seen(replace(trial, motion=replace(trial.motion, values=values)))
    assert one.angle("knee_angle_r") is None
    assert one.angle("knee_angle_l") is not None


def test_envelopes_are_named_by_site_and_never_negative():
    trial = walker()
    found = Seen(with_emg(trial, trial.emg.values - 0.1)).envelopes
    assert found.names == tuple(f"{site}_r" for site in SITES)
    assert (found.rate, found.values.min()) == (RATE, 0.0)
    assert Seen(replace(trial, sites={})).envelopes is None
    assert Seen(replace(trial, emg=None, sites={})).envelopes is None


@pytest.mark.parametrize("events", [True, False], ids=["stated strikes", "strikes from the hip"])
def test_mean_cycles_peak_where_the_formula_puts_them(events):
    trial = walker() if events else replace(walker(), events=())
    cycles = Seen(trial).cycles("r")
    assert set(cycles) == {f"{site}_r" for site in SITES}
    for name, cycle in cycles.items():
        assert cycle.shape == (STEP,)
        assert late(name.removesuffix("_r"), cycle) <= (0.02 if events else 0.06)
    assert Seen(trial).cycles("l") == {}


def test_a_leg_that_does_not_walk_has_no_cycles():
    assert Seen(replace(walker(), task="squat")).cycles("r") == {}


def test_a_knee_that_extends_further_than_it_flexes_is_reversed():
    assert Seen(walker()).reversed == {}
    found = Seen(turned(walker(), "knee_angle_r")).reversed
    assert list(found) == ["knee_angle_r"]


def test_flags_are_found_by_code_and_place():
    trial = replace(walker(), flags=(Flag("copy", "twice", "soleus"), Flag("sign", "turned")))
    one = Seen(trial)
    assert one.flagged(("copy",)) == "copy: twice"
    assert one.flagged(("copy",), "soleus") == "copy: twice"
    assert one.flagged(("copy",), "vasti") == ""
    assert one.flagged(("side", "sign"), "anything") == "sign: turned"


def test_columns_that_stand_still_go_together_with_nothing():
    time = np.arange(200.0)
    wave, still = np.sin(time / 9), np.ones(200)
    assert together(wave, -2 * wave + 1) == pytest.approx(-1.0)
    assert together(wave, still) == 0.0
    gap = wave.copy()
    gap[:170] = np.nan
    assert together(wave, gap) == 0.0
    assert moves(wave)
    assert not moves(still)
    assert not moves(gap)


def test_trials_of_one_name_are_told_apart_by_their_sessions():
    assert [Seen(walker(session=day)).name for day in ("", "day 2")] == ["p/walk", "p/day 2/walk"]
