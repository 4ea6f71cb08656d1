"""Agreement is told as it was put in."""

from __future__ import annotations

import numpy as np
import pytest

from anatomy.walker import bent, laboratory
from formats.c3d_writer import c3d_bytes
from myoshift import anatomy
from myoshift.datasets import marker_measures as measures
from myoshift.datasets.base import DatasetInfo, table
from myoshift.datasets.evidence import Evidence
from myoshift.types import Event, SourceFile, Subject

TIME = np.arange(400) / 100
PHASE = 2 * np.pi * TIME
HIP, KNEE, ANKLE = 12 + 22 * np.cos(PHASE), 30 - 28 * np.cos(PHASE + 1.5), 10 * np.sin(PHASE)
NAMES, BODY = bent((HIP, KNEE, ANKLE))
STRIKES = (0.95, 1.95, 2.95)


class Walk:
    """A trial in view of markers, whose events are stated late."""

    info = DatasetInfo(
        name="walk", institution="lab", people=1, trials=1, motion_rates=(100.0,), emg_rates=(),
        tasks=("walk",), licence="none", citation="none",
    )  # fmt: skip

    def trials(self, root):
        yield self.info.trial(
            name="t",
            subject=Subject(id="s"),
            task="walk",
            motion=table(HIP[:, None], ("hip_flexion_r",), "deg", 100.0),
            events=tuple(Event("foot_strike", t, "r") for t in STRIKES),
            sources=(SourceFile("walk/a.c3d", "0" * 64),),
        )


@pytest.fixture
def evidence(tmp_path):
    stated = np.zeros((400, 6, 3))
    for k, joint in enumerate((HIP + 4, KNEE, -ANKLE)):
        stated[:, [k, k + 3], 0] = joint[:, None]
    points = np.concatenate([1000 * laboratory(BODY + TIME[:, None, None] * [1.2, 0, 0], "z"), stated], axis=1)
    angles = [f"{side}{joint}Angles" for side in "RL" for joint in ("Hip", "Knee", "Ankle")]
    (tmp_path / "walk").mkdir()
    (tmp_path / "walk" / "a.c3d").write_bytes(c3d_bytes(points, POINT={"LABELS": [*NAMES, *angles]}))
    return Evidence(Walk(), tmp_path)


def test_an_offset_and_a_turned_sign_are_told(evidence):
    pairs = measures.plug_in_gait(["a.c3d"], anatomy.PLUG_IN_GAIT)
    hip, knee, ankle = (measures.agreement(pairs, name)(evidence) for name in measures.JOINTS)
    assert hip == "r 1.000 (least 1.000), RMS 4.0, without offset 0.0"
    assert knee == "r 1.000 (least 1.000), RMS 0.0, without offset 0.0"
    assert ankle.startswith("r -1.000")


def test_strikes_that_are_found_late_or_not_at_all(evidence):
    def late(evidence, trial, side):
        return np.array([0.99, 1.4, 2.99])

    assert measures.landings(late)(evidence) == "2 of 3, 1 more; 40 ms late, SD 0"
    heel = measures.landings(measures.by_heel(anatomy.PLUG_IN_GAIT))(evidence)
    assert heel.startswith("3 of 3, 0 more")
    assert measures.landings(measures.by_hip)(evidence) == "none of 3"
    (trial,) = evidence.all
    np.testing.assert_allclose(measures.by_hip(evidence, trial, "r"), [0.07, 1.07, 2.07, 3.07], atol=0.02)
