"""Where in the gait cycle muscles are active, and by how much a recording is early or late against that."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from myoshift import anatomy
from myoshift.datasets.seen import STEP, Seen, together
from myoshift.types import Array, Side

WIDTH = 0.09  # SD of an expected burst, as a share of the cycle
FLAT = 1.5  # greatest over mean value of a mean cycle, below which a channel shows no burst


@dataclass(frozen=True)
class Burst:
    """A muscle group's phases of activity in walking, shares of the cycle of its own leg, and how far they vary."""

    group: str
    phases: tuple[float, ...]
    tolerance: float
    source: str


@cache
def expected() -> dict[str, Burst]:
    """What is expected of each muscle group, from `phases.csv`."""
    text = resources.files("myoshift.datasets").joinpath("phases.csv").read_text(encoding="utf-8")
    return {
        row["group"]: Burst(
            row["group"], tuple(map(float, row["phases"].split())), float(row["tolerance"]), row["source"]
        )
        for row in csv.DictReader(text.splitlines())
    }


def burst(site: str) -> Burst | None:
    """What is expected at a site, None where nothing sure is known."""
    return expected().get(anatomy.site(site).group)


def bursting(one: Seen, side: Side) -> dict[str, Array]:
    """Mean cycles (STEP,) of the sites of a leg whose bursts are known and that show one."""
    cycles = one.cycles(side)
    return {name: cycle for name, cycle in cycles.items() if burst(name) and cycle.max() > FLAT * cycle.mean()}


def fit(cycle: Array, site: str) -> float:
    """Correlation of a cycle (STEP,) with the expected bursts of a site."""
    return together(cycle, template(site))


@cache
def template(site: str) -> Array:
    """The expected bursts of a site as a cycle (STEP,)."""
    known, phase = burst(site), np.arange(STEP) / STEP
    away = [(phase - each + 0.5) % 1.0 - 0.5 for each in (known.phases if known else ())]
    return np.asarray(np.sum([np.exp(-0.5 * (distance / WIDTH) ** 2) for distance in away], axis=0))


def peak(cycle: Array) -> float:
    """Where a mean cycle (STEP,) is highest, as a share of it."""
    return float(np.argmax(cycle)) / STEP


def away(site: str, phase: float) -> float:
    """Distance of a phase from the nearest expected burst of a site, as a share of the cycle."""
    known = burst(site)
    return min((abs((phase - each + 0.5) % 1.0 - 0.5) for each in known.phases), default=0.0) if known else 0.0


def agreement(cycles: Mapping[str, Array]) -> Array:
    """Correlation of each cycle with its expected bursts when it comes k steps late, (sites, STEP); k = 0 is on time.

    The second half of the steps stands for early ones: -0.5 to -0.01 of the cycle.
    """
    late = [[fit(np.roll(cycle, -k), site) for k in range(STEP)] for site, cycle in cycles.items()]
    return np.array(late).reshape(len(cycles), STEP)


def share(step: int) -> float:
    """A lag of so many steps as a share of the cycle, -0.5 to 0.49: late is positive."""
    return (step + STEP // 2) % STEP / STEP - 0.5


def both(one: Seen, sides: tuple[Side, ...]) -> Iterator[tuple[str, Array]]:
    """Every site of these legs with its agreement (STEP,)."""
    for side in sides:
        cycles = bursting(one, side)
        yield from zip(cycles, agreement(cycles), strict=True)
