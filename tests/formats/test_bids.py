from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from miniatures.bids import COLUMNS, ENDS, STEM, channels, signals, write_emg, write_motion
from miniatures.edf import edf_bytes, signal
from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.formats import read_bids, read_bids_motion
from myoshift.formats.bids import offset

BESIDE = f"sub-01/ses-a/emg/{STEM}"


def test_signals_and_what_is_said_about_them(tmp_path):
    found = read_bids(write_emg(tmp_path))
    assert [(t.names, t.units, t.rate) for t in found.tables] == [
        (("EMG0", "EMG1"), ("uV", "uV"), 2000.0),
        (("ACC",), ("g",), 200.0),
    ]
    np.testing.assert_allclose(found.tables[0].values, np.stack([s.values for s in signals()[:2]], 1), rtol=1e-12)
    assert found.entities == {"sub": "01", "ses": "a", "task": "walk", "run": "2"}
    assert found.target_muscles == {"EMG0": "tibialis anterior", "EMG1": "soleus"}
    assert (found.sidecar["TaskName"], found.sidecar["PowerLineFrequency"]) == ("walk", 50)
    assert (found.electrodes["E2"]["x"], found.coordinates) == ("12", {"EMGCoordinateUnits": "mm"})
    assert found.start == datetime(2024, 5, 6, 7, 8, 9, 500000)
    assert [(a.text, a.time, a.duration) for a in found.annotations] == [
        ("heel strike", 0.01, 0.02),
        ("event", 0.05, None),
    ]
    assert found.flags == ()
    assert formats.read(tmp_path / f"{BESIDE}_emg.edf").entities["run"] == "2"


def test_sidecars_of_another_run_do_not_apply(tmp_path):
    other = BESIDE.replace("run-2", "run-3")
    path = write_emg(tmp_path, files={f"{other}_channels.tsv": channels({"X": "EMG\tV\tn/a\tgood\tn/a\tn/a"})})
    assert read_bids(path).names == ("EMG0", "EMG1", "ACC")


def test_channels_of_the_whole_data_set(tmp_path):
    path = write_emg(tmp_path, files={f"{BESIDE}_channels.tsv": None, "task-walk_channels.tsv": channels()})
    assert read_bids(path).target_muscles["EMG1"] == "soleus"


def test_bad_channels_are_masked(tmp_path):
    found = read_bids(write_emg(tmp_path, rows=ENDS | {"EMG1": "EMG\tuV\tsoleus\tbad\tloose\tn/a"}))
    assert np.isnan(found.tables[0].values).all(axis=0).tolist() == [False, True]
    assert [(f.code, f.message, f.where) for f in found.flags] == [("masked", "status bad: loose", "EMG1")]


def test_names_that_the_file_had_to_cut(tmp_path):
    long = "tibialis_anterior_right"
    found = [signal(0, label=long[:16]), *signals()[1:]]
    path = write_emg(tmp_path, found=found, rows={long: ENDS["EMG0"], "EMG1": ENDS["EMG1"], "ACC": ENDS["ACC"]})
    read = read_bids(path)
    assert read.names[0] == long
    assert [flag.code for flag in read.flags] == ["labels"]


def test_placeholders_are_flagged(tmp_path):
    changed = {"EMGPlacementScheme": "Other", "EMGPlacementSchemeDescription": "TODO FIXME please complete"}
    found = read_bids(write_emg(tmp_path, emg=changed | {"EMGReference": "n/a"}))
    assert [flag.message.split()[0] for flag in found.flags] == ["EMGReference", "EMGPlacementSchemeDescription"]
    assert {flag.code for flag in found.flags} == {"placeholder"}


def test_units_that_only_one_states(tmp_path):
    path = write_emg(tmp_path, found=[signal(0, unit=""), *signals()[1:]])
    assert read_bids(path).tables[0].units == ("uV", "uV")
    path = write_emg(tmp_path, rows=ENDS | {"EMG0": "EMG\tn/a\tn/a\tgood\tn/a\tn/a"})
    assert [(flag.code, flag.where) for flag in read_bids(path).flags] == [("units", "EMG0")]


