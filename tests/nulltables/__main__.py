"""`python -m nulltables [--tables N] [--simulate]`: false claims of alike methods, and coverage of the intervals.

Writes `nulltables.csv` and `interval_coverage.csv` to `docs/results`; `--simulate` makes `virtual_r.csv` again first.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import pandas as pd

from nulltables import coverage, null, virtual

RESULTS = Path(__file__).parents[2] / "docs/results"


def write(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            print(*row, sep="  ", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="nulltables", description=__doc__)
    parser.add_argument("--tables", type=int, help="number of tables behind every rate")
    parser.add_argument("--simulate", action="store_true", help="simulate the virtual people again, six minutes")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the tables")
    asked = parser.parse_args()
    scores = RESULTS / "virtual_r.csv"
    if asked.simulate:
        virtual.write(scores)
    rows = coverage.rows(pd.read_csv(scores), asked.tables or coverage.TABLES)
    write(asked.out / "interval_coverage.csv", coverage.COLUMNS, rows)
    write(asked.out / "nulltables.csv", null.COLUMNS, null.rows(asked.tables or null.TABLES))


if __name__ == "__main__":
    main()
