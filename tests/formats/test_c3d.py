from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.c3d_writer import c3d_bytes
from formats.mutants import mutants
from myoshift.errors import DataFormatError, DataRefused, UnknownNameError
from myoshift.formats import read_c3d
from myoshift.types import Event

RANDOM = np.random.default_rng(3)
POINTS = np.round(RANDOM.uniform(-300, 300, (6, 4, 3)), 2)
ANALOGS = RANDOM.integers(-2000, 2000, (60, 3)).astype(float)


@pytest.fixture
def load(tmp_path):
    def write_and_read(*args, **kwargs):
        path = tmp_path / "trial.c3d"
        path.write_bytes(c3d_bytes(*args, **kwargs))
        return read_c3d(path)

    return write_and_read


@given(
    frames=st.integers(1, 9),
    points=st.integers(0, 5),
    channels=st.integers(0, 4),
    subframes=st.integers(1, 7),
    real=st.booleans(),
    processor=st.sampled_from(["intel", "dec", "mips"]),
    first=st.integers(1, 60000),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_reads_what_was_written(tmp_path_factory, frames, points, channels, subframes, real, processor, first, seed):
    if not points and not channels:
        channels = 1
    subframes = subframes if channels else 1
    random = np.random.default_rng(seed)
    where = np.round(random.uniform(-300, 300, (frames, points, 3)), 2)
    where[random.random((frames, points)) < 0.2] = np.nan
    volts = random.integers(-2000, 2000, (frames * subframes, channels)).astype(float)
    path = tmp_path_factory.mktemp("c3d") / "trial.c3d"
    path.write_bytes(c3d_bytes(where, volts, real=real, processor=processor, subframes=subframes, first_frame=first))
    c3d = read_c3d(path)
    np.testing.assert_allclose(c3d.points, where, atol=1e-4)
    np.testing.assert_array_equal(c3d.analogs, volts)
    assert c3d.first_frame == first
    assert (c3d.point_rate, c3d.analog_rate) == (100, 100 * subframes)
    assert c3d.flags == ()


def test_labels_continue_beyond_255(load):
    points = np.zeros((2, 300, 3))
    names = [f"M{i}" for i in range(300)]
    c3d = load(points, POINT={"LABELS": names[:255], "LABELS2": names[255:]})
    assert c3d.point_names == tuple(names)


def test_missing_labels_get_a_number_and_a_flag(load):
    c3d = load(POINTS, ANALOGS, POINT={"LABELS": ["HEEL", ""]})
    assert c3d.point_names == ("HEEL", "point_2", "point_3", "point_4")
    assert [flag.code for flag in c3d.flags] == ["labels"]


def test_events_are_sorted_and_sided(load):
    c3d = load(
        POINTS,
        EVENT={
            "USED": np.int16(3),
            "LABELS": ["Foot Strike", "Foot Off", "Foot Strike"],
            "CONTEXTS": ["Right", "Left", "General"],
            "TIMES": np.array([[1, 0, 0], [2.5, 0.75, 0.25]], np.float32),
        },
    )
    assert c3d.events == (
        Event("foot_strike", 0.25, None),
        Event("foot_off", 0.75, "l"),
        Event("foot_strike", 62.5, "r"),
    )


def test_only_used_events_are_read(load):
    c3d = load(
        POINTS, EVENT={"USED": np.int16(1), "LABELS": ["A", "B"], "TIMES": np.array([[0, 0], [1, 2]], np.float32)}
    )
    assert [event.time for event in c3d.events] == [1]


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.float32])
def test_offset_of_any_numeric_type(load, kind):
    c3d = load(
        POINTS,
        ANALOGS,
        ANALOG={"OFFSET": np.array([0, 7, 100], kind), "SCALE": np.array([1, 0.5, 2], np.float32)},
    )
    np.testing.assert_allclose(c3d.analogs, (ANALOGS - [0, 7, 100]) * [1, 0.5, 2])


def test_general_scale(load):
    np.testing.assert_allclose(load(POINTS, ANALOGS, ANALOG={"GEN_SCALE": np.float32(0.25)}).analogs, ANALOGS / 4)


def test_unsigned_samples(load):
    raw = np.array([[0.0], [40000.0], [65535.0]])
    c3d = load(
        None,
        raw,
        subframes=1,
        real=False,
        ANALOG={"FORMAT": ["UNSIGNED"], "OFFSET": np.array([32768], np.uint16).view(np.int16)},
    )
    np.testing.assert_array_equal(c3d.analogs[:, 0], raw[:, 0] - 32768)


