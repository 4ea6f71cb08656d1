"""Joint angles out of every form that a lab has them in, and what is said of files that hold none."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import make_walk, write_walk
from formats.c3d_writer import c3d_bytes
from myoshift import formats
from myoshift.deploy.angles import read_angles, read_table
from myoshift.errors import DataFormatError, DataRefused, UnknownNameError
from myoshift.types import Table

JOINTS = {"hip_flexion": "Hip", "knee_angle": "Knee", "ankle_angle": "Ankle"}


def walk(rate=100.0, unit=""):
    made = make_walk(seed=7, rate=rate)
    values = made.motion.astype(float)
    names, time = made.motion_names, 2.0 + np.arange(len(values)) / rate
    return Table(values=values, names=names, units=(unit,) * len(names), rate=rate, time=time)


def plug_in_gait(path, labels=None, **point):
    """The walk as Plug-in Gait leaves it in a C3D file: degrees, flexion first."""
    given = walk()
    points = np.zeros((len(given.time), len(given.names), 3))
    points[:, :, 0] = np.degrees(given.values)
    own = [f"{n[-1].upper()}{JOINTS[n[:-2]]}Angles" for n in given.names]
    path.write_bytes(c3d_bytes(points, POINT={"LABELS": labels or own, **point}))
    return path


def test_text_and_parquet_are_what_the_opensim_file_is(tmp_path):
    formats.write_csv(tmp_path / "walk.csv", walk())
    formats.write_parquet(tmp_path / "walk.parquet", walk(unit="rad"), {})
    (tmp_path / "walk.tsv").write_text((tmp_path / "walk.csv").read_text().replace(",", "\t"))
    write_walk(tmp_path / "walk.mot", degrees=False)
    expected, _ = read_angles(tmp_path / "walk.mot", "rajagopal")
    for name in ("walk.csv", "walk.tsv", "walk.parquet"):
        found, convention = read_angles(tmp_path / name, "rajagopal", "rad")
        np.testing.assert_allclose(found.values, expected.values)
        assert (found.names, found.units, convention) == (expected.names, expected.units, "rajagopal")


def test_angles_of_plug_in_gait_say_their_convention(tmp_path):
    found, convention = read_angles(plug_in_gait(tmp_path / "a.c3d", ANGLE_UNITS=["deg"]), "rajagopal")
    assert convention == "plug_in_gait"
    assert set(found.units) == {"deg"}
    np.testing.assert_allclose(found.values, np.degrees(walk().values), atol=1e-3)
    assert [flag.code for flag in found.flags] == ["plug_in_gait"]


@pytest.mark.parametrize(
    ("make", "error", "why"),
    [
        (lambda p: plug_in_gait(p, [f"M{k}" for k in range(6)]), DataRefused, "no angles of Plug-in Gait.*import"),
        (plug_in_gait, DataRefused, "whether angles are degrees or radians.*--angle-unit"),
        (lambda p: formats.write_csv(p, walk()), DataRefused, "whether angles are degrees or radians.*--angle-unit"),
        (lambda p: p.write_bytes(b"\x93NUMPY\x01\x00"), DataFormatError, "not a table.*npy file.*myoshift import"),
        (lambda p: p.write_text("PathFileType\t4\t(X/Y/Z)\ta.trc\n"), DataFormatError, "trc file.*myoshift import"),
        (
            lambda p: p.write_text("t,knee_angle_r\n0,1\n1,2\n"),
            DataFormatError,
            "call the column that holds seconds time",
        ),
        (lambda p: p.write_text("time,a\n0,1\n1,2\n2,3\n"), DataRefused, "no column is a joint angle that is known"),
    ],
    ids=["markers", "c3d without unit", "csv without unit", "array", "trc", "no time", "no angle"],
)
def test_what_holds_no_angles_is_refused_with_what_to_do(tmp_path, make, error, why):
    path = tmp_path / "given"
    make(path)
    with pytest.raises(error, match=rf"(?s)given.*{why}"):
        read_angles(path, "rajagopal")


def test_names_of_another_convention_name_it(tmp_path):
    path = tmp_path / "walk.csv"
    formats.write_csv(path, Table(**{**vars(walk()), "names": tuple(f"RHipAngles:{k}" for k in range(6))}))
    with pytest.raises(DataRefused, match="say --convention plug_in_gait"):
        read_angles(path, "rajagopal", "deg")
    with pytest.raises(UnknownNameError, match="convention 'rajagopol'"):
        read_angles(path, "rajagopol", "deg")


def test_milliseconds_are_no_seconds(tmp_path):
    given = walk()
    formats.write_csv(tmp_path / "a.csv", Table(**{**vars(given), "time": 1000 * given.time, "rate": 0.1}))
    with pytest.raises(DataRefused, match=r"too few frames a second.*0\.1 Hz.*milliseconds"):
        read_angles(tmp_path / "a.csv", "rajagopal", "rad")


def test_rows_with_empty_cells_are_left_out_and_counted(tmp_path):
    formats.write_csv(tmp_path / "a.csv", walk())
    lines = (tmp_path / "a.csv").read_text().splitlines()
    lines[5] = lines[5].partition(",")[0] + ",,,,,,"
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    table, _ = read_angles(tmp_path / "a.csv", "rajagopal", "rad")
    assert len(table.time) == len(walk().time) - 1
    assert "short_rows" in [flag.code for flag in table.flags]
    with pytest.raises(DataFormatError, match="ragged"):
        read_table(tmp_path / "a.csv", "rad")


def test_a_table_need_not_hold_angles(tmp_path):
    (tmp_path / "emg.csv").write_text("time,soleus_r\n0,1\n0.01,2\n")
    assert read_table(tmp_path / "emg.csv").names == ("soleus_r",)


def test_a_real_file_of_plug_in_gait(data_root):
    path = data_root / "mcgill-biomechzoo/data/sample_study/raw c3d files/HC039A/Straight/HC039A17.c3d"
    table, convention = read_angles(path, "rajagopal")
    assert (len(table.names), convention) == (6, "plug_in_gait")
    assert 40 < np.nanmax(table.column("RKneeAngles")) < 80
