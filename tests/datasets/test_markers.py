"""Motion from markers, of a body that bends as it is told and of people whose angles are known."""

from __future__ import annotations

import numpy as np
import pytest

from anatomy.walker import bent, markers
from myoshift import anatomy, formats
from myoshift.datasets.markers import arm_from_markers, from_markers
from myoshift.errors import DataRefused

TIME = np.arange(300) / 100
PHASE = 2 * np.pi * TIME
HIP, KNEE, ANKLE = 12 + 22 * np.cos(PHASE), 30 - 28 * np.cos(PHASE + 1.5), 10 * np.sin(PHASE)
NAMES, BODY = bent((HIP, KNEE, ANKLE))
FORWARDS = TIME[:, None, None] * [1.2, 0, 0]


def walk(values=BODY + FORWARDS, **options):
    return from_markers(markers(NAMES, values), anatomy.PLUG_IN_GAIT, **options)


def test_angles_units_and_what_was_assumed():
    found = walk()
    assert found.motion.units == ("rad",) * 6
    assert set(found.motion.names) <= set(anatomy.COORDINATES)
    np.testing.assert_allclose(np.degrees(found.motion.column("knee_angle_l")), KNEE, atol=1e-6)
    (said,) = found.flags
    assert "Harrington 2007" in said.message
    assert "line from heel to toe" in said.message


def test_a_standing_trial_levels_the_sole():
    raised = BODY.copy()
    raised[:, NAMES.index("RTOE"), 1] += 0.03
    standing = bent((np.zeros(9), np.zeros(9), np.zeros(9)))[1]
    standing[:, NAMES.index("RTOE"), 1] += 0.03
    free, level = walk(raised), walk(raised, standing=markers(NAMES, standing))
    bias = np.degrees(free.motion.column("ankle_angle_r") - level.motion.column("ankle_angle_r"))
    np.testing.assert_allclose(bias, np.degrees(np.arctan2(0.03, 0.2)), atol=1e-9)
    assert "standing" in level.flags[0].message


def test_short_gaps_are_bridged_and_said_long_ones_stay():
    gaps = BODY + FORWARDS
    gaps[50:58, NAMES.index("RKNE")] = np.nan
    gaps[100:130, NAMES.index("LKNE")] = np.nan
    found = walk(gaps)
    np.testing.assert_allclose(np.degrees(found.motion.column("knee_angle_r")), KNEE, atol=0.5)
    assert np.isnan(found.motion.column("knee_angle_l")[100:130]).all()
    assert np.isfinite(found.motion.column("ankle_angle_r")).all()
    (said,) = [flag for flag in found.flags if flag.code == "bridged"]
    assert said.where == "RKNE 8"


def test_strikes_of_both_feet_and_walking_backwards():
    assert {event.side for event in walk().strikes} == {"r", "l"}
    assert [event.name for event in walk().strikes] == ["foot_strike"] * len(walk().strikes)
    assert "backwards" not in [flag.code for flag in walk().flags]
    assert "backwards" in [flag.code for flag in walk(BODY - FORWARDS).flags]


def test_missing_markers_are_named():
    with pytest.raises(DataRefused, match=r"walk\.c3d: markers are missing.*R\.Knee, L\.Knee"):
        from_markers(markers(NAMES, BODY), anatomy.MarkerSet(knee="{}.Knee"), where="walk.c3d")


JOINTS = {"Hip": "hip_flexion", "Knee": "knee_angle", "Ankle": "ankle_angle"}
MOCO = anatomy.MarkerSet(
    asis="{}.ASIS", psis="{}.PSIS", knee="{}.Knee", ankle="{}.Ankle", heel="{}.Heel", toe="{}.Toe"
)


def differences(found, reference):
    """(r, RMS in deg, RMS without offset) of each column (name -> deg) that both have."""
    out = []
    for name, known in reference.items():
        ours = np.degrees(found.motion.column(name))
        there = np.isfinite(ours) & np.isfinite(known)
        error = (ours - known)[there]
        out.append((np.corrcoef(ours[there], known[there])[0, 1], np.sqrt((error**2).mean()), error.std()))
    return np.array(out)


def plug_in(c3d, prefix, joint):
    return {f"{JOINTS[joint]}_{side.lower()}": c3d.point(f"{side}{prefix}{joint}Angles")[:, 0] for side in "RL"}


@pytest.fixture(scope="module")
def mcgill(data_root):
    files = sorted((data_root / "mcgill-biomechzoo").rglob("*.c3d"))
    assert len(files) == 24
    found = []
    for file in files:
        c3d = formats.read_c3d(file)
        found.append((c3d, from_markers(c3d.markers(), anatomy.MarkerSet(psis="SACR"))))
    return found


