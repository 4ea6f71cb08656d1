"""Calibrators one after the other."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.calibration.chain import Chain, steps
from myoshift.errors import ConfigError, UnknownNameError
from myoshift.testing.calibrators import NAMES, RATE, error, toy


def test_each_learns_what_those_before_it_left():
    seen, measured = toy()
    new, answers = toy(seed=1)
    errors = [error(steps(n).fit(seen, measured, RATE), new, answers) for n in ("none", "delay", "delay+gain")]
    assert errors[0] > errors[1] > errors[2]


def test_without_a_calibrator_nothing_is_changed():
    seen, _ = toy()
    assert Chain(()).apply(seen[0], RATE) is seen[0].prediction


def test_each_takes_the_settings_that_it_knows():
    built = steps("delay+last_layer", {"simulated": True, "penalty": 0.5})
    assert built.calibrators[0].simulated
    assert built.calibrators[1].penalty == 0.5


def test_a_setting_that_none_knows_is_refused():
    with pytest.raises(ConfigError, match="'strength'"):
        steps("delay", {"strength": 1})


def test_an_unknown_calibrator_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="delay"):
        steps("dealy")


def test_weights_change_first():
    assert [each.name for each in steps("fine_tune+delay").tuners] == ["fine_tune"]
    with pytest.raises(ConfigError, match="first"):
        steps("delay+fine_tune")


def test_it_is_the_same_from_its_state():
    chain = steps("physiology+synergy+last_layer").fit(*toy(), RATE)
    again = Chain.restore(chain.config(), chain.arrays())
    np.testing.assert_array_equal(again.apply(toy()[0][0], RATE), chain.apply(toy()[0][0], RATE))
    assert again.changes(NAMES) == chain.changes(NAMES)
