"""Measures give what was put into a small C3D file."""

from __future__ import annotations

import numpy as np
import pytest

from formats.c3d_writer import c3d_bytes
from myoshift.datasets import c3d_measures as measures
from myoshift.datasets.base import DatasetInfo, table
from myoshift.datasets.evidence import Evidence
from myoshift.types import Event, Subject

FRAMES, STRIDE = 400, 1.0
TIME = np.arange(FRAMES) / 100
FINE = np.arange(10 * FRAMES) / 1000
KNEE = 30 - 28 * np.cos(2 * np.pi * (TIME - 0.23))
BURST = np.clip(np.cos(2 * np.pi * (FINE - 0.4)), 0, None) ** 4
NOISE = np.random.default_rng(0).normal(size=len(FINE))


class Walk:
    """A trial whose strikes are at whole seconds."""

    info = DatasetInfo(
        name="walk", institution="lab", people=1, trials=1, motion_rates=(100.0,), emg_rates=(1000.0,),
        tasks=("walk",), licence="none", citation="none",
    )  # fmt: skip

    def trials(self, root):
        yield self.info.trial(
            name="t",
            subject=Subject(id="s"),
            task="walk",
            motion=table(np.radians(KNEE)[:, None], ("knee_angle_r",), "rad", 100.0),
            emg=table((BURST + 0.25)[:, None], ("ch",), "", 1000.0),
            emg_kind="envelope",
            sites={"ch": "soleus_r"},
            events=tuple(Event("foot_strike", float(t), "r") for t in range(4)),
        )


@pytest.fixture
def evidence(tmp_path):
    points = np.zeros((FRAMES, 3, 3))
    points[:, :, 2] = [100, 200, 900]
    points[:40, 1] = np.nan
    analogs = np.stack([NOISE * BURST, 0.5 * NOISE, np.where(FINE > 2, 300.0, 0.0)], axis=1)
    (tmp_path / "walk").mkdir()
    (tmp_path / "walk" / "a.c3d").write_bytes(
        c3d_bytes(
            points,
            analogs,
            POINT={"LABELS": ["RKNE", "LKNE", "RKNE"]},
            ANALOG={"LABELS": ["Burst", "Hum", "Fz1"], "UNITS": ["V", "V", "N"]},
            EVENT={
                "USED": np.int16(2), "LABELS": ["Foot Strike"] * 2, "CONTEXTS": ["Right", "Left"],
                "TIMES": np.array([[0, 0], [1.5, 2.0]], np.float32),
            },
        )
    )  # fmt: skip
    return Evidence(Walk(), tmp_path)


def test_files(evidence):
    words = "400 frames at 100 Hz from frame 1, 4000 samples at 1000 Hz"
    assert measures.layout("a.c3d")(evidence) == words
    assert measures.point_count("a.c3d")(evidence) == 3
    assert measures.point_count("a.c3d", "L")(evidence) == 1
    assert measures.point_unit("a.c3d")(evidence) == "mm"
    assert measures.extent("a.c3d", 2)(evidence) == "100..900"
    assert measures.repeated("a.c3d")(evidence) == "RKNE"
    assert measures.point_missing("a.c3d", "LKNE")(evidence) == pytest.approx(0.1)
    assert measures.point_seen("a.c3d", "LKNE")(evidence) == "0.40..3.99 s"
    assert measures.stated_events("a.c3d", "foot_strike", "r")(evidence) == "1.5"
    assert measures.stated_events("a.c3d", "foot_off", "r")(evidence) == "none"


def test_channels(evidence):
    assert measures.channel_count("a.c3d", "F")(evidence) == 1
    assert measures.channel_units("a.c3d", ("Burst", "Hum"))(evidence) == "V"
    assert measures.channel_units("a.c3d", ("Burst", "Fz1"))(evidence) == "N, V"
    assert measures.deviation("a.c3d", "Hum")(evidence) == pytest.approx(0.5, rel=0.05)
    assert measures.deviations("a.c3d", ("Hum", "Burst"))(evidence) == "0.37..0.5"
    assert measures.least("a.c3d", ("Fz1",))(evidence) == 0
    assert measures.loaded("a.c3d", ("Fz1", "Hum"), 100)(evidence) == "Fz1"
    assert measures.loaded("a.c3d", ("Fz1",), 301)(evidence) == "none"


def test_cycles(evidence):
    assert measures.channel_peak("*", "a.c3d", "Burst", "r")(evidence) == pytest.approx(0.4, abs=0.05)
    assert measures.channel_peak("*", "a.c3d", "Burst", "r", (0.6, 1.0))(evidence) >= 0.6
    assert measures.modulation("*", "soleus_r")(evidence) == pytest.approx(0.8, abs=0.01)
    assert measures.swing("*", "knee_angle_r", 0)(evidence) == pytest.approx(0.73)
    assert measures.swing("*", "knee_angle_r", 2)(evidence) == pytest.approx(2.73)