def test_units_that_contradict_each_other_are_decided_by_the_user(tmp_path):
    path = write_emg(tmp_path, rows=ENDS | {"EMG0": "EMG\tV\tn/a\tgood\tn/a\tn/a"})
    with pytest.raises(DataFormatError, match=r"units.*contradict.*'uV' in the file, 'V' in channels\.tsv.*units='f"):
        read_bids(path)
    assert read_bids(path, units="file").tables[0].units == ("uV", "uV")
    assert read_bids(path, units="sidecar").tables[0].units == ("V", "uV")
    assert [flag.code for flag in read_bids(path, units="file").flags] == ["units"]


@pytest.mark.parametrize(
    "field",
    ["EMGPlacementScheme", "EMGReference", "SamplingFrequency", "RecordingType", "SoftwareFilters", "TaskName"],
)
def test_required_fields(tmp_path, field):
    with pytest.raises(DataFormatError, match=rf"emg\.json: the required field {field} is missing"):
        read_bids(write_emg(tmp_path, without=(field,)))


NOON = f"filename\tacq_time\nemg/{STEM}_emg.edf\tnoon\n"


def _file(end, text):
    return {"files": {f"{BESIDE}_{end}": text}}


def _reordered():
    return {name: ENDS[name] for name in ("EMG1", "EMG0", "ACC")}


@pytest.mark.parametrize(
    ("change", "tokens"),
    [
        pytest.param({"rows": _reordered()}, ["position 1", "'EMG0' in the file", "'EMG1' in the sid"], id="bad_16"),
        pytest.param({"rows": {"EMG0": ENDS["EMG0"]}}, ["3 in the file", "1 in the sidecar"], id="bad_16-number"),
        pytest.param({"emg": {"SamplingFrequency": 1000}}, ["1000 Hz", "2000 Hz", "'EMG0'"], id="bad_17"),
        pytest.param({"emg": {"SamplingFrequency": "n/a"}}, ["impossible", "SamplingFrequency"], id="bad_17-none"),
        pytest.param({"emg": {"SamplingFrequency": 0}}, ["impossible", "SamplingFrequency"], id="bad_17-zero"),
        pytest.param({"rows": ENDS | {"ACC": "ACCEL\tg\tn/a\tgood\tn/a\t100"}}, ["'ACC'", "100 Hz"], id="bad_22"),
        pytest.param({"emg": {"EMGPlacementScheme": "Other"}}, ["EMGPlacementSchemeDescription"], id="other"),
        pytest.param({"emg": {"EMGPlacementScheme": "felt"}}, ["felt", "Measured, Channel"], id="scheme"),
        pytest.param(_file("channels.tsv", None), ["channels.tsv is missing"], id="no-channels"),
        pytest.param(_file("channels.tsv", "name\ttype\nEMG0\tEMG\n"), ["'units'"], id="no-units"),
        pytest.param(_file("channels.tsv", f"{COLUMNS}\nEMG0\tEMG\n"), ["line 2", "2 cells"], id="bad_09"),
        pytest.param(_file("events.tsv", "onset\tduration\nsoon\t1\n"), ["line 2", "'soon'"], id="event"),
        pytest.param(_file("events.tsv", "onset\n1\n"), ["'duration'"], id="event-column"),
        pytest.param({"files": {"sub-01/ses-a/emg/sub-01_ses-a_electrodes.tsv": "name\tx\nE\t1\n"}}, ["'y'"], id="e"),
        pytest.param(_file("emg.json", "{"), ["emg.json", "not JSON"], id="json"),
        pytest.param(_file("emg.json", "[" * 10**5), ["emg.json", "not JSON"], id="json-deep"),
        pytest.param(_file("emg.json", "[]"), ["not a JSON object"], id="json-list"),
        pytest.param(_file("emg.json", '{"a": 1, "a": 2}'), ["duplicate keys"], id="bad_12-json"),
        pytest.param(_file("emg.json", '{"a": NaN}'), ["NaN"], id="json-nan"),
        pytest.param(_file("emg.json", ""), ["0 bytes"], id="bad_01"),
        pytest.param({"files": {"sub-01/ses-a/emg/task-walk_emg.json": "{}"}}, ["two sidecars"], id="two"),
        pytest.param({"files": {"sub-01/ses-a/sub-01_ses-a_scans.tsv": NOON}}, ["acq_time", "'noon'"], id="acq"),
    ],
)  # fmt: skip
def test_bad_data_sets_are_refused(tmp_path, change, tokens):
    path = write_emg(tmp_path, **change)
    with pytest.raises(DataFormatError) as caught:
        read_bids(path)
    assert all(token in str(caught.value) for token in [str(tmp_path), *tokens])


