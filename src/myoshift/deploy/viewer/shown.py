"""What a viewer shows: one value, changed as a whole, so that what several browsers do at once cannot mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from myoshift.deploy.viewer.colours import SCHEMES, Scheme
from myoshift.deploy.viewer.figure import Sides
from myoshift.deploy.viewer.playback import Playback

SIDES: dict[str, Sides] = {"both": "both", "right": "r", "left": "l"}
"""What the panel calls them."""
BOUND = 0.150
"""s; the EMG is drawn at most so much later or earlier."""
SPANS = {"2 s": 2.0, "5 s": 5.0, "10 s": 10.0, "all": float("inf")}
"""Lengths of the stretch that is drawn."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is on the screen.

    Parameters
    ----------
    playback : the time
    muscles : muscles and sites, without side, that can be drawn
    muscle : the one that is
    sides : whose muscles and charts
    scheme : colours of activation
    delay : s by which the EMG is drawn later
    span : s that a chart shows at once
    """

    playback: Playback
    muscles: tuple[str, ...]
    muscle: str
    sides: Sides = "both"
    scheme: Scheme = "blue-red"
    delay: float = 0.0
    span: float = 5.0

    def at(self, clock: float) -> Shown:
        """The same when the clock says so (s)."""
        return replace(self, playback=self.playback.at(clock))

    def next_muscle(self, by: int = 1) -> Shown:
        """The muscle after it, the first after the last."""
        return replace(self, muscle=after(self.muscles, self.muscle, by))

    def next_side(self) -> Shown:
        """Both, right, left, both."""
        return replace(self, sides=after(tuple(SIDES.values()), self.sides))

    def next_scheme(self) -> Shown:
        """The other colours."""
        return replace(self, scheme=after(SCHEMES, self.scheme))

    def delayed(self, delay: float) -> Shown:
        """The EMG so much later (s), within `BOUND`."""
        return replace(self, delay=min(max(delay, -BOUND), BOUND))


def after(all_of_them: Sequence[T], one: T, by: int = 1) -> T:
    """The one that follows, the first after the last."""
    return all_of_them[(all_of_them.index(one) + by) % len(all_of_them)]
