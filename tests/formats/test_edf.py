from __future__ import annotations

import warnings
from datetime import datetime

import numpy as np
import pytest

from formats.mutants import mutants
from miniatures.edf import Remarks, edf_bytes, signal, tal
from myoshift.errors import DataFormatError, UnknownNameError
from myoshift.formats import read_edf
from myoshift.formats.edf_header import read_header

WIDTHS = pytest.mark.parametrize("width", [2, 3], ids=["edf", "bdf"])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "recording.edf"


def write(path, signals, /, **options):
    path.write_bytes(edf_bytes(signals, **options))
    return path


def codes(found):
    return [flag.code for flag in found.flags]


@WIDTHS
def test_values_rates_units_and_header(path, width):
    emg = [signal(k, width=width) for k in range(2)]
    slow = signal(7, width=width, samples=10, unit="g", physical=("-8", "8"), prefilter="")
    found = read_edf(write(path, [emg[0], slow, emg[1]], width=width, duration="0.05"))
    assert [(table.names, table.rate) for table in found.tables] == [(("EMG0", "EMG1"), 2000.0), (("EMG7",), 200.0)]
    assert [table.units for table in found.tables] == [("uV", "uV"), ("g",)]
    np.testing.assert_allclose(found.select(["EMG1"]).values[:, 0], emg[1].values, rtol=1e-12)
    np.testing.assert_allclose(found.select(["EMG7"]).values[:, 0], slow.values, rtol=1e-12)
    np.testing.assert_allclose(found.tables[1].time, np.arange(40) / 200)
    assert found.start == datetime(2021, 3, 2, 12, 30, 5)
    assert found.prefilters == {"EMG0": "HP:10Hz LP:500Hz", "EMG1": "HP:10Hz LP:500Hz"}
    assert found.transducers["EMG7"] == "surface"
    assert (found.patient, found.flags, found.annotations) == ("X X X X", (), ())


def test_channels_of_two_rates_make_no_table(path):
    found = read_edf(write(path, [signal(0), signal(1, samples=10)]))
    with pytest.raises(DataFormatError, match=r"100 Hz: EMG0; 10 Hz: EMG1"):
        found.select(["EMG0", "EMG1"])
    with pytest.raises(UnknownNameError, match="EMG9"):
        found.select(["EMG9"])


