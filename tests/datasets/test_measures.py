"""Measures give what was put into the files."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift import formats
from myoshift.datasets import measures
from myoshift.datasets.base import DatasetInfo, table
from myoshift.datasets.evidence import Evidence
from myoshift.types import Event, Flag, Subject

RATE, STRIDE = 100.0, 1.1
TIME = np.arange(1200) / RATE
PHASE = TIME / STRIDE


def bump(at, width=0.08):
    return np.exp((np.cos(2 * np.pi * (PHASE - at)) - 1) / (2 * np.pi * width) ** 2)


KNEE = 5 + 55 * bump(0.73)
HIP = 10 + 25 * np.cos(2 * np.pi * PHASE)
SOLEUS = 0.2 * bump(0.5)


class Walk:
    """One trial with strikes at whole strides of the right leg, halves of the left one."""

    info = DatasetInfo(
        name="walk",
        institution="lab",
        people=1,
        trials=1,
        motion_rates=(RATE,),
        emg_rates=(RATE,),
        tasks=("walk",),
        licence="none",
        citation="none",
    )

    def trials(self, root):
        yield self.info.trial(
            name="t",
            subject=Subject(id="s", mass=70.5, height=1.8),
            task="walk",
            motion=table(np.stack([HIP, KNEE], 1), ("hip_flexion_r", "knee_angle_r"), "deg", RATE),
            emg=table(SOLEUS[:, None], ("ch",), "", RATE),
            emg_kind="envelope",
            sites={"ch": "soleus_r"},
            events=tuple(Event("foot_strike", float(t), "r") for t in np.arange(0, 11, STRIDE)),
            flags=(Flag("odd", "words"),),
        )


@pytest.fixture
def evidence(tmp_path):
    folder = tmp_path / "walk"
    folder.mkdir()
    names = [f"{joint}_{side}" for side in "rl" for joint in ("hip_flexion", "knee_angle", "ankle_angle")]
    angles = np.stack([HIP, KNEE, np.roll(HIP, 7), np.roll(HIP, 55), np.roll(KNEE, 55), np.roll(HIP, 62)], axis=1)
    formats.write_sto(folder / "ik.sto", table(angles, names, "deg", RATE), in_degrees=True)
    force = np.where(np.mod(PHASE, 1) < 0.6, 700.0, 0.0)
    emg = np.stack([SOLEUS, np.interp(TIME - 0.2, TIME, SOLEUS), force], axis=1)
    formats.write_sto(folder / "emg.sto", table(emg, ("soleus", "late", "force"), "", RATE))
    return Evidence(Walk(), tmp_path)


def test_counts_and_words(evidence):
    assert measures.people()(evidence) == 1
    assert measures.count("s/walk/*")(evidence) == 1
    assert measures.count("x/*")(evidence) == 0
    assert measures.seconds()(evidence) == pytest.approx(12.0)
    assert measures.body("*")(evidence) == "70.5 kg, 1.8 m"
    assert measures.channels("*")(evidence) == "R 1"
    assert measures.strikes("*")(evidence) == "10/0"
    assert measures.strike_times("*", "r")(evidence).startswith("0, 1.1, 2.2")
    assert measures.flagged("*", "odd")(evidence) == 1
    assert measures.flagged("*", "other")(evidence) == 0
    assert measures.unseen("*")(evidence) == 0.0


def test_cycles(evidence):
    assert measures.strides("*", "soleus")(evidence) == 9
    assert measures.strides("*", "soleus_l")(evidence) == 0
    assert measures.peak("*", "soleus")(evidence) == pytest.approx(0.5, abs=0.01)
    assert measures.peak("*", "knee_angle")(evidence) == pytest.approx(0.73, abs=0.01)
    assert measures.peak("*", "knee_angle", (0.0, 0.5))(evidence) in (0.0, 0.5)
    assert measures.trough("*", "hip_flexion")(evidence) == pytest.approx(0.5, abs=0.01)
    assert measures.value_at("*", "hip_flexion", 0.0)(evidence) == pytest.approx(35, abs=0.2)


def test_tables(evidence):
    assert measures.rows("ik.sto")(evidence) == 1200
    assert measures.rate("ik.sto")(evidence) == pytest.approx(100)
    assert measures.span("ik.sto")(evidence) == "0..11.99 s"
    assert measures.highest("emg.sto", "soleus")(evidence) == pytest.approx(0.2, abs=0.001)
    assert measures.lowest("ik.sto", "hip_flexion_r")(evidence) == pytest.approx(-15, abs=0.1)
    assert measures.highest("emg.sto", "late", since=11.9)(evidence) < 0.2
    assert measures.strongest("emg.sto")(evidence) == "force 700.00"
    assert measures.difference("emg.sto", "soleus", "soleus")(evidence) == 0
    assert measures.difference("emg.sto", "soleus", "late")(evidence) > 0.1
    assert measures.peak_between("emg.sto", "soleus", 1.1, 2.2)(evidence) == pytest.approx(0.5, abs=0.01)


def test_strides(evidence):
    assert measures.bends("ik.sto", "knee_angle_r")(evidence) == 11
    assert measures.stride_time("ik.sto", "knee_angle_r")(evidence) == pytest.approx(1.1)
    assert measures.bend_times("ik.sto", "knee_angle_r")(evidence).startswith("0.80, 1.90")
    assert measures.landings("emg.sto", "force", 100, 30)(evidence) == 10
    assert measures.landings("emg.sto", "force", 100, 30, standing=True)(evidence) == 11
    assert measures.unloadings("emg.sto", "force", 20)(evidence).startswith("0.66, 1.77")


def test_a_shift_is_found(evidence):
    late, early = ("emg.sto", "late"), ("emg.sto", "soleus")
    assert measures.lag(late, early, 0.5)(evidence) == pytest.approx(0.2)
    assert measures.correlation(early, early)(evidence) == pytest.approx(1.0)
    assert measures.correlation(late, early)(evidence) < 0.3


def test_emg_is_explained_by_its_motion_but_not_by_chance(evidence):
    assert measures.explained("ik.sto", "emg.sto", ("soleus",))(evidence) > 0.95
    rng = np.random.default_rng(0)
    evidence.file("emg.sto").values[:, 0] = rng.random(1200)
    assert measures.explained("ik.sto", "emg.sto", ("soleus",))(evidence) < 0.1


def test_frozen_starts_and_intervals(evidence):
    assert measures.frozen("ik.sto")(evidence) == 1
    evidence.file("ik.sto").values[:4] = 1.0
    assert measures.frozen("ik.sto")(evidence) == 4
    assert measures.columns("ik.sto")(evidence) == 6
    assert measures.columns("ik.sto", "_r")(evidence) == 3
    assert measures.landing_interval("emg.sto", "force", 100, 30, np.max)(evidence) == pytest.approx(1.1, abs=0.011)
