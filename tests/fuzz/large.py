"""Files of ten megabytes, whole and damaged: `python -m fuzz --large` says how much memory a reader takes of them."""

from __future__ import annotations

import io
import pickle
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.io import savemat

from formats.c3d_writer import c3d_bytes
from formats.test_archive import tar
from fuzz import bodies, hands, targets
from fuzz.arrays import npz
from miniatures.delsys import emgworks, streams
from miniatures.edf import edf_bytes, signal
from myoshift import formats

SIZE = 10_000_000
NOISE = np.random.default_rng(2)
WIDE = NOISE.normal(size=(SIZE // 8 // 16, 16))


@dataclass(frozen=True)
class Whole:
    """The bytes of a file, and what its reader says of it."""

    data: bytes
    facts: tuple


def text(head, mark):
    """Lines of numbers to the size of a file, with a column of time."""
    columns = [f"c{k}" for k in range(8)]
    row = mark.join(f"{x:.6f}" for x in NOISE.normal(size=8))
    lines = [mark.join(["time", *columns])]
    lines += [f"{k / 1000:.3f}{mark}{row}" for k in range(SIZE // (len(row) + 9))]
    return (head + "\n".join(lines) + "\n").encode()


def trc():
    row = "\t".join(f"{x:.5f}" for x in NOISE.normal(size=12))
    rows = SIZE // (len(row) + 14)
    head = ["PathFileType\t4\t(X/Y/Z)\tbig.trc", "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits",
            f"100\t100\t{rows}\t4\tmm", "Frame#\tTime\tA\t\t\tB\t\t\tC\t\t\tD\t\t",
            "\t\t" + "\t".join(f"{x}{k}" for k in range(1, 5) for x in "XYZ")]  # fmt: skip
    return ("\n".join([*head, *(f"{k + 1}\t{k / 100:.2f}\t{row}" for k in range(rows))]) + "\n").encode()


def array(values):
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


def amass():
    frames = SIZE // 8 // 160
    poses = np.tile(bodies.POSES, (frames // bodies.FRAMES, 1))
    return bodies.Motion({**bodies.WHOLE, "poses": poses, "trans": np.zeros((len(poses), 3))}).data


def hdf5(write):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
    return buffer.getvalue()


def hand(file):
    group, rows = file.create_group("emg2pose"), SIZE // 232
    group.attrs.update(hands.ATTRIBUTES)
    kind = np.dtype([("time", "<f8"), ("joint_angles", "<f8", (20,)), ("emg", "<f4", (16,))])
    values = np.zeros(rows, kind)
    values["time"], values["joint_angles"] = 1e9 + np.arange(rows) / hands.RATE, 0.1
    group.create_dataset("timeseries", data=values, chunks=(4096,))


def mat():
    buffer = io.BytesIO()
    savemat(buffer, {"emg": WIDE})
    return b"MATLAB 5.0 MAT-file".ljust(116) + buffer.getvalue()[116:]


def parquet():
    columns = {f"c{k}": pa.array(WIDE[:, k]) for k in range(16)}
    fields = [pa.field(name, pa.float64(), metadata={"unit": "uV"}) for name in columns]
    buffer = io.BytesIO()
    pq.write_table(pa.table(list(columns.values()), schema=pa.schema(fields, metadata={"rate": "1000"})), buffer)
    return buffer.getvalue()


def recording(width):
    records = SIZE // (width * 16 * 1000)
    shared = {"records": records, "samples": 1000, "width": width}
    return edf_bytes([signal(k, **shared) for k in range(16)], width=width)


def frame():
    rows = SIZE // 8 // len(bodies.MUSCLES)
    index = pd.Index(np.round(0.14 + np.arange(rows) / 50, 2))
    return pd.DataFrame(np.full((rows, len(bodies.MUSCLES)), 0.1), index, list(bodies.MUSCLES))


STO = "big\nversion=1\ninDegrees=yes\nendheader\n"
FILES = {
    "c3d float": lambda: c3d_bytes(NOISE.normal(size=(10_000, 50, 3)), NOISE.normal(size=(100_000, 8))),
    "sto": lambda: text(STO, "\t"),
    "trc": trc,
    "csv": lambda: text("", ","),
    "emg2pose": lambda: hdf5(hand),
    "npy": lambda: array(WIDE),
    "npz": lambda: npz([("a.npy", array(WIDE))]),
    "mat": mat,
    "hdf5": lambda: hdf5(lambda file: file.create_dataset("emg", data=WIDE, chunks=True, compression="gzip")),
    "parquet": parquet,
    "edf": lambda: recording(2),
    "bdf": lambda: recording(3),
    "delsys": lambda: emgworks(streams(95.0)),
    "amass": amass,
    "mint pkl": lambda: pickle.dumps(frame(), protocol=4),
    "mint csv": lambda: frame().to_csv().encode(),
    "archive": lambda: tar({"a.bin": NOISE.bytes(SIZE)}),
}


def large(target):
    """The target with a large file in place of its small ones, and the damage that any file can suffer."""
    data = FILES[target.name]()
    raw = data if isinstance(data, bytes) else data.encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"whole{target.suffix}")
        path.write_bytes(raw)
        read = formats.read_mat if target.name == "mat" else target.read  # whose limit on memory would stay
        return replace(target, originals=(Whole(raw, targets.facts(read(path))),), damages=())


TARGETS = [target for target in targets.TARGETS if target.name in FILES]