def test_names_and_folders(tmp_path):
    path = write_emg(tmp_path)
    (tmp_path / "dataset_description.json").unlink()
    with pytest.raises(DataFormatError, match="no folder above holds dataset_description"):
        read_bids(path)
    for name, token in (("emg.edf", "not the name"), ("sub-1_emg.edf", "no task"), ("sub-1_task-a_EMG.EDF", "not")):
        (tmp_path / name).write_bytes(edf_bytes([signal(0)]))
        with pytest.raises(DataFormatError, match=token):
            read_bids(tmp_path / name)


def test_sidecars_outside_the_data_set_are_not_read(tmp_path):
    path = write_emg(tmp_path / "set")
    (tmp_path / "else.tsv").write_text(channels())
    beside = tmp_path / "set" / f"{BESIDE}_channels.tsv"
    beside.unlink()
    beside.symlink_to(tmp_path / "else.tsv")
    with pytest.raises(DataFormatError, match="lies outside the data set"):
        read_bids(path)


def test_motion_and_how_it_lies_beside_the_emg(tmp_path):
    emg = read_bids(write_emg(tmp_path))
    path, values = write_motion(tmp_path)
    found = read_bids_motion(path)
    table = found.tables[0]
    assert (table.names, table.units) == (("knee", "hip"), ("deg", "deg"))
    assert table.rate == pytest.approx(100)
    np.testing.assert_allclose(table.time, np.arange(20) / 100)
    assert np.isnan(table.values[3, 0])
    there = np.isfinite(table.values)
    np.testing.assert_array_equal(table.values[there], values[there])
    assert offset(found, emg) == 0.5
    assert formats.read(path).tables[0].names == table.names


def test_motion_without_latencies(tmp_path):
    path, _ = write_motion(tmp_path, latency=False, channel_rows=2)
    found = read_bids_motion(path)
    assert (found.tables[0].rate, found.start) == (100.0, None)
    with pytest.raises(DataFormatError, match="cannot be laid beside"):
        offset(found, found)


def test_bad_17_latencies_that_contradict_the_rate(tmp_path):
    path, _ = write_motion(tmp_path, rate=90.0)
    with pytest.raises(DataFormatError, match="declared 90 Hz, measured 100 Hz"):
        read_bids_motion(path)


def test_bad_09_motion_of_other_columns(tmp_path):
    path, _ = write_motion(tmp_path, channel_rows=2)
    with pytest.raises(DataFormatError, match="3 columns, 2 channels stated"):
        read_bids_motion(path)


@pytest.mark.parametrize("format_", ["BDF", "EDF"])
def test_equal_to_what_mne_bids_writes(tmp_path, format_):
    mne, mne_bids = pytest.importorskip("mne"), pytest.importorskip("mne_bids")
    volts = np.random.default_rng(0).normal(0, 1e-4, (3, 4000))
    raw = mne.io.RawArray(volts, mne.create_info(["a", "b", "c"], 2000.0, "emg"), verbose="error")
    raw.set_annotations(mne.Annotations([0.5], [0.25], ["lift"]))
    raw.info["line_freq"] = 50
    place = mne_bids.BIDSPath(subject="01", session="a", task="grasp", run="1", datatype="emg", root=tmp_path)
    mne_bids.write_raw_bids(raw, place, allow_preload=True, format=format_, verbose="error", emg_placement="Other")
    path = next(tmp_path.rglob(f"*_emg.{format_.lower()}"))
    if format_ == "BDF":  # it writes V beside a file in uV
        with pytest.raises(DataFormatError, match="units of file and sidecar contradict"):
            read_bids(path)
    found = read_bids(path, units="file")
    theirs = mne_bids.read_raw_bids(place, verbose="error")
    table = found.select(["a", "b", "c"])
    assert table.rate == theirs.info["sfreq"] == 2000
    np.testing.assert_allclose(table.values.T * 1e-6, theirs.get_data(), rtol=0, atol=1e-13)
    np.testing.assert_allclose(table.values.T * 1e-6, volts, rtol=0, atol=1e-10 if format_ == "BDF" else 1e-8)
    assert [(a.text, a.time, a.duration) for a in found.annotations] == [("lift", 0.5, 0.25)]
    assert {flag.code for flag in found.flags} == ({"placeholder", "units"} if format_ == "BDF" else {"placeholder"})
