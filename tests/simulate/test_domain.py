"""A domain of virtual laboratories: same bytes from the same draw, resumed after a stop, never two draws in one."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from myoshift import store
from myoshift.errors import ConfigError
from myoshift.simulate.domain import write_labs
from myoshift.simulate.labs import virtual_labs
from myoshift.simulate.randomise import Config
from simulate.worlds import solve, world

QUICK = Config(seconds=2.0, movements=("walk",), labs=2)


def content(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_draw_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_labs(tmp_path / name, 3, 5, QUICK, world=world())
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert {name.split("/")[0] for name in content(tmp_path / "a")} == {"virtual-0", "virtual-1"}


def test_a_store_holds_what_was_drawn(tmp_path):
    people = write_labs(tmp_path, 3, 5, QUICK, world=world())
    stored = {r.id: r for lab in ("virtual-0", "virtual-1") for r in store.read(tmp_path / lab)}
    drawn = list(virtual_labs(3, 5, QUICK, world=world()))
    assert len(stored) == len(drawn) == 3
    assert all(np.array_equal(stored[r.id].activation, r.activation) for r in drawn)
    assert [p.laboratory for p in people] == ["virtual-0", "virtual-0", "virtual-1"]
    assert sum(person.seconds for person in people) == 6.0


def test_a_stopped_writer_goes_on_after_the_last_whole_laboratory(tmp_path):
    calls = []

    def stops(*arguments):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return solve(*arguments)

    with pytest.raises(KeyboardInterrupt):
        write_labs(tmp_path / "stopped", 4, 0, QUICK, world=world(solve=stops))
    assert [path.name for path in (tmp_path / "stopped").iterdir()] == ["virtual-0"]
    told = []
    again = write_labs(tmp_path / "stopped", 4, 0, QUICK, world=world(solve=stops), progress=told.append)
    assert len(calls) == 6
    assert told == ["p0000", "p0002", "p0001", "p0003"]
    assert again == write_labs(tmp_path / "whole", 4, 0, QUICK, world=world())
    assert content(tmp_path / "stopped") == content(tmp_path / "whole")


@pytest.mark.parametrize("change", [{"seed": 1}, {"subjects": 5}, {"config": QUICK.model_copy(update={"labs": 1})}])
def test_another_draw_in_the_same_folder_is_refused(tmp_path, change):
    write_labs(tmp_path, 4, 0, QUICK, world=world())
    before = content(tmp_path)
    with pytest.raises(ConfigError, match="another draw"):
        write_labs(tmp_path, **{"subjects": 4, "seed": 0, "config": QUICK, **change}, world=world())
    assert content(tmp_path) == before


def test_a_damaged_laboratory_is_drawn_again(tmp_path):
    write_labs(tmp_path, 2, 0, QUICK, world=world())
    before = content(tmp_path)
    array = next((tmp_path / "virtual-1").glob("*activation*"))
    array.write_bytes(array.read_bytes()[:-4])
    write_labs(tmp_path, 2, 0, QUICK, world=world())
    assert content(tmp_path) == before
