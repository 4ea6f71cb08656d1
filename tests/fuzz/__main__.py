"""`python -m fuzz [--number N] [--reader NAME ...] [--only K]`: damage files, read them, print what happened."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fuzz.harness import VERDICTS, judge, run
from fuzz.mutant import mutant
from fuzz.targets import TARGETS


def main():
    """One row for each reader; exit code 1 if anything was silent or crashed."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--number", type=int, default=10_000, help="mutants of each reader")
    parser.add_argument("--reader", action="append", choices=[target.name for target in TARGETS])
    parser.add_argument("--only", type=int, help="this mutant alone, written to mutant.* in this folder")
    asked = parser.parse_args()
    targets = [target for target in TARGETS if not asked.reader or target.name in asked.reader]
    if asked.only is not None:
        for target in targets:
            path = Path(f"mutant{target.suffix}")
            print(target.name, mutant(target, asked.only)[1].damage, *judge(target, asked.only, path))
        return
    print(f"{'reader':11} {'n':>6} " + " ".join(f"{v:>10}" for v in VERDICTS) + f" {'s':>6} {'slowest':>8} {'MB':>5}")
    bad = []
    for target in targets:
        tally = run(target, range(asked.number))
        bad += tally.bad
        cells = [f"{tally.counts[v]:>10}" for v in VERDICTS]
        cost = f"{tally.seconds:6.1f} {tally.slowest:7.2f}s {tally.megabytes:5.0f}"
        print(f"{target.name:11} {asked.number:>6}", *cells, cost, flush=True)
    print(*bad[:200], sep="\n")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
