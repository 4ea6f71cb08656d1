"""Where a recording is being played: a value that each key press or passing second turns into another one.

No thread and no clock of its own: whoever holds it says what time it is, so that several browsers that press keys at
once can only follow each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0)
"""Of playing, as a multiple of real time."""


@dataclass(frozen=True, kw_only=True)
class Playback:
    """A time of a recording that stands still or goes on.

    Parameters
    ----------
    start, stop : first and last time of the recording, s
    step : s between two frames
    time : that is shown, s
    since : reading of the clock (s) at which `time` was right
    speed : s of the recording in a second
    loop : begin again at the end, instead of stopping there
    """

    start: float
    stop: float
    step: float
    time: float
    since: float = 0.0
    speed: float = 1.0
    playing: bool = False
    loop: bool = True

    def at(self, clock: float) -> Playback:
        """The same when the clock says so: further on while it plays, at the end from the beginning or stopped."""
        if not self.playing:
            return replace(self, since=clock)
        time = self.time + self.speed * max(clock - self.since, 0.0)
        length = self.stop - self.start
        if time <= self.stop:
            return replace(self, time=time, since=clock)
        if self.loop and length > 0:
            return replace(self, time=self.start + (time - self.start) % length, since=clock)
        return replace(self, time=self.stop, since=clock, playing=False)

    def toggled(self) -> Playback:
        """Playing if it stood, standing if it played; from the beginning where it had reached the end."""
        at_end = not self.playing and self.time >= self.stop - self.step / 2
        return replace(self, playing=not self.playing, time=self.start if at_end else self.time)

    def moved(self, time: float) -> Playback:
        """Standing at another time, or at the end that is nearest to it."""
        return replace(self, playing=False, time=min(max(time, self.start), self.stop))

    def stepped(self, frames: int) -> Playback:
        """Standing some frames later, or earlier where negative."""
        return self.moved(self.time + frames * self.step)

    def paced(self, speed: float) -> Playback:
        """At another speed, held within the slowest and the fastest of `SPEEDS`."""
        return replace(self, speed=min(max(speed, SPEEDS[0]), SPEEDS[-1]))

    def faster(self) -> Playback:
        """At the next of `SPEEDS`."""
        return self.paced(min((speed for speed in SPEEDS if speed > self.speed), default=SPEEDS[-1]))

    def slower(self) -> Playback:
        """At the previous of `SPEEDS`."""
        return self.paced(max((speed for speed in SPEEDS if speed < self.speed), default=SPEEDS[0]))
