"""`myoshift fit-paths`."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from myoshift.cli import main
from myoshift.errors import ConfigError, DataRefused
from myoshift.simulate import table
from simulate.fit.models import miniature

pytest.importorskip("opensim")


def run(*arguments):
    return CliRunner().invoke(main.app, ["fit-paths", *map(str, arguments)], catch_exceptions=False)


def fit(folder, *arguments, out="table.json"):
    path = miniature(folder)
    return run(path, "-o", folder / out, "--convention", "gait2392", "--poses", 200, *arguments)


def test_a_table_is_written_that_reads_back_as_the_model(tmp_path):
    done = fit(tmp_path, "--height", 1.7)
    assert done.exit_code == 0
    assert "mini, 66.2 kg, 1.70 m\n" in done.stdout
    assert "4 + 4 muscles" in done.stdout
    assert "left out: ercspn_r" in done.stdout
    model = table.load(tmp_path / "table.json")
    assert model.legs["l"].names == ("addmagDist", "addmagIsch", "bfsh", "recfem")
    assert model.legs["l"].muscles.fibre.width == 0.45
    assert (model.height, len(model.segments)) == (1.7, 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mini.osim", "table.json"]


def test_the_table_says_where_it_is_from_and_how_well_it_fits(tmp_path):
    fit(tmp_path, "--seed", 3)
    about = json.loads((tmp_path / "table.json").read_text())["about"]
    assert about["source"] == "mini.osim"
    assert len(about["sha256"]) == 64
    assert about["made by"] == "myoshift fit-paths --convention gait2392 --poses 200 --seed 3"
    assert about["height"] == "expected of the mass"
    worst = max(arm for _, arm in about["held-out error"]["muscles"].values())
    assert worst == pytest.approx(about["held-out error"]["moment arm largest"])
    assert 0 < worst < 2e-3


def test_the_expected_height_is_printed_as_such(tmp_path):
    assert "expected of the mass; --height states it" in fit(tmp_path).stdout


def test_json_alone_is_printed(tmp_path):
    found = json.loads(fit(tmp_path, "--json").stdout)
    assert found["mass"] == pytest.approx(66.2)
    assert found["muscles"]["r"] == ["addmagDist", "addmagIsch", "bfsh", "recfem"]
    assert np.isfinite(found["held-out error"]["length median"])


def test_refused_models_leave_the_old_table(tmp_path):
    (tmp_path / "table.json").write_text("old")
    (tmp_path / "no.osim").write_text("<nothing/>")
    with pytest.raises(DataRefused, match="no OpenSim model"):
        run(tmp_path / "no.osim", "-o", tmp_path / "table.json")
    assert (tmp_path / "table.json").read_text() == "old"


def test_usage(tmp_path):
    with pytest.raises(ConfigError, match="no convention 'gait'"):
        run(miniature(tmp_path), "-o", tmp_path / "t.json", "--convention", "gait")
    with pytest.raises(ConfigError, match="cannot be written there"):
        fit(tmp_path, out="no/such/folder.json")
    with pytest.raises(ConfigError, match="cannot be written there"):
        fit(tmp_path, out=".")
    assert run(miniature(tmp_path), "-o", tmp_path / "t.json", "--poses", 3).exit_code == 2
