"""Every reader that is fuzzed; a new one is one entry more."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from fuzz import arrays, bodies, c3d, hands, packs, records, sidecars, tables, trees
from fuzz.mutant import Target
from myoshift import formats
from myoshift.errors import DataFormatError
from myoshift.formats import child, emg2pose, mat, mat_child

GIGABYTES = 2.0


def read_mat_here(path):
    """What the parent and the child of `read_mat` do, in this process: a death here is a refusal there."""
    kind = formats.detect(path)
    if kind != "mat5":
        raise DataFormatError(f"the content is {kind}, not mat5", where=path)
    with tempfile.TemporaryDirectory() as folder:
        try:
            mat_child.main(str(path), folder, GIGABYTES)
        except Exception as error:
            raise DataFormatError("the MATLAB file cannot be read", where=path, why=repr(error)) from error
        return mat.load(folder)


def read_hand_here(path):
    """What `read_emg2pose` does once its child has survived the file: a death here is one of the child there."""
    return emg2pose.parse(path, "seconds")


def without_child(read):
    """What a reader does once its child has survived the file: a death here is one of the child there."""

    def here(path):
        given = child.run
        child.run = lambda *arguments: None
        try:
            return read(path)
        finally:
            child.run = given

    return here


def read_mint_here(path):
    """The activations alone, under the name that they have in their folder."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, f"muscle_activations{path.suffix}")
        home.write_bytes(path.read_bytes())
        try:
            found = formats.read_mint(home, muscles=bodies.MUSCLES)
        except DataFormatError as error:
            where = error.where.replace(str(home), str(path)).replace(folder, str(path))
            raise DataFormatError(error.what, where=where, why=error.why, mend=error.mend) from error
    return replace(found, flags=tuple(flag for flag in found.flags if flag.code != "missing_file"))


def facts(found):
    """Shapes and rates of what a reader gave."""
    if isinstance(found, formats.Edf):
        return records.facts(found)
    if isinstance(found, formats.Tables):  # by channel: which of them share a table hangs on digits
        return tuple(sorted((len(table.values), table.rate) for table in found.tables for _ in table.names))
    if isinstance(found, formats.Amass):
        return (found.rotations.shape, found.translation.shape, found.rate)
    if isinstance(found, formats.Mint):
        return (found.activations.values.shape, found.activations.rate)
    if isinstance(found, tuple):
        return found
    if isinstance(found, formats.C3D):
        rate = found.analog_rate if found.analogs.shape[1] else None
        return (found.points.shape, found.analogs.shape, found.point_rate, rate)
    if isinstance(found, formats.Emg2Pose):
        return (found.joint_angles.values.shape, found.emg.values.shape, found.emg.rate)
    if isinstance(found, dict):
        return arrays.shapes(found)
    return (found.values.shape, found.rate)


def read_csv(path):
    """Delimited text with a column of time."""
    return formats.read_delimited(path, time="time")


def text(kind):
    """Tables with and without counts and rate."""
    return tuple(tables.make(kind, counts=counts, rate=rate) for counts in (True, False) for rate in (True, False))


CSV = tuple(tables.make("csv", mark=mark) for mark in ("\t", ";", ","))
TARGETS = (
    Target("c3d float", ".c3d", formats.read_c3d, c3d.originals(real=True), c3d.DAMAGES, 1500),
    Target("c3d int", ".c3d", formats.read_c3d, c3d.originals(real=False), c3d.DAMAGES, 1500),
    Target(
        "sto", ".sto", formats.read_sto, text("sto"), (*tables.DAMAGES, tables.end_of_header_gone), 120, tables.plain
    ),
    Target(
        "mot", ".mot", formats.read_sto, text("mot"), (*tables.DAMAGES, tables.end_of_header_gone), 120, tables.plain
    ),
    Target("trc", ".trc", formats.read_trc, text("trc"), tables.DAMAGES, 200, tables.plain_trc),
    Target("csv", ".csv", read_csv, CSV, tables.CONTENT, 40, tables.plain_csv),
    Target("emg2pose", ".hdf5", read_hand_here, hands.ORIGINALS, hands.DAMAGES, 4000, dies=True),
    Target("npy", ".npy", formats.read_npy, (arrays.NPY,), arrays.NPY_DAMAGES, 128),
    Target("npz", ".npz", formats.read_npz, arrays.NPZ, arrays.NPZ_DAMAGES, 128),
    Target("mat", ".mat", read_mat_here, arrays.MAT, arrays.MAT_DAMAGES, 300, dies=True),
    Target("mat73", ".mat", without_child(formats.read_mat), trees.MAT73, trees.MAT_DAMAGES, 4000, dies=True),
    Target("hdf5", ".h5", without_child(formats.read_hdf5), trees.HDF5, trees.DAMAGES, 4000, dies=True),
    Target(
        "parquet",
        ".parquet",
        without_child(formats.read_parquet),
        trees.PARQUET,
        trees.PARQUET_DAMAGES,
        500,
        trees.plain_parquet,
        dies=True,
    ),
    Target("edf", ".edf", formats.read_edf, records.EDF, records.DAMAGES, 1024),
    Target("bdf", ".bdf", formats.read_edf, records.BDF, records.DAMAGES, 1024),
    Target("delsys", ".csv", formats.read_delsys, bodies.DELSYS, bodies.DELSYS_DAMAGES, 400, bodies.plain_export),
    Target("bids tsv", ".tsv", sidecars.READ_TSV, sidecars.TSV, (sidecars.cell, sidecars.line), 90),
    Target("bids json", ".json", sidecars.READ_JSON, sidecars.JSON, (sidecars.value, sidecars.value), 60),
    Target("bids-motion", ".tsv", sidecars.READ_MOTION, sidecars.MOTION, (sidecars.line,), 60, sidecars.plain_motion),
    Target("amass", ".npz", formats.read_amass, bodies.AMASS, bodies.AMASS_DAMAGES, 128),
    Target("mint pkl", ".pkl", read_mint_here, bodies.MINT, bodies.MINT_DAMAGES, 600),
    Target("mint csv", ".csv", read_mint_here, bodies.MINT_CSV, bodies.MINT_DAMAGES, 60, bodies.plain),
    Target("archive", ".bin", packs.unpack, packs.ARCHIVES, packs.DAMAGES, 512),
)
