"""emg2pose recordings (HDF5) whose attributes, fields and sizes say something else than they should."""

from __future__ import annotations

import io
from dataclasses import dataclass

import h5py
import numpy as np

from fuzz.mutant import Mutant, pick

ROWS, RATE = 64, 2000.0
WORDS = {"side": "left", "user": "u", "session": "s", "stage": "one", "filename": "f"}
ATTRIBUTES = {**WORDS, "sample_rate": RATE, "num_channels": 16}
VALUES = (
    0,
    -1,
    1,
    15,
    17,
    2**31,
    1000.0,
    2000.5,
    1e300,
    np.inf,
    np.nan,
    "2000",
    b"\xff\xfe",
    np.zeros(0),
    np.arange(3.0),
)


@dataclass(frozen=True)
class Original:
    """How the data set is stored."""

    options: tuple = ()

    def write(self, *, attributes=None, dtype=None, rows=ROWS, change=None, series="timeseries", group="emg2pose"):
        """The bytes of a file; `change` may alter the rows."""
        buffer = io.BytesIO()
        with h5py.File(buffer, "w", track_order=False) as file:
            home = file.create_group(group)
            for name, value in (ATTRIBUTES if attributes is None else attributes).items():
                home.attrs[name] = value
            random = np.random.default_rng(2)
            data = np.zeros(rows, dtype or _dtype())
            for name in data.dtype.names:
                data[name] = random.normal(size=data[name].shape)
            if "time" in data.dtype.names:
                data["time"] = (np.arange(rows) / RATE).reshape(rows, *[1] * (data["time"].ndim - 1))
            if change:
                data = change(data)
            home.create_dataset(series, data=data, **dict(self.options))
        return buffer.getvalue()

    @property
    def data(self):
        return self.write()

    @property
    def facts(self):
        return ((ROWS, 20), (ROWS, 16), RATE)


def _dtype(**changes):
    fields = {"time": "f8", "joint_angles": ("f4", (20,)), "emg": ("f4", (16,))} | changes
    return np.dtype(
        [(name, *(kind if isinstance(kind, tuple) else (kind,))) for name, kind in fields.items() if kind]
    )


def attribute(original, random):
    name, value = pick(random, tuple(ATTRIBUTES)), pick(random, VALUES)
    return Mutant(original.write(attributes=ATTRIBUTES | {name: value}), f"{name} = {value!r}")


def attribute_gone(original, random):
    name = pick(random, tuple(ATTRIBUTES))
    return Mutant(original.write(attributes={k: v for k, v in ATTRIBUTES.items() if k != name}), f"{name} left out")


def fields(original, random):
    name = pick(random, ("time", "joint_angles", "emg"))
    kind = pick(random, (None, "f4", "i8", ("f4", (15,)), ("f4", (21,)), ("f8", (4, 4)), "S8", ("f8", (1,))))
    return Mutant(original.write(dtype=_dtype(**{name: kind})), f"field {name}: {kind}")


def renamed(original, random):
    names = {pick(random, ("series", "group")): pick(random, ("other", "Timeseries", "a/b"))}
    return Mutant(original.write(**names), f"{names}")


def rows_gone(original, random):
    """Rows left out at an end: another recording, as nothing counts them."""
    rows = int(random.integers(16, ROWS))  # no fewer than a chunk has
    states = ((rows, 20), (rows, 16), RATE)
    return Mutant(original.write(rows=rows), f"{rows} rows", states)


def shaped(original, random):
    shape = pick(random, ((ROWS // 2, 2), (1, ROWS), (ROWS, 1)))
    return Mutant(Original().write(change=lambda data: data.reshape(shape)), f"shape {shape}")


def clock(original, random):
    factor, at = pick(random, (0.0, -1.0, 0.5, 2.0, 1.002, RATE)), int(random.integers(0, ROWS))
    spot = pick(random, (None, np.nan, np.inf, -1.0, 1e9, 0.0))

    def change(data):
        data["time"] = data["time"] * factor if spot is None else data["time"]
        data["time"][at] = data["time"][at] if spot is None else spot
        return data

    return Mutant(original.write(change=change), f"time times {factor}" if spot is None else f"time {spot}")


def row_lost(original, random):
    at = int(random.integers(1, ROWS - 1))
    return Mutant(
        original.write(change=lambda data: np.delete(data, at)), "a row lost", ((ROWS - 1, 20), (ROWS - 1, 16), RATE)
    )


def values(original, random):
    name, value = pick(random, ("joint_angles", "emg")), pick(random, (np.nan, np.inf, 1e38, 0.0))

    def change(data):
        data[name][int(random.integers(0, ROWS)) :] = value
        return data

    return Mutant(original.write(change=change), f"{name} = {value}")


def link(original, random):
    """The data set or its group is a link to somewhere else, or to itself."""
    buffer = io.BytesIO(original.data)
    with h5py.File(buffer, "r+") as file:
        del file["emg2pose/timeseries"]
        file["emg2pose/timeseries"] = pick(
            random,
            (
                h5py.SoftLink("/emg2pose"),
                h5py.SoftLink("/no"),
                h5py.ExternalLink("/etc/passwd", "/a"),
                h5py.SoftLink("/emg2pose/timeseries"),
            ),
        )
    return Mutant(buffer.getvalue(), "a link")


ORIGINALS = tuple(
    map(
        Original,
        (
            (),
            (("chunks", (16,)),),
            (("chunks", (16,)), ("compression", "gzip")),
            (("chunks", (16,)), ("fletcher32", True)),
        ),
    )
)
DAMAGES = (attribute, attribute, attribute_gone, fields, renamed, rows_gone, shaped, clock, row_lost, values, link)
