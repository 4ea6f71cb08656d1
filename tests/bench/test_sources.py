"""What can be learned from beside measurements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.toys import benchmark, recordings
from conftest import make_walk
from myoshift.bench.sources import at_rate, seen, supply

NAMES = ("soleus_r", "tibant_r", "gasmed_r", "TL_rect_abd_r", "soleus_l", "tibant_l", "gasmed_l", "TL_rect_abd_l")


def simulated(subject, *, task="walk", seed=0):
    """A walk with the activations of a few muscles of a simulation."""
    walk = make_walk(subject=subject, institution="elsewhere", task=task, seed=seed)
    values = np.concatenate([walk.activation, walk.activation[:, :2]], axis=1)
    return replace(walk, activation=values, activation_names=NAMES, kind="simulated")


def test_another_rate_covers_the_same_time():
    fast = make_walk(rate=100.0)
    slow = at_rate(fast, 50.0)
    assert slow.rate == 50.0
    assert abs(slow.seconds - fast.seconds) <= 1 / 50
    assert slow.activation.min() >= 0
    assert at_rate(slow, 50.0) is slow


def test_only_the_muscles_of_the_outputs_are_kept():
    kept = seen(simulated("a"), ("soleus", "TL_rect_abd"))
    assert kept.activation_names == ("soleus_r", "TL_rect_abd_r", "soleus_l", "TL_rect_abd_l")
    np.testing.assert_array_equal(kept.activation[:, 0], simulated("a").activation[:, 0])


def test_a_simulated_data_set_is_a_source_only_where_the_benchmark_asks():
    everything = (
        *recordings(),
        simulated("a"),
        simulated("b", task="run", seed=1),
        simulated("c", task="stand", seed=2),
    )
    assert not supply(benchmark(), everything).published
    found = supply(benchmark(synthetic={"twins": False}), everything)
    assert [r.subject for r in found.published] == ["a", "b"]
    assert {r.kind for r in found.published} == {"simulated"}
    assert not any("rect_abd" in name for r in found.published for name in r.activation_names)
    assert not found.twins


@pytest.mark.parametrize("rate", [25.0, 50.0])
def test_at_the_rate_of_the_benchmark(rate):
    (found,) = supply(benchmark(synthetic={"twins": False}, rate=rate), (simulated("a"),)).published
    assert found.rate == rate
