"""Source-only training where each laboratory has a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from myoshift.methods.source_only import SourceOnly


@dataclass
class SourceDelays(SourceOnly):
    """One delay for each laboratory and output, learned with the network: bounded, shrunk, mean 0 (see `Clock`)."""

    name: ClassVar[str] = "source_delays"
    delays: bool = True
