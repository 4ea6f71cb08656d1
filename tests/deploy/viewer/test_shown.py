"""What the keys make of what is shown."""

from __future__ import annotations

import pytest

from myoshift.deploy.viewer.playback import Playback
from myoshift.deploy.viewer.shown import Shown

SHOWN = Shown(
    playback=Playback(start=0.0, stop=1.0, step=0.1, time=0.0),
    muscles=("soleus", "gasmed", "tibant"),
    muscle="soleus",
)


def test_muscles_follow_each_other_in_both_directions():
    assert SHOWN.next_muscle().muscle == "gasmed"
    assert SHOWN.next_muscle(-1).muscle == "tibant"
    assert SHOWN.next_muscle(-1).next_muscle().muscle == "soleus"


def test_sides_and_colours_come_round():
    assert [SHOWN.next_side().sides, SHOWN.next_side().next_side().sides] == ["r", "l"]
    assert SHOWN.next_side().next_side().next_side() == SHOWN
    assert SHOWN.next_scheme().scheme == "colour-blind"
    assert SHOWN.next_scheme().next_scheme() == SHOWN


@pytest.mark.parametrize(("asked", "given"), [(0.06, 0.06), (-0.4, -0.15), (2.0, 0.15)])
def test_delays_stay_within_the_bound(asked, given):
    assert SHOWN.delayed(asked).delay == given


def test_time_goes_on_and_nothing_else():
    played = Shown(playback=SHOWN.playback.toggled(), muscles=("soleus",), muscle="soleus", delay=0.1)
    assert played.at(0.5).playback.time == pytest.approx(0.5)
    assert played.at(0.5).delay == 0.1
