"""Plug-ins are found by name, and listed without being imported."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from myoshift import registry
from myoshift.errors import ConfigError, UnknownNameError


def test_unknown_plug_in_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"unknown estimator 'kn'.*knn"):
        registry.load("estimators", "kn")


@pytest.mark.parametrize("kind", list(registry.CARDS))
def test_every_built_in_has_a_card_and_every_card_an_entry_point(kind):
    assert {card["name"] for card in registry.cards(kind)} == set(registry.names(kind))


def test_listing_imports_neither_torch_nor_sklearn():
    code = "import sys; from myoshift import registry; [registry.cards(k) for k in registry.CARDS]; "
    code += "sys.exit(any(m in sys.modules for m in ('torch', 'sklearn', 'matplotlib')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def installed(monkeypatch):
    """Install methods by (name, value), as packages would."""

    def install(*points):
        found = [EntryPoint(name, value, "myoshift.methods") for name, value in points]
        monkeypatch.setattr(registry, "entry_points", lambda group: found)

    caches = (registry.load, registry.names)
    for cached in caches:
        cached.cache_clear()
    yield install
    for cached in caches:
        cached.cache_clear()


def test_a_name_that_two_packages_offer_is_refused(installed):
    installed(("coral", "myoshift.methods.coral:Coral"), ("coral", "another.coral:Coral"))
    with pytest.raises(ConfigError, match=r"two methods are called 'coral'.*another.coral:Coral, myoshift.*rename"):
        registry.load("methods", "coral")


def test_a_class_that_is_offered_twice_is_one(installed):
    installed(*[("coral", "myoshift.methods.coral:Coral")] * 2)
    assert registry.load("methods", "coral").name == "coral"
    assert registry.names("methods") == ("coral",)


@pytest.mark.parametrize("value", ["nowhere.at_all:Coral", "myoshift.methods.coral:Choral", "myoshift.methods.coral"])
def test_a_name_with_no_class_is_refused(installed, value):
    installed(("coral", value))
    with pytest.raises(ConfigError, match=rf"method 'coral' has no class.*{value.partition(':')[0]}.*entry point"):
        registry.load("methods", "coral")
