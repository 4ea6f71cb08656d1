"""The cases, in the order of the table."""

from perf.cases import c3d, dynamics, envelope, simulation, sto, training, windows
from perf.contest import Case

CASES: tuple[Case, ...] = (
    c3d.CASE, sto.READ, sto.WRITE, envelope.CASE, windows.CASE, training.CASE, dynamics.CASE, simulation.CASE,
)  # fmt: skip
