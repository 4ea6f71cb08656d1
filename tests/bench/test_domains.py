"""A laboratory that was imported by its spec, in a bench: as a source, as a target, and in training."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from bench.toys import Inline, benchmark, recordings
from conftest import make_walk
from datasets.lab.lab_files import laboratory
from myoshift import datasets, store
from myoshift.bench import build, campaign, work
from myoshift.bench import spec as specs
from myoshift.bench.cohort import gather
from myoshift.datasets import lab


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two laboratories, imported, and a benchmark beside them that names them by their folders."""
    place = tmp_path_factory.mktemp("domains")
    for number, name in enumerate(("north", "south")):
        text = laboratory(place / f"{name}-files", seconds=8.0, seed=500 * (number + 1))
        text = text.replace("name: toylab", f"name: {name}").replace("Toy University", f"{name} university")
        (place / f"{name}.yaml").write_text(text)
        lab.write(place / f"{name}-files", place / f"{name}.yaml", place / name)
    said = benchmark().model_dump(mode="json", exclude_defaults=True)
    said |= {"datasets": [], "domains": ["north", "south"], "rate": 50.0, "reference": "template"}
    (place / "bench.yaml").write_text(yaml.safe_dump(said))
    return place


def test_an_imported_lab_is_learned_from_and_tested_on(place, tmp_path):
    spec = specs.read(place / "bench.yaml")
    work._cohort.cache_clear()
    outcome = campaign.run(spec, tmp_path / "out", pool=Inline)
    work._cohort.cache_clear()
    assert outcome.done == outcome.planned
    table = outcome.written.results
    assert set(table["fold"]) == set(table["institution"]) == {"north university", "south university"}
    assert set(table["subject"]) == {f"{lab}/{person}" for lab in ("north", "south") for person in ("s1", "s2")}


def test_an_imported_lab_stands_beside_a_data_set(place, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "recordings", lambda names, data=None, hours=None: recordings())
    spec = specs.read(place / "bench.yaml").model_copy(
        update={"datasets": ("toy",), "domains": (str(place / "north"),)}
    )
    work._cohort.cache_clear()
    outcome = campaign.run(spec, tmp_path / "out", pool=Inline)
    work._cohort.cache_clear()
    assert set(outcome.written.results["institution"]) == {"north university", "north", "south", "west"}


def test_a_model_is_trained_on_it(place):
    spec = specs.read(place / "bench.yaml")
    fitted = build.fit(spec, "template", None)
    assert fitted.problem.outputs == spec.outputs
    assert fitted.familiarity.groups == 2
    assert fitted.familiarity.names == spec.inputs


def test_report_and_cards_know_it(place, tmp_path):
    from myoshift.bench import cards
    from myoshift.bench.report import provenance

    spec = specs.read(place / "bench.yaml")
    card = cards.domain.imported_card(spec.domains[0])
    assert "north university" in cards.html(card)
    assert provenance._of_domain(spec.domains[0])[1].institution == "north university"
    assert provenance._of_domain(str(tmp_path / "gone")) == ("gone", None)


def test_simulated_laboratories_in_a_folder_are_a_synthetic_source(place, tmp_path):
    simulated = replace(make_walk(subject="v1", institution="virtual", seed=900), kind="simulated")
    store.write(tmp_path / "virtual" / "lab0", [simulated], "key")
    spec = specs.read(place / "bench.yaml")
    said = {"domains": (*spec.domains, str(tmp_path / "virtual")), "synthetic": specs.Synthetic(twins=False)}
    cohort = gather(spec.model_copy(update=said), None)
    assert {recording.kind for recording in cohort.recordings} == {"emg_envelope"}
    assert [recording.subject for recording in cohort.supply.published] == ["v1"]
