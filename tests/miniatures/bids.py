"""A BIDS data set of one EMG recording and one motion recording, with sidecars that a test can change."""

from __future__ import annotations

import json

import numpy as np

from miniatures.edf import edf_bytes, signal

EMG_JSON = {
    "EMGPlacementScheme": "Measured",
    "EMGReference": "right patella",
    "SamplingFrequency": 2000,
    "PowerLineFrequency": 50,
    "RecordingType": "continuous",
    "SoftwareFilters": {"bandpass": {"low": 20, "high": 450}},
    "TaskName": "walk",
}
MUSCLES = ("tibialis anterior", "soleus")
STEM = "sub-01_ses-a_task-walk_run-2"
ENDS = {
    "EMG0": "EMG\tuV\ttibialis anterior\tgood\tn/a\tn/a",
    "EMG1": "EMG\tµV\tsoleus\tgood\tn/a\tn/a",
    "ACC": "ACCEL\tg\tn/a\tgood\tn/a\t200",
}
COLUMNS = "name\ttype\tunits\ttarget_muscle\tstatus\tstatus_description\tsampling_frequency"
ELECTRODES = "name\tx\ty\tz\nE1\t10\t20\tn/a\nE2\t12\t20\tn/a\n"
EVENTS = "onset\tduration\ttrial_type\n0.01\t0.02\theel strike\n0.05\tn/a\tn/a\n"


def signals():
    """Two EMG signals at 2 kHz and one accelerometer axis at 200 Hz, 0.2 s."""
    return [signal(0), signal(1), signal(2, samples=10, unit="g", label="ACC")]


def channels(rows=None):
    return "\n".join([COLUMNS, *(f"{name}\t{rest}" for name, rest in (rows or ENDS).items()), ""])


def write_emg(root, *, emg=None, without=(), rows=None, files=None, found=None):
    """The recording's path; `emg` changes metadata, `without` leaves some out, `files` changes or adds files."""
    folder = root / "sub-01" / "ses-a" / "emg"
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {key: value for key, value in {**EMG_JSON, **(emg or {})}.items() if key not in without}
    high = {"TaskName": metadata.pop("TaskName", "walk"), "PowerLineFrequency": 60}
    if "TaskName" in without:
        del high["TaskName"]
    texts = {
        "dataset_description.json": json.dumps({"Name": "miniature", "BIDSVersion": "1.11.1"}),
        "task-walk_emg.json": json.dumps(high),
        f"sub-01/ses-a/emg/{STEM}_emg.json": json.dumps(metadata),
        f"sub-01/ses-a/emg/{STEM}_channels.tsv": channels(rows),
        f"sub-01/ses-a/emg/{STEM}_events.tsv": EVENTS,
        "sub-01/ses-a/emg/sub-01_ses-a_electrodes.tsv": ELECTRODES,
        "sub-01/ses-a/emg/sub-01_ses-a_coordsystem.json": json.dumps({"EMGCoordinateUnits": "mm"}),
        "sub-01/ses-a/sub-01_ses-a_scans.tsv": f"filename\tacq_time\nemg/{STEM}_emg.edf\t2024-05-06T07:08:09.5\n"
        f"motion/{STEM}_tracksys-A_motion.tsv\t2024-05-06T07:08:10\n",
    } | (files or {})
    for name, text in texts.items():
        if text is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    path = folder / f"{STEM}_emg.edf"
    path.write_bytes(edf_bytes(found or signals(), duration="0.05"))
    return path


def write_motion(root, *, rate=100.0, latency=True, rows=20, channel_rows=3):
    """The path of a motion recording: two angles and, if asked for, latencies."""
    folder = root / "sub-01" / "ses-a" / "motion"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "dataset_description.json").write_text("{}")
    stem = f"{STEM}_tracksys-A"
    values = np.random.default_rng(4).normal(size=(rows, 2))
    table = np.column_stack([values, np.arange(rows) / 100]) if latency else values
    lines = ["\t".join(f"{x:.17g}" for x in row) for row in table]
    lines[3] = "n/a" + lines[3][lines[3].index("\t") :]
    (folder / f"{stem}_motion.tsv").write_text("\n".join(lines) + "\n")
    (folder / f"{stem}_motion.json").write_text(json.dumps({"SamplingFrequency": rate, "TaskName": "walk"}))
    listed = ["knee\tx\tORNT\tknee\tdeg", "hip\tx\tORNT\thip\tdeg", "late\tn/a\tLATENCY\tn/a\ts"][:channel_rows]
    head = "name\tcomponent\ttype\ttracked_point\tunits"
    (folder / f"{stem}_channels.tsv").write_text("\n".join([head, *listed, ""]))
    return folder / f"{stem}_motion.tsv", values
