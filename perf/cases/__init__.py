"""The cases, in the order of the table."""

from perf.cases import (
    c3d,
    calibration,
    dynamics,
    edf,
    envelope,
    losses,
    simulation,
    steps,
    sto,
    stream,
    synergies,
    training,
    windows,
)
from perf.contest import Case

GROUPS: dict[str, tuple[Case, ...]] = {
    "paths": (
        c3d.CASE, edf.CASE, sto.READ, sto.WRITE, envelope.CASE, windows.CASE, training.CASE, dynamics.CASE,
        simulation.CASE, synergies.CASE, calibration.CASE, stream.CASE,
    ),
    "losses": (*losses.CASES, steps.ALL, steps.BOTH),
}  # fmt: skip
"""Hot paths, and what transfer methods cost: measured and written apart."""
CASES: tuple[Case, ...] = tuple(case for group in GROUPS.values() for case in group)
