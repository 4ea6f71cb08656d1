"""The time that is shown: playing, standing, at the ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from myoshift.deploy.viewer.playback import SPEEDS, Playback

WALK = Playback(start=2.0, stop=6.0, step=0.01, time=2.0)


def test_playing_follows_the_clock_at_its_speed():
    playing = WALK.toggled()
    assert playing.at(1.5).time == pytest.approx(3.5)
    assert replace(playing, speed=0.1).at(1.0).time == pytest.approx(2.1)
    assert playing.at(1.0).at(1.5).time == pytest.approx(3.5)  # however often it is looked at
    assert playing.at(1.0).paced(2.0).at(1.5).time == pytest.approx(4.0)


def test_what_stands_does_not_catch_up():
    assert WALK.at(10.0).toggled().at(10.5).time == pytest.approx(2.5)
    paused = WALK.toggled().at(1.0).toggled()
    assert paused.at(9.0).time == pytest.approx(3.0)


def test_a_clock_that_goes_back_does_not_turn_time():
    assert WALK.toggled().at(1.0).at(0.5).time == pytest.approx(3.0)


def test_the_end_loops_or_stops():
    assert WALK.toggled().at(4.5).time == pytest.approx(2.5)
    assert WALK.toggled().at(12.5).time == pytest.approx(2.5)
    ended = replace(WALK, loop=False).toggled().at(4.5)
    assert (ended.time, ended.playing) == (6.0, False)
    assert (ended.toggled().time, ended.toggled().playing) == (2.0, True)


def test_one_frame_has_nowhere_to_go():
    one = Playback(start=1.0, stop=1.0, step=0.01, time=1.0).toggled().at(0.5)
    assert (one.time, one.playing) == (1.0, False)


def test_moving_and_stepping_stand_still_and_stay_inside():
    playing = WALK.toggled().at(1.0)
    assert (playing.moved(4.0).time, playing.moved(4.0).playing) == (4.0, False)
    assert playing.stepped(2).time == pytest.approx(3.02)
    assert playing.stepped(-1).time == pytest.approx(2.99)
    assert WALK.stepped(-1).time == 2.0
    assert WALK.moved(99.0).time == 6.0


def test_speeds_follow_each_other_within_their_ends():
    speed = WALK
    for expected in (2.0, 2.0, 1.0, 0.5, 0.25, 0.1, 0.1):
        speed = speed.faster() if expected == 2.0 else speed.slower()
        assert speed.speed == expected
    assert replace(WALK, speed=0.7).faster().speed == 1.0
    assert WALK.paced(0.0).speed == SPEEDS[0]
    assert WALK.paced(50.0).speed == SPEEDS[-1]