@pytest.fixture(scope="module")
def palsy(data_root):
    task, static = (
        formats.read_c3d(data_root / f"opensim-auto-cp/complex/experimental_data/{name}.c3d")
        for name in ("task", "static")
    )
    return task, from_markers(task.markers(), anatomy.PLUG_IN_GAIT, standing=static.markers())


@pytest.mark.parametrize(
    ("joint", "r", "rms", "shape"), [("Hip", 0.99, 3, 2.0), ("Knee", 0.98, 4, 2.5), ("Ankle", 0.90, 9, 2.0)]
)
def test_mcgill_angles_are_those_of_plug_in_gait(mcgill, joint, r, rms, shape):
    found = np.concatenate([differences(ours, plug_in(c3d, "", joint)) for c3d, ours in mcgill])
    assert found[:, 0].min() > r
    assert np.median(found[:, 1]) < rms
    assert np.median(found[:, 2]) < shape


@pytest.mark.parametrize(
    ("joint", "r", "rms", "shape"), [("Hip", 0.99, 4, 2), ("Knee", 0.99, 9, 4), ("Ankle", 0.97, 5, 1.5)]
)
def test_cerebral_palsy_angles_are_those_of_vicon(palsy, joint, r, rms, shape):
    found = differences(palsy[1], plug_in(palsy[0], "Vicon", joint))
    assert found[:, 0].min() > r
    assert found[:, 1].max() < rms
    assert found[:, 2].max() < shape


@pytest.mark.parametrize(
    ("coordinate", "r", "rms", "shape"),
    [("hip_flexion", 0.99, 7, 1.5), ("knee_angle", 0.99, 7, 1.5), ("ankle_angle", 0.94, 8, 3.5)],
)
def test_moco_angles_are_those_of_inverse_kinematics(data_root, coordinate, r, rms, shape):
    files = {path.name: path for path in (data_root / "opensim-core-moco").rglob("*") if path.is_file()}
    ours = from_markers(formats.read_trc(files["markers_walk.trc"]), MOCO)
    table = formats.read_sto(files["coordinates.mot"])
    found = differences(ours, {f"{coordinate}_{side}": table.column(f"{coordinate}_{side}") for side in "rl"})
    assert found[:, 0].min() > r
    assert found[:, 1].max() < rms
    assert found[:, 2].max() < shape


def test_strikes_are_where_the_events_say(mcgill, palsy):
    late, stated, invented = [], 0, 0
    for c3d, ours in [*mcgill, palsy]:
        shift = 1 / c3d.point_rate if c3d.first_frame != palsy[0].first_frame else 0.0
        for side in "rl":
            known = [e.time - shift for e in c3d.events if (e.name, e.side) == ("foot_strike", side)]
            found = np.array([e.time for e in ours.strikes if e.side == side])
            stated += len(known)
            nearest = [float(min(found - time, key=abs, default=9.0)) for time in known]
            late += [each for each in nearest if abs(each) < 0.1]
            inside = [time for time in found if known and known[0] - 0.1 < time < known[-1] + 0.1]
            invented += sum(min(abs(time - each) for each in known) > 0.1 for time in inside)
    assert stated == 116
    assert len(late) >= 105
    assert invented == 0
    assert abs(np.mean(late)) < 0.003
    assert np.std(late) < 0.017


ARM = anatomy.ArmMarkers(
    notch="STER", xiphoid="XIPH", upper_spine="T1", lower_spine="T10",
    shoulder="ACR", elbow=("EPL", "EPM"), wrist="WRI", side="r",
)  # fmt: skip


def test_an_arm_from_markers():
    still = {"STER": [0.06, 0, 0], "XIPH": [0.1, -0.2, 0], "T1": [-0.06, 0.02, 0], "T10": [-0.1, -0.22, 0],
             "ACR": [0, 0, 0.2], "EPL": [0, -0.3, 0.3], "EPM": [0, -0.3, 0.1], "WRI": [0.2, -0.3, 0.2]}  # fmt: skip
    values = np.tile(np.array(list(still.values()))[None], (40, 1, 1)).astype(float)
    values[10:14, 5] = np.nan
    found = arm_from_markers(markers(tuple(still), values), ARM)
    assert found.motion.names == ("arm_flex_r", "arm_add_r", "elbow_flex_r")
    np.testing.assert_allclose(np.degrees(found.motion.values), [[0, 0, 90]] * 40, atol=1e-6)
    np.testing.assert_allclose(np.degrees(found.motion.column("elbow_flex_r")), 90, atol=1e-6)
    assert found.strikes == ()
    assert [flag.where for flag in found.flags if flag.code == "bridged"] == ["EPL 4"]
    with pytest.raises(DataRefused, match=r"not in the file: WRI; .*ArmMarkers"):
        arm_from_markers(markers(tuple(still)[:-1], values[:, :-1]), ARM)
