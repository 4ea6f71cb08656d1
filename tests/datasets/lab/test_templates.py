from __future__ import annotations

import pytest

from myoshift.datasets.lab import templates
from myoshift.errors import ConfigError


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("data/{subject}/{task}_{n:digits}.sto", "data/s1/walk_fast_12.sto", ("s1", "walk_fast", "12")),
        ("{a}_TXT/{b}{c:3}.txt", "N_TXT/10Nmar.txt", ("N", "10N", "mar")),
        ("**/{a}.c3d", "x/y/z.c3d", ("z",)),
        ("**/{a}.c3d", "z.c3d", ("z",)),
        ("{a}/{a}_ik.sto", "s1/s1_ik.sto", ("s1",)),
        ("{a}/*.sto", "s1/what ever.sto", ("s1",)),
        ("(a+b)/{a}.sto", "(a+b)/1.sto", ("1",)),
    ],
)
def test_a_path_tells_what_its_places_are(pattern, path, values):
    match = templates.pattern(pattern).fullmatch(path)
    assert match is not None
    assert tuple(match.groupdict().values()) == values


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("{a}.sto", "x/y.sto"), ("{a}/{a}_ik.sto", "s1/s2_ik.sto"), ("{a:digits}.sto", "a1.sto"), ("*.sto", "x/y.sto")],
)
def test_other_paths_do_not_match(pattern, path):
    assert templates.pattern(pattern).fullmatch(path) is None


def test_a_template_is_filled():
    values = {"part": "Train", "cycle": "3"}
    assert templates.fill("{part:lower}{cycle:02}_{part:upper}", values) == "train03_TRAIN"


@pytest.mark.parametrize("text", ["{a", "a}", "{a b}", "{}", "{a:x}", "{1}"])
def test_what_is_no_placeholder_is_refused(text):
    with pytest.raises(ConfigError):
        templates.pattern(text)


def test_a_placeholder_without_value_names_the_nearest():
    with pytest.raises(ConfigError, match="subject"):
        templates.fill("{subjct}", {"subject": "s1"})
