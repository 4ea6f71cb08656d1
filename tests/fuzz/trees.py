"""HDF5 files, MATLAB v7.3 among them, and Parquet files, whose parts and metadata say something else."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fuzz.mutant import Mutant, pick

VALUES = np.random.default_rng(8).normal(size=(40, 3))
SHAPES = ((3, 40), (40, 3))
MATLAB = b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM"


@dataclass(frozen=True)
class Tree:
    """How an HDF5 file is stored; `matlab` puts MATLAB's block in front and its classes beside the arrays."""

    options: tuple = ()
    matlab: bool = False

    def write(self, change=lambda file: None):
        buffer = io.BytesIO()
        with h5py.File(buffer, "w", userblock_size=512 if self.matlab else 0) as file:
            for name, values in (("emg", VALUES.T), ("trial/angles", VALUES)):
                made = file.create_dataset(name, data=values, **dict(self.options))
                if self.matlab:
                    made.attrs["MATLAB_class"] = np.bytes_("double")
            change(file)
        raw = buffer.getvalue()
        return MATLAB + raw[128:] if self.matlab else raw

    @property
    def data(self):
        return self.write()

    @property
    def facts(self):
        return SHAPES


def link(original, random):
    target = pick(
        random,
        (h5py.SoftLink("/emg"), h5py.SoftLink("/more"), h5py.ExternalLink("/etc/passwd", "/a"), h5py.SoftLink("/no")),
    )
    return Mutant(original.write(lambda file: file.__setitem__("more", target)), f"{target}")


def member(original, random):
    """Something more in the file that is no array of numbers."""

    def change(file):
        which = int(random.integers(0, 5))
        if which == 0:
            file["more"] = np.array([file["emg"].ref], dtype=h5py.ref_dtype)
        elif which == 1:
            file["more"] = h5py.Empty("f8")
        elif which == 2:
            file["more"] = np.dtype("f8")
        elif which == 3:
            file.create_dataset("more", (10**6, 10**6), "f8", chunks=(10, 10))
        else:
            file.create_dataset("more", (40, 3), "f8", external=[("/etc/passwd", 0, 960)])

    return Mutant(original.write(change), "a member", original.facts)


def member_gone(original, random):
    def change(file):
        del file["emg"]

    return Mutant(original.write(change), "an array left out", SHAPES[:1] if original.matlab else SHAPES[1:])


def attribute(original, random):
    value = pick(random, (np.bytes_("cell"), np.bytes_("char"), 5, "double", np.bytes_("int8"), h5py.Empty("f8")))
    name = pick(random, ("MATLAB_class", "MATLAB_empty", "MATLAB_sparse"))
    states = ((0,), (40, 3)) if name == "MATLAB_empty" else None
    return Mutant(original.write(lambda file: file["trial/angles"].attrs.__setitem__(name, value)), name, states)


HDF5 = (
    Tree(),
    Tree((("chunks", (3, 3)),)),
    Tree((("chunks", (3, 3)), ("compression", "gzip"), ("fletcher32", True))),
)
MAT73 = tuple(Tree(tree.options, matlab=True) for tree in HDF5)
DAMAGES = (link, member, member_gone)
MAT_DAMAGES = (*DAMAGES, attribute)


@dataclass(frozen=True)
class Columns:
    """How a Parquet file is written."""

    options: tuple = ()

    def write(self, *, rate=b"100", units=(b"mV", b"mV", b"V"), values=VALUES, names=("a", "b", "c"), kinds=None):
        kinds = kinds or (pa.float64(),) * values.shape[1]
        fields = [
            pa.field(name, kind, metadata={b"unit": unit})
            for name, kind, unit in zip(names, kinds, units, strict=False)
        ]
        schema = pa.schema(fields, metadata={b"rate": rate} if rate is not None else None)
        columns = [pa.array(column).cast(kind, safe=False) for column, kind in zip(values.T, kinds, strict=True)]
        sink = io.BytesIO()
        pq.write_table(pa.table(columns, schema=schema), sink, **dict(self.options))
        return sink.getvalue()

    @property
    def data(self):
        return self.write()

    @property
    def facts(self):
        return ((40, 3), 100.0)


def rate_changed(original, random):
    rate = pick(random, (None, b"", b"0", b"-1", b"nan", b"inf", b"x", b"1e400", b"\xff"))
    return Mutant(original.write(rate=rate), f"rate {rate!r}")


def unit_changed(original, random):
    units = pick(random, ((b"", b"mV", b"V"), (b"\xff", b"mV", b"V"), (b"x" * 1000, b"mV", b"V")))
    return Mutant(original.write(units=units), "units", original.facts)


def names_changed(original, random):
    names = pick(random, (("a", "a", "c"), ("", "b", "c"), ("a" * 9999, "b", "c"), ("=1", "b", "c")))
    return Mutant(original.write(names=names), f"names {names[0][:9]!r}", original.facts)


def kinds_changed(original, random):
    kind = pick(
        random, (pa.string(), pa.bool_(), pa.int8(), pa.list_(pa.float64()), pa.timestamp("ms"), pa.float16())
    )
    try:
        return Mutant(original.write(kinds=(pa.float64(), pa.float64(), kind)), f"type {kind}", original.facts)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return Mutant(original.data[:100], "cut")


def rows_gone(original, random):
    rows = int(random.integers(1, 40))
    return Mutant(original.write(values=VALUES[:rows]), f"{rows} rows", ((rows, 3), 100.0))


def footer(original, random):
    """A byte of the metadata at the end, or its length."""
    data = bytearray(original.data)
    size = struct.unpack("<I", data[-8:-4])[0]
    if random.random() < 0.3:
        data[-8:-4] = struct.pack("<I", int(random.integers(0, 2**32)))
    else:
        for at in random.integers(len(data) - 8 - size, len(data) - 8, int(random.integers(1, 4))):
            data[at] = int(random.integers(0, 256))
    return Mutant(bytes(data), "footer", plain_parquet(bytes(data)))


def plain_parquet(data):
    """What the footer alone states: rows, columns and rate."""
    try:
        meta = pq.read_metadata(io.BytesIO(data))
        return ((meta.num_rows, meta.num_columns), float(meta.metadata[b"rate"]))
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
        return None


PARQUET = tuple(map(Columns, ((), (("compression", "none"), ("use_dictionary", False)), (("row_group_size", 7),))))
PARQUET_DAMAGES = (rate_changed, unit_changed, names_changed, kinds_changed, rows_gone, footer, footer)
