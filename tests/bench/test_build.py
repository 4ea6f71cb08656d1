"""Models of a benchmark's simulated source, as the one that is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bench.toys import benchmark
from myoshift.bench import build, protocols
from myoshift.bench import spec as specs
from myoshift.errors import ConfigError
from myoshift.predictor import Predictor

ROOT = Path(__file__).parents[2]
FEW = {"subjects": 2, "seed": 0, "config": {"labs": 2, "seconds": 2, "movements": ["walk"]}}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The benchmark of the shipped model with two people, and toys in place of those that it is tested on."""
    spec = yaml.safe_load((ROOT / "benchmarks" / "default.yaml").read_text())
    spec |= {"datasets": ["toy"], "seeds": 1, "training": {"steps": 2}}
    spec["synthetic"]["virtual"] = FEW
    path = tmp_path_factory.mktemp("specs") / "default.yaml"
    path.write_text(yaml.safe_dump(spec))
    return specs.read(path)


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("MYOSHIFT_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.mark.parametrize("name", ["default", "shipped"])
def test_the_benchmarks_of_the_shipped_model_are_valid(name):
    spec = specs.read(name)
    build.check_settings(spec)
    for protocol in spec.protocols:
        protocols.check_settings(protocol, spec.conditions)


@pytest.mark.parametrize("method", ["ensemble", "causal"])
def test_the_same_simulation_gives_the_same_bytes(tiny, method, tmp_path):
    for folder in ("1", "2"):
        build.fit(tiny, method, None, simulated="fixed").save(tmp_path / folder)
    for file in ("model.json", "model.safetensors"):
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes()
    card = Predictor.load(tmp_path / "1").card["members"][0]
    assert card["institutions"] == ["virtual-0, simulated", "virtual-1, simulated"]
    assert card["persons"] == ["virtual/p0000", "virtual/p0001"]


def test_what_was_measured_is_learned_from_where_nothing_else_is_asked_for(tiny):
    card = build.fit(tiny, "knn", None).card
    assert all(name.startswith("toy-") for name in card["institutions"])


def test_a_benchmark_without_a_simulated_source_is_refused():
    with pytest.raises(ConfigError, match="no synthetic source"):
        build.fit(benchmark(), "constant", None, simulated="fixed")


@pytest.mark.parametrize(
    ("label", "told"),
    [("shipped", True), ("shipped: physiology", True), ("physiology", False), ("knn", False), ("ensemble", False)],
)
def test_what_has_learned_before_is_told_even_as_a_member(label, told):
    assert build.beforehand(specs.read("shipped"), label) is told
