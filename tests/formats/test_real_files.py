"""What the data folder's README states about its files, file by file."""

from __future__ import annotations

import numpy as np
import pytest

from myoshift.formats import read_c3d, read_sto, read_trc

MOCO = "opensim-core-moco/OpenSim/Examples/Moco/example3DWalking"
TRACKING = "opensim-core-moco/Bindings/Java/Matlab/examples/Moco/exampleEMGTracking"


@pytest.mark.parametrize(
    ("file", "rows", "columns", "rate", "unit"),
    [
        ("ceinmsrt-lowerlimb/data/walk36/ik.sto", 6097, 23, 100, "deg"),
        ("ceinmsrt-lowerlimb/data/walk45/emgFilt.sto", 5904, 9, 100, ""),
        ("ceinmsrt-lowerlimb/data/run81/XLD.mot", 5838, 18, 100, "rad"),
        ("ceinmsrt-back/Sample data/squat5kg/emgFilt.sto", 25064, 9, 1000, ""),
        ("ceinmsrt-back/Sample data/squat15kg/emgFilt.sto", 25165, 9, 1000, ""),
        ("ceinmsrt-back/Sample data/stoop5kg/emgFilt.sto", 25676, 9, 1000, ""),
        ("ceinmsrt-back/Sample data/stoop15kg/emgFilt.sto", 25170, 9, 1000, ""),
        ("ceinmsrt-back/Sample data/squat5kg/ik.sto", 405, 39, 15, "rad"),
        ("stanford-matlabso/TestData/EMG_allMuscles.sto", 3028, 7, 50, ""),
        ("stanford-matlabso/TestData/results_ik.sto", 3028, 25, 50, "deg"),
        ("stanford-matlabso/TestData/walking_baseline1_forces.mot", 3028, 18, 50, "deg"),
        ("stanford-matlabso/TestData/results_SO/results_states.sto", 41, 210, 50, "rad"),
        ("kul-predictcpgait/OpenSimModel/subject1/IK/Gait/KS_Gait_average_r.mot", 100, 21, 96.5854, ""),
        (f"{MOCO}/electromyography.sto", 4780, 10, 2000, "rad"),
        (f"{MOCO}/coordinates.sto", 1350, 31, 1000, "rad"),
        (f"{TRACKING}/coordinates.mot", 238, 39, 100, "deg"),
        (f"{TRACKING}/emg.sto", 2341, 8, 2000, ""),
    ],
)
def test_tables(data_root, file, rows, columns, rate, unit):
    table = read_sto(data_root / file)
    assert table.values.shape == (rows, columns)
    assert table.rate == pytest.approx(rate, rel=1e-4)
    assert set(table.units) == {unit}
    assert not any(name != name.strip() for name in table.names)


@pytest.mark.parametrize(
    ("file", "code", "announced", "present"),
    [
        ("stanford-matlabso/TestData/walking_baseline1_forces.mot", "rows", 121120, 3028),
        ("ceinmsrt-back/Sample data/squat5kg/ik.sto", "rows", 406, 405),
        (f"{MOCO}/coordinates.sto", "columns", 40, 32),
    ],
)
def test_headers_that_lie(data_root, file, code, announced, present):
    messages = {flag.code: flag.message for flag in read_sto(data_root / file).flags}
    assert messages[code] == f"the header announces {announced} {code}, {present} are present and were used"


def test_only_these_tables_are_flagged(data_root):
    flagged = {
        (path.relative_to(data_root).parts[0], flag.code)
        for path in data_root.rglob("*")
        if path.suffix in (".sto", ".mot")
        for flag in read_sto(path).flags
    }
    assert flagged == {
        ("ceinmsrt-back", "irregular"),
        ("ceinmsrt-back", "rows"),
        ("opensim-core-moco", "columns"),
        ("stanford-matlabso", "rows"),
    }


def test_unix_time_keeps_its_milliseconds(data_root):
    table = read_sto(data_root / "ceinmsrt-back/Sample data/squat5kg/emgFilt.sto")
    assert table.time[0] == pytest.approx(1667316346.141090, abs=1e-6)
    assert table.time[-1] - table.time[0] == pytest.approx(26.93, abs=0.01)
    assert np.diff(table.time).max() < 0.0031


