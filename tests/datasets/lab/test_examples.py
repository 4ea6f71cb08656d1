"""The examples: a spec, and nothing but a spec, gives what the Python of that lab's own adapter gives."""

from __future__ import annotations

import dataclasses
import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from myoshift import datasets, store
from myoshift.datasets import lab
from myoshift.datasets.lab.find import listing

EXAMPLES = Path(__file__).parents[3] / "examples" / "labs"
EQUAL = ("stanford-matlabso", "opensim-core-moco", "ceinmsrt-lowerlimb", "bmc-gait", "c3dorg-ist", "opensim-auto-cp",
         "pyomeca-tests", "msk-modelling-python")  # fmt: skip
IN_OTHER_WORDS = ("c3dorg-coda", "kul-3dpredictsim", "kul-predictcpgait", "ceinmsrt-back")
"""Equal but for the words of a flag."""
LARGE = {"mcgill-biomechzoo": 4, "uci-lowerlimb": 3, "dymnz-wrist": 4, "missouri-oa-stepdown": 56}
"""Of these so many of the adapter's first trials are compared, in all but the words of flags."""


def spec_of(name):
    return lab.read(EXAMPLES / f"{name}.yaml")[0]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda p: p.stem)
def test_an_example_is_a_spec_of_under_sixty_lines(path):
    spec, text = lab.read(path)
    assert spec.name == path.stem
    assert len(text.splitlines()) < 60


def adapted(name, root, most=None):
    """Recordings of the adapter, without the store."""
    return {r.id: r for r in map(datasets.prepare, islice(datasets.load(name).trials(root), most))}


def differing(one, other):
    """Fields in which two recordings differ; arrays are compared bit by bit."""
    names = [field.name for field in dataclasses.fields(one)]
    return [name for name in names if not _same(getattr(one, name), getattr(other, name))]


def _same(one, other):
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return one == other


@pytest.mark.parametrize("name", EQUAL)
def test_a_spec_equals_the_adapter(name, data_root):
    made = {r.id: r for r in lab.recordings(spec_of(name), data_root / name).recordings}
    expected = adapted(name, data_root)
    assert set(made) == set(expected)
    assert {key: differing(made[key], expected[key]) for key in made} == {key: [] for key in made}


@pytest.mark.parametrize("name", IN_OTHER_WORDS)
def test_a_spec_equals_the_adapter_but_for_words(name, data_root):
    made = {r.id: r for r in lab.recordings(spec_of(name), data_root / name).recordings}
    expected = adapted(name, data_root)
    assert set(made) == set(expected)
    assert {field for key in made for field in differing(made[key], expected[key])} == {"flags"}
    for key in made:
        assert {f.code for f in made[key].flags} == {f.code for f in expected[key].flags}


@pytest.mark.parametrize("name", LARGE)
def test_a_spec_equals_the_adapter_in_some_trials(name, data_root):
    expected = adapted(name, data_root, LARGE[name])
    paths = sorted({source.path.partition("/")[2] for r in expected.values() for source in r.provenance})
    whole = spec_of(name)
    others = [p for p in listing(data_root / name) if p not in paths]
    spec = whole.model_copy(update={"exclude": (*whole.exclude, *map(_literally, others))})
    made = {r.id: r for r in lab.recordings(spec, data_root / name).recordings if r.id in expected}
    assert expected
    assert set(made) == set(expected)
    assert {field for key in made for field in differing(made[key], expected[key])} <= {"flags"}


def _literally(path):
    return path.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")


def test_the_domain_of_a_spec_is_that_of_the_adapter_byte_for_byte(data_root, tmp_path):
    """Array files and rows of the index; the keys differ, as one knows the spec and the other the data set's code."""
    name = "stanford-matlabso"
    lab.write(data_root / name, EXAMPLES / f"{name}.yaml", tmp_path / "spec")
    store.write(tmp_path / "adapter", tuple(adapted(name, data_root).values()), "key")
    arrays = {path.name: path.read_bytes() for path in (tmp_path / "adapter").glob("*.npy")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "spec").glob("*.npy")} == arrays
    one, other = (json.loads((tmp_path / each / store.INDEX).read_bytes()) for each in ("spec", "adapter"))
    assert one["domains"] == other["domains"]
    assert one["key"] != other["key"]