def test_analogs_without_points_keep_every_subframe(load):
    c3d = load(None, ANALOGS)
    assert c3d.points.shape == (6, 0, 3)
    np.testing.assert_array_equal(c3d.analogs, ANALOGS)
    assert c3d.analog_rate == 1000


def test_repeated_labels(load):
    c3d = load(POINTS, ANALOGS, POINT={"LABELS": ["KNE", "ANK", "KNE", "KNE"]}, ANALOG={"LABELS": ["x", "x", "y"]})
    np.testing.assert_allclose(c3d.point("KNE"), POINTS[:, 0], atol=1e-4)
    assert c3d.markers().names == ("KNE", "ANK", "KNE#2", "KNE#3")
    assert c3d.analog_table().names == ("x", "x#2", "y")
    assert [flag.message for flag in c3d.flags] == ["repeated point labels: KNE", "repeated analog labels: x"]


def test_analog_table_starts_with_the_first_frame(load):
    table = load(POINTS, ANALOGS, first_frame=152).analog_table(["A2", "A0"])
    assert table.names == ("A2", "A0")
    assert table.units == ("V", "V")
    assert table.time[0] == pytest.approx(1.51)
    np.testing.assert_array_equal(table.values, ANALOGS[:, [2, 0]])


def test_unknown_channel_names_the_nearest(load):
    with pytest.raises(UnknownNameError, match=r"'A9'.*A2"):
        load(POINTS, ANALOGS).analog_table(["A9"])
    with pytest.raises(UnknownNameError, match=r"'Q1'.*P1"):
        load(POINTS).point("Q1")


@pytest.mark.parametrize(("unit", "metres"), [("m", 1), ("cm", 0.01), ("mm", 0.001)])
def test_markers_are_metres(load, unit, metres):
    markers = load(POINTS, POINT={"UNITS": [unit]}).markers()
    np.testing.assert_allclose(markers.values, POINTS * metres, atol=1e-4)
    assert markers.rate == 100


def test_more_than_65535_frames(load):
    points = np.zeros((70000, 1, 3))
    points[:, 0, 0] = np.arange(70000) % 300
    c3d = load(
        points,
        real=False,
        POINT={"FRAMES": np.uint16(65535)},
        TRIAL={"ACTUAL_START_FIELD": np.array([1, 0], np.uint16), "ACTUAL_END_FIELD": np.array([4464, 1], np.uint16)},
    )
    assert len(c3d.points) == 70000
    assert c3d.flags == ()


def test_parameters_keep_texts_and_numbers(load):
    c3d = load(POINTS, PROCESSING={"Bodymass": np.float32(32.1), "Names": ["a", "bc"], "One": "text"})
    assert c3d.parameters["PROCESSING"] == {
        "Bodymass": pytest.approx(32.1),
        "Names": ("a", "bc"),
        "One": "text",
    }


@pytest.mark.parametrize("points", [POINTS, None])
def test_nothing_that_is_handed_out_looks_into_the_file(load, points):
    c3d = load(points, ANALOGS, OWN={"VALUES": np.arange(3, dtype=np.int16)})
    for array in (c3d.points, c3d.analogs, c3d.parameters["OWN"]["VALUES"], c3d.parameters["ANALOG"]["SCALE"]):
        while isinstance(array.base, np.ndarray):
            array = array.base
        assert array.base is None


# --- header against parameters -------------------------------------------------------------------------------------


def test_bad_08_parameters_win_over_the_header(load):
    c3d = load(POINTS, header={"points": 5})
    assert c3d.points.shape[1] == 4
    assert c3d.flags[0].message == "points: 5 in the header, 4 in the parameters (used)"


def test_bad_08_unread_rest_is_flagged(tmp_path):
    path = tmp_path / "long.c3d"
    path.write_bytes(c3d_bytes(POINTS) + bytes(600))
    assert [flag.code for flag in read_c3d(path).flags] == ["size"]


