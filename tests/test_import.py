"""`import myoshift` brings in nothing third-party."""

from __future__ import annotations

import json
import subprocess
import sys

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
    import myoshift

    assert myoshift.Recording.__name__ == "Recording"
    assert "Predictor" in dir(myoshift)