@WIDTHS
def test_the_full_range_of_numbers(path, width):
    top = 2 ** (8 * width - 1)
    edges = signal(0, records=1, samples=6, width=width).with_(digital=np.array([-top, -1, 0, 1, top - 1, -top]))
    found = read_edf(write(path, [edges], width=width))
    np.testing.assert_allclose(found.tables[0].values[:, 0], edges.values, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize(("written", "read"), [(b"\xb5V", "uV"), ("µV".encode(), "uV"), ("mV", "mV"), ("V", "V")])
def test_units(path, written, read):
    found = read_edf(write(path, [signal(0, unit=written)]))
    assert found.tables[0].units == (read,)
    assert codes(found) == (["encoding"] if isinstance(written, bytes) else [])


def test_unknown_units_and_marks_are_flagged(path):
    assert [(f.code, f.where) for f in read_edf(write(path, [signal(0, unit="u&")])).flags] == [("unit", "EMG0")]
    found = read_edf(write(path, [signal(0), Remarks([tal(k) for k in range(4)])]))
    assert codes(found) == ["plus"]


def test_bad_24_a_signal_without_unit(path):
    write(path, [signal(0), signal(1, unit="")])
    with pytest.raises(DataFormatError, match=r"recording\.edf.*'EMG1'.*no unit.*accepted: V, mV, uV.*unit='uV'"):
        read_edf(path)
    assert read_edf(path, unit="mV").tables[0].units == ("uV", "mV")


def test_bad_12_labels_that_repeat(path):
    write(path, [signal(0, label="EMG"), signal(1, label="EMG")])
    with pytest.raises(DataFormatError, match=r"duplicate signal labels.*'EMG': \[1, 2\]"):
        read_edf(path)
    assert read_edf(path, names=["a", "b"]).names == ("a", "b")
    with pytest.raises(DataFormatError, match="1 names, 2 signals"):
        read_edf(path, names=["a"])


def test_empty_labels_are_numbered(path):
    found = read_edf(write(path, [signal(0), signal(1, label="")]))
    assert (found.names, codes(found)) == (("EMG0", "channel_2"), ["labels"])


def test_annotations_and_the_fraction_of_the_start(path):
    texts = [tal(0.25 + k) + (tal(1.5, "grasp", duration=0.5) if k == 1 else b"") for k in range(4)]
    found = read_edf(write(path, [signal(0), Remarks(texts)], reserved="EDF+C"))
    assert found.start == datetime(2021, 3, 2, 12, 30, 5, 250000)
    assert [(a.text, a.time, a.duration) for a in found.annotations] == [("grasp", 1.25, 0.5)]
    assert found.tables[0].time[0] == 0
    assert found.names == ("EMG0",)


@WIDTHS
def test_bad_19_gaps_of_a_discontinuous_file_are_missing(path, width):
    emg, slow = signal(0, width=width), signal(1, width=width, samples=10)
    onsets = [0, 1, 3.5, 4.5]
    found = read_edf(write(path, [emg, slow, Remarks([tal(t) for t in onsets])], width=width,
                           reserved="EDF+D" if width == 2 else "BDF+D"))  # fmt: skip
    for table, original in zip(found.tables, (emg, slow), strict=True):
        values = table.values[:, 0]
        assert len(values) == 5.5 * table.rate
        assert np.isnan(values).sum() == 1.5 * table.rate
        np.testing.assert_allclose(values[np.isfinite(values)], original.values, rtol=1e-12)
        assert np.isnan(values[int(2.5 * table.rate)])
    assert [flag.message for flag in found.flags] == [
        "1 gaps between records, longest 1.5 s, 1.5 s in all: NaN"] * 2  # fmt: skip


@pytest.mark.parametrize(
    ("onsets", "reserved", "tokens"),
    [
        ([0, 1, 3, 4], "EDF+C", ["contradict a file without gaps", "record 3", "2 s expected", "3 s declared"]),
        ([0, 1.003, 2.006, 3.009], "EDF+C", ["contradict", "record 3"]),
        ([0, 1, 1.5, 4], "EDF+D", ["before the one in front", "record 3"]),
        ([0, 1, 3.003, 4.003], "EDF+D", ["between two samples", "record 3", "100 Hz"]),
        ([0, 1, 9e8, 9e8 + 1], "EDF+D", ["nearly everything", "400 samples", "split"]),
        ([0, None, 2, 3], "EDF+C", ["no time", "record 2"]),
    ],
)
def test_bad_17_record_times(path, onsets, reserved, tokens):
    texts = [b"" if t is None else tal(t) for t in onsets]
    with pytest.raises(DataFormatError) as caught:
        read_edf(write(path, [signal(0), Remarks(texts)], reserved=reserved))
    assert all(token in str(caught.value) for token in [str(path), *tokens])


def test_annotations_that_are_none(path):
    with pytest.raises(DataFormatError, match=r"record 2: a list of annotations is malformed"):
        read_edf(write(path, [signal(0), Remarks([tal(0), b"+1\x14no end", tal(2), tal(3)])], reserved="EDF+C"))
    with pytest.raises(DataFormatError, match="without annotations signal"):
        read_edf(write(path, [signal(0)], reserved="EDF+C"))
    with pytest.raises(DataFormatError, match="no signals"):
        read_edf(write(path, [Remarks([tal(0)])], reserved="EDF+C", duration="0"))


def test_the_number_of_records_may_be_open(path):
    found = read_edf(write(path, [signal(0)], records=-1))
    assert (len(found.tables[0].values), codes(found)) == (400, ["records"])
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataFormatError, match=r"truncated.*whole records"):
        read_edf(path)


def test_runs_at_a_limit_zeros_at_the_end_and_numbers_beyond_are_flagged(path):
    clipped = signal(0)
    clipped.digital[10:20] = 32767
    clipped.digital[30] = -32768
    padded = signal(1)
    padded.digital[-50:] = 0
    narrow = signal(2, physical=("-10", "10")).with_(limits=("-100", "100"))
    found = read_edf(write(path, [clipped, signal(1), narrow]))
    assert [(flag.code, flag.where) for flag in found.flags] == [("saturated", "EMG0"), ("out_of_range", "EMG2")]
    assert "10 of 400 samples" in found.flags[0].message
    found = read_edf(write(path, [padded]))
    assert [flag.message for flag in found.flags] == [
        "all signals are zero for the last 0.5 s of the last record: padding?"
    ]


