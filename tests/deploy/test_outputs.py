"""One table in every form: numbers, names and where they come from are found again by what opens them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from conftest import write_walk
from myoshift import formats
from myoshift.deploy.origin import ModelUsed, Origin
from myoshift.deploy.outputs import Target, write
from myoshift.errors import DataRefused
from myoshift.types import Table

MODEL = ModelUsed(name="model ours", sha256="ab" * 32, institutions=("virtual-0, simulated",))


@pytest.fixture
def origin(tmp_path):
    return Origin(motion=write_walk(tmp_path / "walk.mot"), model=MODEL)


def table(names=("soleus_r", "tibant_l"), gap=slice(0)):
    values = np.random.default_rng(1).random((50, len(names)))
    values[gap] = np.nan
    time = 2.0 + np.arange(50) / 50.0
    return Table(values=values, names=names, units=("1",) * len(names), rate=50.0, time=time)


def test_opensim_opens_what_is_written_for_it(tmp_path, origin):
    opensim = pytest.importorskip("opensim")
    path, given = tmp_path / "out" / "a.sto", table()
    write(Target(path=path, form="sto"), given, origin)
    theirs = opensim.TimeSeriesTable(str(path))
    assert theirs.getColumnLabels() == given.names
    np.testing.assert_array_equal(theirs.getIndependentColumn(), given.time)
    np.testing.assert_array_equal(theirs.getMatrix().to_numpy(), given.values)
    assert theirs.getTableMetaDataString("inDegrees") == "no"


def test_rows_without_motion_are_left_out_for_opensim_alone(tmp_path, origin):
    given = table(gap=slice(10, 20))
    write(Target(path=tmp_path / "a.sto", form="sto"), given, origin)
    write(Target(path=tmp_path / "a.csv", form="csv"), given, origin)
    kept = formats.read_sto(tmp_path / "a.sto")
    np.testing.assert_array_equal(kept.values, np.delete(given.values, slice(10, 20), axis=0))
    np.testing.assert_array_equal(pd.read_csv(tmp_path / "a.csv").to_numpy()[:, 1:], given.values)
    with pytest.raises(DataRefused, match="no frame has all its angles"):
        write(Target(path=tmp_path / "b.sto", form="sto"), table(gap=slice(None)), origin)
    assert not (tmp_path / "b.sto").exists()


def test_parquet_names_the_model_and_the_motion(tmp_path, origin):
    write(Target(path=tmp_path / "a.parquet", form="parquet"), table(), origin)
    found = {
        key.decode(): text.decode() for key, text in parquet.read_schema(tmp_path / "a.parquet").metadata.items()
    }
    assert found["model_sha256"] == MODEL.sha256
    assert found["learned_from"] == "virtual-0, simulated"
    assert found["motion_sha256"] == formats.hash_file(origin.motion)
    assert (found["rate"], found["columns"]) == ("50.0", "muscles")


def bids(tmp_path, given, origin):
    root, name = tmp_path / "derivatives" / "myoshift", formats.Name(subject="01", task="walk")
    target = Target(path=name.path(root), form="bids", bids=(name, root))
    write(target, given, origin)
    return json.loads(target.path.with_suffix(".json").read_text())


def test_bids_describes_every_muscle_and_names_its_source(tmp_path, origin):
    sidecar = bids(tmp_path, table(), origin)
    assert sidecar["Sources"] == ["../../walk.mot"]
    assert sidecar["Model"] == {"Name": MODEL.name, "SHA256": MODEL.sha256, "LearnedFrom": list(MODEL.institutions)}
    assert sidecar["tibant_l"]["LongName"] == "left tibant"
    assert sidecar["tibant_l"]["Units"] == "1"
    assert "No EMG was measured" in sidecar["Description"]


def test_bids_describes_sites_and_the_ends_of_their_intervals(tmp_path, origin):
    names = ("soleus_r", "soleus_r_low", "soleus_r_high")
    given = Origin(motion=origin.motion, model=MODEL, what="sites")
    sidecar = bids(tmp_path, table(names), given)
    assert sidecar["soleus_r"]["Description"].startswith("Prediction of the EMG envelope")
    assert [sidecar[name]["LongName"] for name in names] == [
        "right soleus",
        "right soleus, lower end",
        "right soleus, upper end",
    ]


def test_what_stood_there_is_replaced_whole_or_stays(tmp_path, origin, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("mine")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write(Target(path=path, form="csv"), table(), origin)
    assert path.read_text() == "mine"
    assert not list(tmp_path.glob(".a.csv*"))
    monkeypatch.undo()
    write(Target(path=path, form="csv"), table(), origin)
    assert path.read_text().startswith("time,soleus_r")
