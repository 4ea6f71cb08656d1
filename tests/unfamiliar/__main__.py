"""`python -m unfamiliar [--models FOLDER] [--data DIR]`: false alarms and detection of flags, missing coordinates.

Every institution of `gait` in turn is unseen; writes four tables. Trains two networks for each, or loads those there.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import torch

from myoshift.bench import spec as specs
from myoshift.bench.cohort import gather
from unfamiliar import distances, flags, missing

RESULTS = Path(__file__).parents[2] / "docs/results"


def write(name, columns, rows):
    with (RESULTS / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            print(*row, sep="  ", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="unfamiliar", description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("runs/unfamiliar"), help="folder of the trained models")
    parser.add_argument("--data", type=Path, help="a local copy of the recordings")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cohort = gather(specs.read("gait"), asked.data)
    write("unfamiliar_distances.csv", distances.COLUMNS, distances.rows(cohort))
    found = flags.judged(cohort)
    write("unfamiliar.csv", flags.COLUMNS, flags.rows(found))
    write("unfamiliar_institutions.csv", flags.BY_INSTITUTION, flags.institutions(found))
    write("missing_coordinates.csv", missing.COLUMNS, missing.rows(missing.table(cohort, asked.models)))


if __name__ == "__main__":
    main()
