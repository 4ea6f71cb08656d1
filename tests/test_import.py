"""`import myoshift` brings in nothing third-party."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import myoshift

CODE = """
import json, sys
before = set(sys.modules)
import myoshift
print(json.dumps(sorted({name.partition('.')[0] for name in set(sys.modules) - before})))
"""


def test_import_loads_the_standard_library_alone():
    loaded = json.loads(subprocess.run([sys.executable, "-c", CODE], capture_output=True, check=True).stdout)
    third_party = set(loaded) - set(sys.stdlib_module_names) - {"myoshift"}
    assert not third_party


def test_names_load_on_first_use():
    assert myoshift.Recording.__name__ == "Recording"
    assert "Predictor" in dir(myoshift)


def test_every_name_loads_and_is_typed():
    """What a type checker sees is what there is: the imports under TYPE_CHECKING are those of first use."""
    tree = ast.parse(Path(myoshift.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(typed) | {"__version__"} == set(myoshift.__all__)
    for name, (module, there) in typed.items():
        assert getattr(myoshift, name) is getattr(import_module(module), there)


def test_the_public_names_are_few():
    assert len(myoshift.__all__) <= 25
