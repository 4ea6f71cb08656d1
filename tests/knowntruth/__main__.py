"""`python -m knowntruth [--draws N]`: delays of known truth, 1,000 draws and more in each row; writes the table."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from knowntruth.delays import COLUMNS, measure

TABLE = Path(__file__).parents[2] / "docs/results/delays_known_truth.csv"
CASES = [
    (where, muscles, strides)
    for where in ("before the low-pass", "in the band of envelopes")
    for muscles, strides in ((1, 5), (8, 5), (8, 1), (8, 30))
]


def main():
    parser = argparse.ArgumentParser(prog="knowntruth", description=__doc__)
    parser.add_argument("--draws", type=int, default=1000, help="muscles in each row")
    asked = parser.parse_args()
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for where, muscles, strides in CASES:
            found = measure(-(-asked.draws // muscles), where=where, muscles=muscles, strides=strides)
            shown = [f"{each:.{digits}f}" for each, digits in zip(found[1:], (2, 2, 3, 1), strict=True)]
            writer.writerow([f"10 dB, {where}", muscles, strides, found[0], *shown])
            print(where, muscles, strides, found[0], *shown, flush=True)


if __name__ == "__main__":
    main()
