"""`python -m newpeople [--models FOLDER] [--data DIR]`: intervals for people of unseen institutions, hidden muscles.

Trains seven models for each institution that is held out, or loads those in the folder; writes three tables.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import torch

from myoshift.bench import spec as specs
from myoshift.bench.cohort import gather
from myoshift.predictor import Problem
from newpeople import coverage, hidden
from newpeople.folds import Models, few_shot, zero_shot

RESULTS = Path(__file__).parents[2] / "docs/results"
SECONDS = (1.1, 5.5)
CALIBRATORS = "physiology+last_layer"


def write(name, columns, rows):
    with (RESULTS / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            print(*row, sep="  ", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="newpeople", description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("runs/newpeople"), help="folder of the trained models")
    parser.add_argument("--data", type=Path, help="a local copy of the recordings")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    spec = specs.read("gait")
    cohort, problem = gather(spec, asked.data), Problem(spec.inputs, spec.outputs, spec.rate)
    models = Models(cohort, problem, asked.models)
    everybody = list(zero_shot(cohort, models))
    calibrated = {seconds: list(few_shot(cohort, models, seconds)) for seconds in SECONDS}
    first = calibrated[SECONDS[0]]
    sets = [("zero-shot", everybody, "none"), (f"after {SECONDS[0]} s, not calibrated", first, "none")]
    sets.append((f"after {SECONDS[0]} s, {CALIBRATORS}", first, CALIBRATORS))
    write(
        "intervals.csv",
        coverage.COLUMNS,
        (row for each in sets for row in coverage.rows(*each, spec.outputs, spec.rate)),
    )
    by_muscle = (row for each in sets for row in coverage.muscles(*each, spec.outputs, spec.rate))
    write("intervals_by_muscle.csv", coverage.BY_MUSCLE, by_muscle)
    write(
        "hidden_muscles.csv",
        hidden.COLUMNS,
        (row for s, each in calibrated.items() for row in hidden.rows(each, everybody, s, spec.rate)),
    )


if __name__ == "__main__":
    main()
