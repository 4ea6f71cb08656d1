"""`python -m fuzz [--number N] [--reader NAME ...] [--only K] [--large]`: damage files, read them, say what happened.

With `--large` the files are of ten megabytes, and what counts is the memory: 100 mutants of each reader.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fuzz import large
from fuzz.harness import VERDICTS, judge, run
from fuzz.mutant import mutant
from fuzz.targets import TARGETS


def main():
    """One row for each reader; exit code 1 if anything was silent or crashed."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--number", type=int, help="mutants of each reader, 10,000 or 100 large ones")
    parser.add_argument("--large", action="store_true", help="files of ten megabytes: how much memory do they take")
    parser.add_argument("--reader", action="append", choices=[target.name for target in TARGETS])
    parser.add_argument("--only", type=int, help="this mutant alone, written to mutant.* in this folder")
    asked = parser.parse_args()
    offered = [large.large(target) for target in large.TARGETS] if asked.large else TARGETS
    targets = [target for target in offered if not asked.reader or target.name in asked.reader]
    number = asked.number or (100 if asked.large else 10_000)
    if asked.only is not None:
        for target in targets:
            path = Path(f"mutant{target.suffix}")
            print(target.name, mutant(target, asked.only)[1].damage, *judge(target, asked.only, path))
        return
    print(f"{'reader':11} {'n':>6} " + " ".join(f"{v:>10}" for v in VERDICTS) + f" {'s':>6} {'slowest':>8} {'MB':>5}")
    bad = []
    for target in targets:
        tally = run(target, range(number))
        bad += tally.bad
        cells = [f"{tally.counts[v]:>10}" for v in VERDICTS]
        cost = f"{tally.seconds:6.1f} {tally.slowest:7.2f}s {tally.megabytes:5.0f}"
        print(f"{target.name:11} {number:>6}", *cells, cost, flush=True)
    print(*bad[:200], sep="\n")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
