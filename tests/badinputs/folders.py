"""Stores, models and results that are stale, torn, or of somebody else."""

from __future__ import annotations

import json
import tarfile
from functools import partial

import numpy as np

from badinputs.binaries import tarred
from badinputs.case import Case
from conftest import make_walk
from miniatures import emg2pose
from myoshift import formats, store
from myoshift.datasets import emg2pose_index
from myoshift.estimators.constant import ConstantModel
from myoshift.predictor import Predictor
from myoshift.predictor.folder import ARRAYS, DESCRIPTION
from predictor.fakes import PROBLEM


def stored(folder):
    store.write(folder / "store", [make_walk(seconds=2.0)], "key")
    return folder / "store"


def stored_with(name, change):
    def make(folder):
        path = next(stored(folder).glob(name))
        path.write_bytes(change(path.read_bytes()))
        return folder / "store"

    return make


def saved(folder):
    model = ConstantModel(np.array([0.5, 0.2, np.nan], np.float32))
    Predictor(PROBLEM, model, {"people": 3}, ("tibialis_anterior", "gastrocnemius")).save(folder / "model")
    return folder / "model"


def saved_with(name, change):
    def make(folder):
        path = saved(folder) / name
        path.write_bytes(change(path.read_bytes()))
        return folder / "model"

    return make


def flipped(raw):
    return raw[:-1] + bytes([raw[-1] ^ 1])


def other_outputs(raw):
    """The first two output channels exchanged."""
    description = json.loads(raw)
    description["outputs"][:2] = description["outputs"][1::-1]
    return json.dumps(description).encode()


def blocked(folder):
    """Something that is no folder stands where the store should be written."""
    (folder / "store").write_bytes(b"")
    return folder / "store"


def fill(path):
    store.write(path, [make_walk(seconds=2.0)], "key")


def unlisted(folder):
    """A recording whose user is missing in the table of the published split."""
    rows = emg2pose.write(folder, users=2, sessions=1, stages=("Free",), sides=("left",), seconds=0.1).rows
    emg2pose.write_table(folder / "emg2pose", rows[1:])
    return folder / "emg2pose"


def unpacked(path):
    return formats.unpack(path, path.parent / "out")


REBUILD = "delete the folder; it is built again"
CASES = [
    Case(row=6, name="tar traversal", make=tarred, use=unpacked, tokens=("../../evil", "'..' in a path", "a.tar")),
    Case(
        row=6,
        name="tar device",
        make=partial(tarred, name="null", kind=tarfile.CHRTYPE),
        use=unpacked,
        tokens=("null", "no links, no devices"),
    ),
    Case(
        row=39,
        name="user without a split",
        make=unlisted,
        use=emg2pose_index.index,
        tokens=("left.hdf5", "not in the table", "metadata.csv"),
    ),
    Case(
        row=40,
        name="stale",
        make=stored,
        use=lambda path: store.read(path, "other"),
        tokens=("stale", "key key", "expected other", REBUILD),
    ),
    Case(
        row=40,
        name="torn json",
        make=stored_with("index.json", lambda raw: raw[: len(raw) // 2]),
        use=store.read,
        tokens=("index.json", "no readable index", REBUILD),
    ),
    Case(
        row=40,
        name="altered array",
        make=stored_with("*.motion.*.npy", flipped),
        use=store.read,
        tokens=("sha256", "expected", ".npy", REBUILD),
    ),
    Case(row=40, name="not writable", make=blocked, use=fill, tokens=("could not be stored", "MYOSHIFT_CACHE")),
    Case(
        row=40,
        name="altered model",
        make=saved_with(ARRAYS, flipped),
        use=Predictor.load,
        tokens=("sha256 expected", "found", "train the model again"),
    ),
    Case(
        row=40,
        name="torn model",
        make=saved_with(DESCRIPTION, lambda raw: raw[:40]),
        use=Predictor.load,
        tokens=("not a JSON file", "train the model again"),
    ),
    Case(
        row=40,
        name="other channels",
        make=saved_with(DESCRIPTION, other_outputs),
        use=Predictor.load,
        tokens=("seal expected", "found", "train the model again"),
    ),
]