def test_beta_columns_are_in_the_other_unit(data_root):
    radians = read_sto(data_root / MOCO / "coordinates.sto")
    assert np.max(radians.column("/jointset/patellofemoral_r/knee_angle_r_beta/value")) == pytest.approx(
        72.2, abs=0.5
    )
    degrees = read_sto(data_root / TRACKING / "coordinates.mot")
    assert np.max(degrees.column("knee_angle_r_beta")) == pytest.approx(1.3, abs=0.1)


def test_marker_file(data_root):
    markers = read_trc(data_root / MOCO / "markers_walk.trc")
    assert markers.values.shape == (238, 41, 3)
    assert markers.rate == pytest.approx(100)
    assert 1 < np.nanmax(markers.values) < 5


def trials(root):
    return sorted((root / "mcgill-biomechzoo/data/sample_study/raw c3d files").rglob("*.c3d"))


def test_mcgill(data_root):
    paths = trials(data_root)
    assert len(paths) == 24
    for path in paths:
        c3d = read_c3d(path)
        assert (c3d.point_rate, c3d.analog_rate) == (100, 1000)
        assert len(c3d.points) == c3d.parameters["TRIAL"]["ACTUAL_END_FIELD"][0] - c3d.first_frame + 1
        assert all(f"{side}{joint}Angles" in c3d.point_names for side in "LR" for joint in ("Hip", "Knee", "Ankle"))
        emg = [f"Voltage.{side} {muscle}" for side in "LR" for muscle in ("Rect", "Hams", "Gast", "Tib Ant")]
        table = c3d.analog_table(emg)
        assert table.units == ("V",) * 8
        assert table.time[0] == c3d.start


STRIKES = {
    "HC002D": ((3, 3), (3, 3)),
    "HC030A": ((2, 2), (5, 5)),
    "HC031A": ((2, 2), (4, 4)),
    "HC032A": ((2, 2), (4, 3)),
    "HC033A": ((2, 2), (4, 5)),
    "HC036A": ((2, 2), (0, 0)),
    "HC038A": ((2, 3), (4, 3)),
    "HC039A": ((2, 2), (1, 0)),
    "HC040A": ((7, 5), (0, 0)),
    "HC044A": ((2, 2), (0, 0)),
    "HC050A": ((2, 2), (1, 0)),
    "HC055A": ((2, 2), (0, 0)),
}


def test_mcgill_foot_strikes(data_root):
    found = {}
    for path in trials(data_root):
        strikes = [event.side for event in read_c3d(path).events if event.name == "foot_strike"]
        found.setdefault(path.parts[-3], {})[path.parts[-2]] = (strikes.count("r"), strikes.count("l"))
    assert {person: (tasks["Straight"], tasks["Turn"]) for person, tasks in found.items()} == STRIKES


def test_first_frames_and_lengths(data_root):
    folder = data_root / "msk-modelling-python/example_data/running/Athlete1/session1"
    frames = {name: len(read_c3d(folder / f"{name}.c3d").points) for name in ("static_1", "walking_1", "sprint_1")}
    assert frames == {"static_1": 466, "walking_1": 541, "sprint_1": 157}
    assert read_c3d(folder / "walking_1.c3d").flags[0].message == "repeated analog labels: Voltage.not_used"
    task = read_c3d(data_root / "opensim-auto-cp/complex/experimental_data/task.c3d")
    assert task.start == pytest.approx(1.52)
    assert task.points.shape[:2] == (364, 332)
    right = [event.time for event in task.events if event.name == "foot_strike" and event.side == "r"]
    np.testing.assert_allclose(right, [2.13, 3.11, 4.09, 5.09], atol=0.006)


def test_a_dec_file_with_integers(data_root):
    c3d = read_c3d(data_root / "bmc-gait/data/Gait.c3d")
    assert c3d.points.shape == (487, 33, 3)
    seen = np.flatnonzero(np.isfinite(c3d.point("RKNE")[:, 0])) / c3d.point_rate
    assert seen[0] == pytest.approx(1.33, abs=0.1)
    assert "RKNE" in c3d.flags[0].message
    assert np.isfinite(c3d.analogs).all()