@pytest.mark.parametrize(
    ("changes", "tokens"),
    [
        ({"header": {"last": 3000}, "POINT": {"FRAMES": np.int16(3000)}}, ["truncated", "bytes promised", "present"]),
        ({"POINT": {"USED": np.int16(-1)}}, ["truncated", "65535", "bytes present"]),
        ({"header": {"first": 9, "last": 3}, "POINT": {"FRAMES": None}}, ["holds no data", "-5 frames"]),
        ({"POINT": {"SCALE": np.float32(0)}}, ["scale", "POINT:SCALE"]),
        ({"POINT": {"SCALE": np.float32(np.nan)}}, ["scale", "nan"]),
        ({"POINT": {"SCALE": np.float32(0.1)}}, ["contradicts itself", "-0.01", "0.1"]),
        ({"ANALOG": {"SCALE": np.array([1, 0, 1], np.float32)}}, ["ANALOG:SCALE", "channel 2", "scale 0"]),
        ({"ANALOG": {"SCALE": np.ones(2, np.float32)}}, ["ANALOG:SCALE", "2 for 3 channels"]),
        ({"POINT": {"RATE": np.float32(0)}, "header": {"rate": 0}}, ["no sampling rate", "0 Hz", "POINT:RATE"]),
        ({"POINT": {"RATE": np.float32(np.nan)}, "header": {"rate": np.nan}}, ["no sampling rate", "nan Hz"]),
        ({"ANALOG": {"RATE": np.float32(1200)}}, ["declared 1200 Hz", "1000 Hz", "ANALOG:RATE"]),
        ({"header": {"parameter_block": 9}}, ["truncated", "parameter section"]),
    ],
)
def test_contradictions_are_refused(tmp_path, changes, tokens):
    path = tmp_path / "bad.c3d"
    path.write_bytes(c3d_bytes(POINTS, ANALOGS, **changes))
    with pytest.raises(DataFormatError) as caught:
        read_c3d(path)
    for token in [str(path), *tokens]:
        assert token in str(caught.value)


def test_samples_of_no_channel_are_not_counted(load):
    c3d = load(POINTS, header={"subframes": 32767})
    assert c3d.analogs.shape == (6, 0)
    assert (c3d.analog_rate, c3d.flags) == (100, ())


def test_a_file_of_another_processor_is_refused_for_its_rate(tmp_path):
    raw = bytearray(c3d_bytes(POINTS))
    raw[515] = 85
    path = tmp_path / "vax.c3d"
    path.write_bytes(raw)
    with pytest.raises(DataFormatError, match=r"vax\.c3d, POINT:RATE: no sampling rate.*e-42 Hz"):
        read_c3d(path)


def test_bad_24_unit_absent(load):
    c3d = load(POINTS, ANALOGS, POINT={"UNITS": None}, ANALOG={"UNITS": None})
    assert c3d.analog_units == ("", "", "")
    with pytest.raises(DataFormatError, match=r"POINT:UNITS.*accepted: m, dm, cm, mm"):
        c3d.markers()


def test_bad_02_cut_inside_the_header(tmp_path):
    path = tmp_path / "cut.c3d"
    path.write_bytes(c3d_bytes(POINTS)[:100])
    with pytest.raises(DataFormatError, match=r"cut\.c3d.*truncated.*100 bytes present"):
        read_c3d(path)


def test_damaged_event_counts_do_no_harm(load):
    events = {"LABELS": ["A"], "TIMES": np.array([[0], [1]], np.float32)}
    assert len(load(POINTS, EVENT=events | {"USED": "many"}).events) == 1
    assert load(POINTS, EVENT=events | {"USED": np.int16(0)}).events == ()


# --- damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("real", [True, False])
def test_damaged_files_are_refused_or_flagged(tmp_path, real):
    raw = c3d_bytes(POINTS, ANALOGS, real=real, EVENT={"LABELS": ["Foot Strike"], "TIMES": np.zeros((2, 1), "f4")})
    path = tmp_path / "damaged.c3d"
    refused = []
    for mutant in mutants(raw, 200, seed=7, header=1500):
        path.write_bytes(mutant)
        try:
            c3d = read_c3d(path)
        except DataRefused as error:
            refused.append(str(error))
            continue
        same = c3d.points.shape == (6, 4, 3) and c3d.analogs.shape == (60, 3)
        same = same and (c3d.point_rate, c3d.analog_rate, c3d.first_frame) == pytest.approx((100, 1000, 1), 1e-3)
        assert same or c3d.flags
    assert len(refused) > 50
    assert all(str(path) in message for message in refused)
