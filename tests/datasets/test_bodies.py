"""Whether what was measured can be a person."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.datasets import bodies
from myoshift.datasets.thresholds import Thresholds
from myoshift.errors import DataRefused
from myoshift.types import Markers, Subject


def cloud(scale=1.0, up=2, names=()):
    """A standing person of twelve markers, (20, 12, 3)."""
    body = np.random.default_rng(0).uniform(0, 0.4, (12, 3))
    body[:, up] = np.linspace(0, 1.7, 12)
    labels = (*names, *(f"M{k}" for k in range(12 - len(names))))
    return Markers(values=np.tile(scale * body, (20, 1, 1)), names=labels, rate=100.0, time=np.arange(20) / 100)


def test_a_person_raises_no_doubt():
    assert not list(bodies.person(Subject(id="s", height=1.7, mass=70.0)))
    assert not list(bodies.person(Subject(id="s")))
    assert bodies.markers(cloud(), expected="z", where="f") == ()


@pytest.mark.parametrize(("facts", "tokens"), [({"height": 172.0}, "cm"), ({"mass": 70_000.0}, "mm or g")])
def test_height_and_mass_in_another_unit(facts, tokens):
    (flag,) = bodies.person(Subject(id="s", **facts))
    assert tokens in flag.message
    assert "whole body of s" in flag.where


def test_the_limits_are_thresholds():
    (flag,) = bodies.person(Subject(id="s", height=1.7), Thresholds(height=(0.5, 1.0)))
    assert "accepted 0.5 to 1 m" in flag.message


@pytest.mark.parametrize(("scale", "what"), [(1000.0, "too large"), (0.001, "too small")])
def test_a_thousandfold_size_is_refused(scale, what):
    with pytest.raises(DataRefused, match=f"f: lengths a thousand times {what}"):
        bodies.markers(cloud(scale), expected="z", where="f")


def test_another_size_and_another_axis_are_flagged():
    assert [flag.code for flag in bodies.markers(cloud(3.0), expected="z", where="f")] == ["spread"]
    (flag,) = bodies.markers(cloud(up=1), expected="z", where="f")
    assert (flag.code, flag.message[:1]) == ("axes", "y")


def test_limbs_that_nobody_has():
    found = bodies.markers(cloud(names=("RKNE", "M", "RANK")), expected="z", where="f")
    assert [(flag.code, flag.where) for flag in found] == []
    far = cloud(names=("RKNE", *(f"X{k}" for k in range(9)), "RANK"))
    (flag,) = bodies.markers(far, expected="z", where="f")
    assert (flag.code, flag.where) == ("body", "shank R")
    assert "accepted 0.15 to 0.6 m" in flag.message


def test_too_few_markers_have_no_size():
    few = cloud()
    few.values[:, 3:] = np.nan
    assert bodies.markers(few, expected="z", where="f") == ()