def test_a_start_that_is_no_date(path):
    found = read_edf(write(path, [signal(0)], date="32.13.21", recording=""))
    assert (found.start, codes(found)) == (None, ["start"])
    assert read_edf(write(path, [signal(0)], date="01.02.85", recording="")).start == datetime(1985, 2, 1, 12, 30, 5)


def test_bad_10_a_decimal_comma_is_refused_unless_declared(path):
    write(path, [signal(0, physical=("-3276,8", "3276,7"))], duration="0,5")
    with pytest.raises(DataFormatError, match=r"decimal comma.*physical minimum.*'-3276,8'.*decimal=','|decimal"):
        read_edf(path)
    assert read_edf(path, decimal=",").tables[0].rate == 200
    np.testing.assert_allclose(read_edf(path, decimal=",").tables[0].values[:, 0], signal(0).digital / 10, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "options", "tokens"),
    [
        pytest.param({}, {"records": 40}, ["truncated", "40 records", "8512 bytes", "1312 bytes"], id="bad_02"),
        pytest.param({}, {"records": 3}, ["longer than its header"], id="bad_02-longer"),
        pytest.param({}, {"records": 99999999}, ["truncated", "99999999"], id="bad_07-records"),
        pytest.param({}, {"records": "many"}, ["records", "'many'"], id="bad_07-word"),
        pytest.param({}, {"signals": "9999"}, ["truncated", "2560000 bytes", "1312 bytes"], id="bad_07-signals"),
        pytest.param({}, {"signals": "1_0"}, ["signals", "whole number"], id="bad_07-underscore"),
        pytest.param({}, {"bytes": "768"}, ["header bytes", "512 expected"], id="header-bytes"),
        pytest.param({}, {"duration": "0"}, ["record duration", "sampling rate"], id="bad_17-zero"),
        pytest.param({}, {"duration": "-1"}, ["record duration"], id="bad_17-negative"),
        pytest.param({}, {"duration": "nan"}, ["record duration", "'nan'"], id="bad_17-nan"),
        pytest.param({}, {"duration": "1e-300"}, ["record duration"], id="bad_17-tiny"),
        pytest.param({"limits": ("5", "5")}, {}, ["digital minimum", "EMG0"], id="digital-limits"),
        pytest.param({"limits": ("-40000", "5")}, {}, ["digital minimum"], id="digital-width"),
        pytest.param({"physical": ("1", "1")}, {}, ["physical minimum"], id="physical-limits"),
        pytest.param({"physical": ("1", "x")}, {}, ["physical maximum", "'x'"], id="physical-word"),
    ],
)
def test_bad_headers_are_refused(path, change, options, tokens):
    write(path, [signal(0).with_(**change)], **options)
    with pytest.raises(DataFormatError) as caught:
        read_edf(path)
    assert all(token in str(caught.value) for token in [str(path), *tokens])


def test_bad_07_more_samples_in_a_record_than_bytes_in_the_file(path):
    raw = edf_bytes([signal(0)])
    path.write_bytes(raw[:472] + b"99999999" + raw[480:])
    with pytest.raises(DataFormatError, match=r"samples per record.*'99999999'.*1312 bytes"):
        read_edf(path)


def test_bad_01_and_02_nothing_or_less_than_a_header(path):
    path.write_bytes(b"")
    with pytest.raises(DataFormatError, match=r"recording\.edf.*empty.*0 bytes"):
        read_edf(path)
    path.write_bytes(edf_bytes([signal(0)])[:100])
    with pytest.raises(DataFormatError, match=r"truncated.*256 bytes.*100 bytes"):
        read_edf(path)


def test_bad_03_another_format(path):
    path.write_text("<!doctype html>")
    with pytest.raises(DataFormatError, match=r"the content is html, not edf or bdf.*first bytes"):
        read_edf(path)


