"""`python -m shifts [--people N]`: what each kind of shift between virtual laboratories costs, and what mends it.

Learns from virtual walkers of one laboratory, is tested on laboratories that differ in one thing; writes one table.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from myoshift.bench import build, results, shifts
from myoshift.bench.spec import Benchmark
from myoshift.types import Split

RESULTS = Path(__file__).parents[2] / "docs/results"
METHODS = ("knn", "ridge", "source_only")
SPEC = Benchmark.model_validate(
    {
        "name": "shifts",
        "datasets": ["virtual-labs"],
        "inputs": ["hip_flexion", "knee_angle", "ankle_angle"],
        "outputs": shifts.SITES,
        "primary": shifts.SITES,
        "conditions": {"walking": ["walk"]},
        "protocols": [{"name": "leave_one_domain_out"}],
        "methods": [{"name": name} for name in METHODS],
    }
)


def main():
    parser = argparse.ArgumentParser(prog="shifts", description=__doc__)
    parser.add_argument("--people", type=int, default=10, help="in each target; the source has twice as many")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    split = Split(name="shifts", source=shifts.source(2 * asked.people))
    fitted = {name: build.estimator(SPEC, name, 0).fit(split) for name in METHODS}
    table = shifts.table(fitted, SPEC, asked.people)
    results.write_csv(RESULTS / "shifts.csv", table.round(4))
    print(table.round(2).to_string(index=False))


if __name__ == "__main__":
    main()
