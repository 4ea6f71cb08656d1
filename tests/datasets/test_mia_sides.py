"""Which channels of MIA are right: found where the movement tells, stated by the user, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from miniatures.mia import write
from myoshift.datasets.mia_sides import Opinion, sides
from myoshift.datasets.mia_windows import windows
from myoshift.errors import ConfigError, DataRefused


def decided(folder):
    return sides(folder, windows(folder))


@pytest.mark.parametrize(("order", "pair"), [("right first", ("r", "l")), ("left first", ("l", "r"))])
def test_both_orders_are_found(tmp_path, order, pair):
    for seed in range(3):
        found, flag = decided(write(tmp_path / str(seed), order, exercises=("FrontKick", "HighKick"), seed=seed))
        assert found == pair
        assert flag.code == "side_derived"
        for token in (order, "quadriceps", "4 of 4", "margin 0.2"):
            assert token in flag.message


def test_punches_give_a_second_opinion(tmp_path):
    _, flag = decided(write(tmp_path, "left first", exercises=("FrontKick", "HighKick", "FrontPunch", "HookPunch")))
    _, _, second = flag.message.partition("biceps")
    assert "4 of 4" in second
    assert "mean r -" in second


@pytest.mark.parametrize(
    "exercises", [("Squat", "JumpingJack"), ("Squat", "FrontPunch", "HookPunch"), ("FrontKick",)]
)
def test_movement_that_does_not_tell_is_refused(tmp_path, exercises):
    """Symmetric exercises, arms alone, and too few recordings."""
    with pytest.raises(DataRefused, match="not known") as caught:
        decided(write(tmp_path, exercises=exercises))
    assert "mia.yaml" in caught.value.mend
    assert "margin" in caught.value.why


def test_kicks_with_both_legs_alike_are_refused(tmp_path):
    folder = write(tmp_path, exercises=("FrontKick", "HighKick"))
    for path in folder.rglob("pose.npy"):
        pose = np.load(path)
        pose[:, 3:6] = pose[:, 6:9]
        np.save(path, pose)
    with pytest.raises(DataRefused, match="not known") as caught:
        decided(folder)
    assert "0 of 0" in caught.value.why


def test_noise_is_refused(tmp_path):
    folder = write(tmp_path, exercises=("FrontKick", "HighKick", "KneeKick"))
    random = np.random.default_rng(0)
    for path in folder.rglob("emgvalues.npy"):
        np.save(path, random.uniform(0, 100, (30, 8)))
    with pytest.raises(DataRefused, match="not known"):
        decided(folder)


def test_arms_that_contradict_the_legs_are_refused(tmp_path):
    write(tmp_path, "right first", exercises=("FrontKick", "HighKick"))
    folder = write(tmp_path, "left first", exercises=("FrontPunch", "HookPunch"))
    with pytest.raises(DataRefused, match="not known"):
        decided(folder)


@pytest.mark.parametrize(("stated", "code"), [("right first", "side_assumed"), ("left first", "probable_swap")])
def test_what_is_stated_is_taken_and_held_against_the_movement(tmp_path, stated, code):
    folder = write(tmp_path, "right first", exercises=("FrontKick", "HighKick"))
    (folder / "mia.yaml").write_text(f"sides: {stated}\n")
    pair, flag = decided(folder)
    assert pair == (("r", "l") if stated == "right first" else ("l", "r"))
    assert flag.code == code
    assert ("swap" in flag.message) == (code == "probable_swap")
    assert "mean r" in flag.message


def test_a_statement_decides_where_the_movement_does_not(tmp_path):
    folder = write(tmp_path, exercises=("Squat",))
    (folder / "mia.yaml").write_text("sides: left first\n")
    assert decided(folder)[0] == ("l", "r")


@pytest.mark.parametrize("text", ["sides: left\n", "side: left first\n", "- left first\n"])
def test_a_statement_that_makes_no_sense_is_refused(tmp_path, text):
    folder = write(tmp_path, exercises=("FrontKick", "HighKick"), people=(1,), count=1)
    (folder / "mia.yaml").write_text(text)
    with pytest.raises(ConfigError):
        decided(folder)


@pytest.mark.parametrize(
    ("correlations", "order"),
    [
        ((0.5, 0.4, 0.3), "right first"),
        ((-0.5, -0.4, -0.3), "left first"),
        ((0.5, 0.4), None),
        ((0.1, 0.2, 0.2), None),
        ((0.9, 0.9, -0.1), None),
        ((0.9, 0.9, 0.9, 0.9, -0.1), "right first"),
        ((), None),
    ],
)
def test_margin_share_and_number(correlations, order):
    assert Opinion(what="x", correlations=correlations).order == order
