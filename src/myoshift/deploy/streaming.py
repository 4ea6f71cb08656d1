"""The loop of a stream: a source of samples -> frames of the model's rate -> rows of muscles -> where they go."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from myoshift.deploy.channels import Watch
from myoshift.deploy.clocked import Clocked, Counts, Frame, against_aliasing
from myoshift.deploy.spread import Spread
from myoshift.errors import DataRefused
from myoshift.types import Array32, Flag


class Source(Protocol):
    """Where motion comes from.

    `names` are C canonical coordinates, `rate` (Hz) is that at which samples should come, `smooth` says that they are
    low-passed already, `watch` looks at units and signs while they come (None where they are known to be right),
    `ended` why the samples ended.
    """

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def rate(self) -> float: ...  # noqa: D102
    @property
    def smooth(self) -> bool: ...  # noqa: D102
    @property
    def watch(self) -> Watch | None: ...  # noqa: D102
    @property
    def notes(self) -> tuple[Flag, ...]: ...  # noqa: D102
    @property
    def ended(self) -> str: ...  # noqa: D102

    def samples(self) -> Iterator[Frame]:
        """Times on the sender's clock and coordinates (C,) in radians and metres, until the motion ends."""
        ...

    def now(self) -> float | None:
        """Seconds on the sender's clock; None where there is none to compare with."""
        ...


class Sink(Protocol):
    """Where muscles go."""

    def take(self, time: float, row: Array32) -> None:
        """A row of muscles (K,), and the instant of the motion that it describes."""
        ...


class Steps(Protocol):
    """What `deploy.live.Live` offers: a model that takes one frame at a time."""

    @property
    def names(self) -> tuple[str, ...]:
        """K muscles."""
        ...

    @property
    def rate(self) -> float:
        """Hz."""
        ...

    @property
    def latency(self) -> float:
        """Seconds by which a row describes an earlier frame than the last."""
        ...

    @property
    def delays(self) -> Mapping[str, float]:
        """Seconds left uncorrected, by output."""
        ...

    def step(self, frame: Array32) -> Array32:
        """Frame (C,) -> row (K,) of `latency` seconds ago."""
        ...

    def finish(self) -> Array32:
        """(L, K) rows that were waiting."""
        ...


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a stream was.

    Parameters
    ----------
    ended : why
    rows : of muscles given out
    seconds : of motion, from the first row to the last
    counts : of samples and frames
    step_p50, step_p99 : ms, from a sample in hand to its row of muscles given out: computing
    age_p50, age_p99 : ms, from the time stamp of a frame to the next row given out: transport, waiting for the sample
        behind the frame, computing; lost frames apart; None without a clock to compare with
    look_ahead : s by which rows come late because the model looks ahead
    filter_delay : s by which the causal low-pass makes slow changes late. Time stamps are corrected for both
    uncorrected : s, by output: delays that the model knows and that were not corrected, where it may not look ahead
    notes : what should be known of the samples
    error : what ended the stream, where it was an error
    """

    ended: str
    rows: int
    seconds: float
    counts: Counts
    step_p50: float | None
    step_p99: float | None
    age_p50: float | None
    age_p99: float | None
    look_ahead: float
    filter_delay: float
    uncorrected: Mapping[str, float]
    notes: tuple[Flag, ...]
    error: DataRefused | None = None

    def report(self) -> dict[str, Any]:
        """JSON values."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        error = str(self.error) if self.error else None
        notes = [asdict(flag) for flag in self.notes]
        return plain | {
            "counts": asdict(self.counts),
            "uncorrected": dict(self.uncorrected),
            "notes": notes,
            "error": error,
        }


def run(
    source: Source,
    live: Steps,
    sinks: Sequence[Sink],
    *,
    cutoff: float | None = None,
    seconds: float | None = None,
    say: Callable[[Flag], None] = lambda flag: None,
) -> Summary:
    """Stream until the motion ends, `seconds` of it have passed, or Ctrl-C is pressed; never lose what was given out.

    Parameters
    ----------
    cutoff : Hz of a causal low-pass of the samples; without it there is only the one against aliasing, where samples
        that are not smooth come clearly faster than the model's rate
    say : is told each note when it comes up
    """
    filtered = cutoff or (None if source.smooth else against_aliasing(live.rate, source.rate))
    clocked = Clocked(live.rate, len(source.names), source.rate, filtered)
    loop = _Loop(live, clocked, source, sinks, say)
    for flag in source.notes:
        say(flag)
    ended, error = "", None
    try:
        ended = loop.follow(seconds)
    except KeyboardInterrupt:
        ended = "Ctrl-C"
    except DataRefused as refused:
        ended, error = refused.what, refused
    loop.flush()
    return loop.summary(ended, error)


@dataclass(eq=False)
class _Loop:
    live: Steps
    clocked: Clocked
    source: Source
    sinks: Sequence[Sink]
    say: Callable[[Flag], None]
    waiting: deque[float] = field(default_factory=deque)  # times of frames whose rows are still to come
    rows: int = 0
    first: float = math.nan
    last: float = math.nan
    steps: Spread = field(default_factory=Spread)
    ages: Spread = field(default_factory=Spread)
    notes: list[Flag] = field(default_factory=list)

    def follow(self, seconds: float | None) -> str:
        """Why it ended."""
        waits, begun = round(self.live.latency * self.live.rate), None
        for time, values in self.source.samples():
            begun = time if begun is None else begun
            if seconds is not None and time - begun > seconds:
                return f"{seconds:g} s, as asked"
            start = perf_counter()
            for at, frame in self.clocked.take(time, values):
                row = self.live.step(frame.astype(np.float32))
                self.waiting.append(at)
                if len(self.waiting) > waits:
                    self._give(self.waiting.popleft(), row)
                self.steps.add((now := perf_counter()) - start)
                start = now
                if (clock := self.source.now()) is not None and np.isfinite(frame).any():
                    self.ages.add(clock - at)
            if self.source.watch is not None:
                for flag in self.source.watch(time, values):
                    self._tell(flag)
        return self.source.ended

    def _tell(self, flag: Flag) -> None:
        self.notes.append(flag)
        self.say(flag)

    def flush(self) -> None:
        """The rows that were waiting for motion that never came."""
        rows = self.live.finish()
        self.waiting = deque(list(self.waiting)[-len(rows) :] if len(rows) else [])
        for time, row in zip(self.waiting, rows[len(rows) - len(self.waiting) :], strict=True):
            self._give(time, row)

    def _give(self, at: float, row: Array32) -> None:
        time = at - self.clocked.delay
        self.rows += 1
        self.first = time if self.rows == 1 else self.first
        self.last = time
        for sink in self.sinks:
            sink.take(time, row)

    def summary(self, ended: str, error: DataRefused | None) -> Summary:
        """All of it."""
        median = self.steps.quantile(0.5)
        if median is not None and median > 1000 / self.live.rate:
            why = f"{median:.1f} ms a row, frames come every {1000 / self.live.rate:.1f} ms"
            self._tell(Flag("slow", f"this computer does not keep up: {why}"))
        return Summary(
            ended=ended,
            rows=self.rows,
            seconds=self.last - self.first if self.rows else 0.0,
            counts=self.clocked.counts,
            step_p50=median,
            step_p99=self.steps.quantile(0.99),
            age_p50=self.ages.quantile(0.5),
            age_p99=self.ages.quantile(0.99),
            look_ahead=self.live.latency,
            filter_delay=self.clocked.delay,
            uncorrected=self.live.delays,
            notes=(*self.source.notes, *self.notes),
            error=error,
        )
