"""What a bad input is: how it is made, the way a user meets it, and what has to be said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myoshift import formats
from myoshift.datasets.inspection import Inspection
from myoshift.types import Flag


@dataclass(frozen=True, kw_only=True)
class Case:
    """One bad input.

    Parameters
    ----------
    row, name : row of the table of bad inputs, and which of its inputs
    make : writes the input into an empty folder and returns what the user hands over, most often a path
    use : the way of a user to it
    tokens : what the message must hold
    code : the code of the flag with which it loads; "" where it must be refused
    """

    row: int
    name: str
    tokens: tuple[str, ...]
    make: Callable[[Path], Any]
    use: Callable[[Any], Any] = formats.read
    code: str = ""

    @property
    def id(self) -> str:
        return f"bad_{self.row:02d}-{self.name}"


def content(name: str, raw: bytes | str) -> Callable[[Path], Path]:
    """A maker of one file."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        return path

    return make


def flags(found: Any) -> Iterator[Flag]:
    """Every flag of what a reader, a check or a preparation gave, verdicts on channels included."""
    if isinstance(found, Flag):
        yield found
    elif isinstance(found, list | tuple):
        for each in found:
            yield from flags(each)
    elif isinstance(found, Inspection):
        yield from found.flags
        for channel in found.channels:
            yield Flag(f"channel_{channel.verdict}", "; ".join(channel.reasons), channel.name)
    elif hasattr(found, "verdict"):
        yield Flag(found.rule, f"{found.verdict}: {found.why}", found.where)
    else:
        yield from getattr(found, "flags", ())
