from __future__ import annotations

import pytest
import torch

from conftest import make_walk
from myoshift.simulate import recording
from myoshift.simulate.labs import draw_person
from myoshift.simulate.randomise import Config
from myoshift.simulate.table import load
from myoshift.simulate.threads import one_thread
from simulate.worlds import solve, world


@pytest.fixture(autouse=True)
def _three():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_there_is_one_inside_and_as_many_as_before_outside():
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3


def test_an_error_gives_them_back():
    with pytest.raises(ValueError, match="inside"), one_thread():
        raise ValueError("inside")
    assert torch.get_num_threads() == 3


def test_people_are_drawn_in_one():
    seen = []

    def watched(*arguments):
        seen.append(torch.get_num_threads())
        return solve(*arguments)

    draw_person(0, 0, Config(movements=("walk",), seconds=3.0), world(solve=watched))
    assert set(seen) == {1}
    assert torch.get_num_threads() == 3


def test_recordings_are_simulated_in_one(monkeypatch):
    def watched(*arguments, **options):
        raise ValueError(f"{torch.get_num_threads()} threads")

    monkeypatch.setattr(recording, "complete", watched)
    with pytest.raises(ValueError, match="1 threads"):
        recording.simulate_recording(make_walk(), load())
    assert torch.get_num_threads() == 3
