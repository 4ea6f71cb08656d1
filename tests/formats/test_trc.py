from __future__ import annotations

import numpy as np
import pytest

from formats.mutants import mutants
from myoshift.errors import DataFormatError, DataRefused
from myoshift.formats import read_trc

KEYS = "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"


def trc(points, *, names=None, unit="mm", rate=100.0, frames=None, markers=None, blank=True, edit=lambda rows: rows):
    frames_, count, _ = points.shape
    names = names or [f"M{i}" for i in range(count)]
    frames = frames or frames_
    head = [
        "PathFileType\t4\t(X/Y/Z)\tname.trc",
        KEYS,
        f"{rate}\t{rate}\t{frames}\t{markers or count}\t{unit}\t{rate}\t1\t{frames}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i + 1}" for i in range(count) for axis in "XYZ"),
    ]
    rows = [
        f"{k + 1}\t{k / 100:.5f}\t" + "\t".join("" if np.isnan(v) else repr(float(v)) for v in points[k].ravel())
        for k in range(frames_)
    ]
    return "\n".join([*head, *([""] if blank else []), *edit(rows)]) + "\n"


@pytest.fixture
def points():
    return np.random.default_rng(1).uniform(-900, 1800, (6, 3, 3)).round(3)


@pytest.fixture
def load(tmp_path):
    def write_and_read(content, **options):
        path = tmp_path / "markers.trc"
        path.write_bytes(content.encode())
        return read_trc(path, **options)

    return write_and_read


@pytest.mark.parametrize("blank", [True, False])
@pytest.mark.parametrize(("unit", "metres"), [("mm", 1e-3), ("cm", 1e-2), ("m", 1)])
def test_markers_are_metres(load, points, blank, unit, metres):
    found = load(trc(points, blank=blank, unit=unit))
    np.testing.assert_allclose(found.values, points * metres)
    assert found.names == ("M0", "M1", "M2")
    assert found.rate == pytest.approx(100)
    assert found.flags == ()


def test_empty_cells_are_missing_markers(load, points):
    points[1, 0] = np.nan
    points[2, 2] = np.nan
    points[3] = np.nan
    np.testing.assert_allclose(load(trc(points)).values, points / 1000)


def test_a_closing_tab_is_no_marker(load, points):
    points[1, 0] = np.nan
    found = load(trc(points, edit=lambda rows: [row + "\t" for row in rows]))
    np.testing.assert_allclose(found.values, points / 1000)


def test_windows_line_ends(load, points):
    points[1, 2] = np.nan
    np.testing.assert_allclose(load(trc(points).replace("\n", "\r\n")).values, points / 1000)


def test_bad_24_unit_absent(load, points):
    with pytest.raises(DataFormatError, match=r"markers\.trc, Units: no unit.*accepted: m, dm, cm, mm.*unit='mm'"):
        load(trc(points, unit=""))
    np.testing.assert_allclose(load(trc(points, unit=""), unit="mm").values, points / 1000)


def test_bad_08_lying_frame_count_is_flagged(load, points):
    assert load(trc(points, frames=238)).flags[0].message == (
        "the header announces 238 rows, 6 are present and were used"
    )


@pytest.mark.parametrize(
    ("changes", "tokens"),
    [
        pytest.param({"markers": 4}, ["NumMarkers", "4 announced, 3 labels"], id="markers"),
        pytest.param({"unit": "furlong"}, ["Units", "'furlong'"], id="unit"),
        pytest.param({"rate": 120.0}, ["declared 120 Hz", "measured 100 Hz"], id="bad_17"),
        pytest.param({"rate": 0.0}, ["impossible", "0 Hz"], id="bad_17-zero"),
        pytest.param({"names": ["A", "B", "A"]}, ["duplicate", "'A': [1, 3]"], id="bad_12"),
        pytest.param({"edit": lambda rows: rows[::-1]}, ["does not increase", "row 2"], id="bad_18"),
        pytest.param({"edit": lambda rows: [*rows, "7\t0.06\t1"]}, ["truncated", "line 13", "3 cells"], id="bad_02"),
        pytest.param({"edit": lambda rows: [rows[0] + "\t1", *rows[1:]]}, ["ragged", "line 7"], id="bad_09"),
        pytest.param(
            {"edit": lambda rows: [rows[0], *(r.replace(".", ",") for r in rows[1:])]},
            ["decimal", "line 8"],
            id="bad_10",
        ),
        pytest.param({"edit": lambda rows: []}, ["no rows"], id="no-rows"),
    ],
)
def test_bad_markers_are_refused(load, points, tmp_path, changes, tokens):
    with pytest.raises(DataFormatError) as caught:
        load(trc(points, **changes))
    for token in [str(tmp_path / "markers.trc"), *tokens]:
        assert token in str(caught.value)


def test_a_header_cut_short(load):
    with pytest.raises(DataFormatError, match="header is truncated"):
        load("PathFileType 4\nDataRate\n")


def test_damaged_files_are_refused_or_flagged(tmp_path):
    path = tmp_path / "damaged.trc"
    raw = trc(np.random.default_rng(2).uniform(0, 900, (30, 2, 3)).round(2)).encode()
    refused = []
    for mutant in mutants(raw, 200, seed=3, header=250):
        path.write_bytes(mutant)
        try:
            found = read_trc(path)
        except DataRefused as error:
            refused.append(str(error))
            continue
        same = found.values.shape == (30, 2, 3) and found.rate == pytest.approx(100, rel=1e-3)
        assert same or found.flags
    assert len(refused) > 50
    assert all(str(path) in message for message in refused)
