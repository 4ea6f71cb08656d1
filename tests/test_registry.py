"""Plug-ins are found by name, and listed without being imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from myoshift import registry
from myoshift.errors import UnknownNameError


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
