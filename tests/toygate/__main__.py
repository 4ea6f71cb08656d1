"""`python -m toygate [--method M ...] [--shift S ...] [--seeds N] [--meant M=S ...]`: train, compare, write."""

from __future__ import annotations

import argparse
import time

import torch

from myoshift.testing import toys
from toygate.gate import COLUMNS, TABLE, cards, compare, merged, methods, read, write


def main():
    """A line for each method and shift as it is done; rows of methods and shifts that are not asked for are kept."""
    parser = argparse.ArgumentParser(prog="toygate", description=__doc__)
    parser.add_argument("--method", action="append", choices=methods())
    parser.add_argument("--shift", action="append", choices=list(toys.WORLDS))
    parser.add_argument(
        "--seeds", type=int, default=2, help="worlds of each shift, with people and weights of their own"
    )
    parser.add_argument(
        "--meant", action="append", default=[], help="METHOD=SHIFT, what a method is meant for, or none"
    )
    asked = parser.parse_args()
    torch.set_num_threads(1)
    said = dict(each.split("=") for each in asked.meant)
    print(f"{'method':22} {'shift':11} {'r':>7} {'gain':>8} {'95 % of people':>19}  verdict")
    for name in asked.method or methods():
        for shift in asked.shift or toys.WORLDS:
            begun = time.perf_counter()
            row = compare(name, shift, range(asked.seeds))
            rows = merged(read(), [row], ("method", "shift"))
            write(TABLE, COLUMNS, rows)
            write(toys.CARD, toys.COLUMNS, cards(rows, said))
            interval = f"[{float(row['low']):+.4f}, {float(row['high']):+.4f}]"
            figures = f"{row['r']:>7} {float(row['gain']):+8.4f} {interval:>19}"
            print(
                f"{name:22} {shift:11} {figures}  {row['verdict']}  {time.perf_counter() - begun:.1f} s", flush=True
            )
    for card in toys.cards():
        print(f"{card['method']}: {toys.statement(card)}")


if __name__ == "__main__":
    main()
