"""`python -m perf [--quick] [--group NAME] [--case NAME ...] [--out FOLDER]`: contests, table and plot."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import torch

from perf import report
from perf.cases import CASES, GROUPS
from perf.contest import Row, rows


def main() -> None:
    """Run every case at every size; what is done is written after each case, so that Ctrl-C loses little."""
    parser = argparse.ArgumentParser(prog="perf", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, about a minute")
    parser.add_argument("--group", choices=list(GROUPS), help="only these")
    parser.add_argument("--case", action="append", choices=[case.name for case in CASES], help="only this one")
    parser.add_argument("--out", type=Path, default=Path("runs/perf"), help="folder for perf.csv, perf.md, perf.svg")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    done: list[Row] = []
    try:
        for case in GROUPS[asked.group] if asked.group else CASES:
            if asked.case and case.name not in asked.case:
                continue
            for size in case.quick if asked.quick else case.sizes:
                print(f"{case.name}: {size} {case.unit}", flush=True)
                with tempfile.TemporaryDirectory() as folder, case.enter(Path(folder), size) as contest:
                    budget = (1.0 if asked.quick else 10.0) * max(1, len(contest.entrants) / 4)
                    for row in rows(case, size, contest, budget):
                        print(f"    {report.line(row)}", flush=True)
                        done.append(row)
            report.write(asked.out, done)
    except KeyboardInterrupt:
        print("stopped; what was done so far is written")
    print(f"written to {asked.out}")


if __name__ == "__main__":
    main()
