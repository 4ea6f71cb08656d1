from __future__ import annotations

import pytest

from myoshift.datasets.lab import parts
from myoshift.errors import ConfigError


def test_a_part_may_be_said_in_short():
    assert parts.File.model_validate("a/{trial}.csv") == parts.File(path="a/{trial}.csv")
    assert parts.Quantity.model_validate(70) == parts.Quantity(value=70)
    assert parts.Duration.model_validate(1.1).nominal == 1.1
    motion = parts.Motion.model_validate({"columns": ["a", "b"]})
    assert motion.columns == {"a": parts.Column(), "b": parts.Column()}
    assert parts.Motion.model_validate({"columns": {"a": "knee_angle_r"}}).columns["a"].coordinate == "knee_angle_r"


@pytest.mark.parametrize("path", ["/etc/passwd", "../a", "a/../../b", "~/a", "a\\b", "./a"])
def test_a_pattern_stays_below_the_folder(path):
    with pytest.raises(ConfigError, match="leaves the folder"):
        parts.File(path=path)


@pytest.mark.parametrize("axes", [("time",), ("channel", "cycle"), ("time", "time", "channel")])
def test_axes_name_time_and_channel_once(axes):
    with pytest.raises(ConfigError, match="axes"):
        parts.File(path="a", axes=axes)