@WIDTHS
def test_equal_to_what_pyedflib_writes_and_edfio_and_mne_read(tmp_path, width):
    pyedflib, edfio, mne = (pytest.importorskip(name) for name in ("pyedflib", "edfio", "mne"))
    path = tmp_path / ("a.edf" if width == 2 else "a.bdf")
    random = np.random.default_rng(1)
    signals = [np.clip(random.normal(0, 200, rate * 4), -990, 990) for rate in (2000, 2000, 148)]
    top = 2 ** (8 * width - 1)
    heads = [
        {"label": f"ch{k}", "dimension": "uV", "sample_frequency": len(s) // 4, "physical_min": -1000.0,
         "physical_max": 1000.0, "digital_min": -top, "digital_max": top - 1, "prefilter": "HP:20Hz",
         "transducer": "t"}
        for k, s in enumerate(signals)
    ]  # fmt: skip
    kind = pyedflib.FILETYPE_EDFPLUS if width == 2 else pyedflib.FILETYPE_BDFPLUS
    with warnings.catch_warnings(), pyedflib.EdfWriter(str(path), 3, file_type=kind) as writer:
        warnings.simplefilter("ignore")
        writer.setSignalHeaders(heads)
        writer.setStartdatetime(datetime(2024, 5, 6, 7, 8, 9))
        writer.writeSamples(signals)
        writer.writeAnnotation(1.25, 0.5, "lift")
    found = read_edf(path)
    assert [table.rate for table in found.tables] == [2000, 148]
    assert found.start == datetime(2024, 5, 6, 7, 8, 9)
    assert [(a.text, a.time, a.duration) for a in found.annotations] == [("lift", 1.25, 0.5)]
    own = [found.select([f"ch{k}"]).values[:, 0] for k in range(3)]
    with pyedflib.EdfReader(str(path)) as reader:
        for k in range(3):
            np.testing.assert_allclose(own[k], reader.readSignal(k), rtol=0, atol=1e-9)
    theirs = edfio.read_edf(path) if width == 2 else edfio.read_bdf(path)
    for k, each in enumerate(theirs.signals):
        np.testing.assert_allclose(own[k], each.data, rtol=0, atol=1e-9)
    reader = mne.io.read_raw_edf if width == 2 else mne.io.read_raw_bdf
    volts = reader(path, include=["ch0", "ch1"], verbose="error").get_data()
    np.testing.assert_allclose(np.stack(own[:2]), volts * 1e6, rtol=0, atol=1e-7)


@WIDTHS
def test_equal_to_what_edfio_writes(tmp_path, width):
    edfio = pytest.importorskip("edfio")
    file, one = (edfio.Edf, edfio.EdfSignal) if width == 2 else (edfio.Bdf, edfio.BdfSignal)
    random = np.random.default_rng(2)
    data = [random.normal(0, 1e-3, n) for n in (4000, 296)]
    signals = [one(d, len(d) / 2, label=f"s{k}", physical_dimension="V") for k, d in enumerate(data)]
    file(signals, data_record_duration=0.5).write(tmp_path / "b.edf")
    found = read_edf(tmp_path / "b.edf")
    for k, (each, rate) in enumerate(zip(signals, (2000, 148), strict=True)):
        table = found.select([f"s{k}"])
        assert (table.rate, table.units) == (rate, ("V",))
        np.testing.assert_allclose(table.values[:, 0], each.data, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(table.values[:, 0], data[k], atol=np.ptp(data[k]) / 2 ** (8 * width))


@WIDTHS
def test_damaged_files_are_refused_or_read_alike(path, width):
    raw = edf_bytes([signal(0, width=width), signal(1, width=width, samples=20), Remarks([tal(k) for k in range(4)])],
                    width=width, reserved="EDF+C" if width == 2 else "BDF+C")  # fmt: skip
    refused = 0
    for mutant in mutants(raw, 200, seed=5, header=1024):
        path.write_bytes(mutant)
        try:
            found = read_edf(path)
        except DataFormatError:
            refused += 1
            continue
        assert sum(table.values.size for table in found.tables) == 480
    assert refused > 50


def test_the_header_says_where_the_numbers_are():
    header = read_header(edf_bytes([signal(0), signal(1, samples=30)]), ".")
    assert (header.size, header.record, header.records) == (768, 260, 4)
    assert [each.offset for each in header.signals] == [0, 200]
