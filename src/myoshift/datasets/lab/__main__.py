"""`python -m myoshift.datasets.lab` prints the JSON schema of lab.yaml: docs/lab.schema.json."""

from __future__ import annotations

import json

from myoshift.datasets.lab.spec import LabSpec

if __name__ == "__main__":
    print(json.dumps(LabSpec.model_json_schema(), indent=1))  # noqa: T201 - this is what it is for
