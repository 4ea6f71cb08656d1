"""Lab Streaming Layer: motion in from a stream by name, muscles out as a stream. Needs the extra `stream` (pylsl)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

import numpy as np

from myoshift.deploy.channels import Channels, Watch, channels
from myoshift.deploy.clocked import Frame
from myoshift.deploy.lsl_streams import described, found, library, the_one
from myoshift.errors import DataRefused, MyoshiftError
from myoshift.types import Array32, Flag

OPENING = 1.0
"""s of samples that are listened to, and judged, before the first row of muscles is given out."""
QUIET = 1.0  # s without a sample after which that is said
POLL = 0.2  # s that one call into the library may wait, so that Ctrl-C is heard
CORRECTED = 1.0  # s between two looks at the offset of the sender's clock
UNLIKE = 0.1  # share by which the rate may differ from the one described
OTHER_CLOCK = 60.0  # s between a stamp and the clock of LSL, from which they cannot be the same clock


@dataclass(eq=False)
class LslSource:
    """Joint angles that come through LSL; a `streaming.Source`. Open it with `connect`.

    Parameters
    ----------
    timeout : s without a sample after which the stream counts as ended
    """

    inlet: Any
    name: str
    where: str
    channels: Channels
    rate: float
    opening: list[Frame]
    timeout: float
    say: Callable[[str], None]
    notes: tuple[Flag, ...]
    ended: str = ""
    smooth: bool = False
    watch: Watch | None = None
    _correction: float = 0.0
    _corrected: float = -np.inf

    @property
    def names(self) -> tuple[str, ...]:
        """Canonical coordinates."""
        return self.channels.names

    def samples(self) -> Iterator[Frame]:
        """Samples as they come, until none has come for `timeout` seconds.

        Raises
        ------
        DataRefused
            When none comes any more and the name now belongs to a stream with another number of channels.
        """
        self.opening += self._pull()  # what came while a model was made ready
        yield from self.opening
        self.opening = []
        last, told = monotonic(), False
        while (silent := monotonic() - last) < self.timeout:
            come = self._pull()
            if come and told:
                self.say(f"{self.where}: samples again after {silent:.1f} s")
            if come:
                last, told = monotonic(), False
                yield from come
            elif silent > QUIET and not told:
                self.say(f"{self.where}: no sample for {QUIET:g} s; waiting, up to {self.timeout:g} s")
                told = True
        self.ended = f"no sample for {self.timeout:g} s: the sender stopped, or the network is down"
        self._refuse_another()

    def now(self) -> float | None:
        """The clock of LSL on this machine, to which all stamps are brought; None for what came in the opening."""
        if self.opening or any(flag.code == "other_clock" for flag in self.notes):
            return None
        return float(library().local_clock())

    def _pull(self) -> list[Frame]:
        """Samples that are there, their times brought to the clock of this machine."""
        pylsl = library()
        try:
            sample, stamp = self.inlet.pull_sample(timeout=POLL)
            if stamp is None:
                return []
            samples, stamps = self.inlet.pull_chunk(timeout=0.0)
            if monotonic() - self._corrected > CORRECTED:
                self._correction, self._corrected = self.inlet.time_correction(timeout=POLL), monotonic()
        except (pylsl.util.LostError, pylsl.util.TimeoutError):
            return []
        pairs = zip([stamp, *stamps], [sample, *samples], strict=True)
        return [(time + self._correction, self.channels(values)) for time, values in pairs]

    def _refuse_another(self) -> None:
        there, _ = found(library(), self.name)
        if here := [info for info in there if info.channel_count() != self.channels.count]:
            raise DataRefused(
                "the stream has another number of channels now",
                where=self.where,
                why=f"{here[0].channel_count()}, {self.channels.count} before",
                mend="start again with the new stream",
            )

    def listen(self) -> None:
        """Take in the first second of the stream, and set the clock of the sender beside that of this machine.

        Raises
        ------
        DataRefused
            When nothing comes, or a coordinate cannot be in its unit.
        """
        pylsl = library()
        begin = monotonic()
        try:
            self._correction, self._corrected = self.inlet.time_correction(timeout=self.timeout), monotonic()
        except (pylsl.util.LostError, pylsl.util.TimeoutError) as error:
            raise self._silent("its clock does not answer") from error
        while monotonic() - begin < self.timeout:
            self.opening += self._pull()
            if len(self.opening) > 2 and self.opening[-1][0] - self.opening[0][0] >= OPENING:
                break
        if len(self.opening) < 3:
            raise self._silent(f"{len(self.opening)} samples in {self.timeout:g} s")
        self.channels.refuse_implausible(np.stack([values for _, values in self.opening]))
        self._set_rate()
        self.watch = Watch(self.channels)
        off = abs(self.opening[-1][0] - pylsl.local_clock())
        if off > OTHER_CLOCK:
            why = f"stamps are {off:.0f} s off the clock of LSL: the age of rows is not told"
            self.notes += (Flag("other_clock", why, self.where),)

    def _set_rate(self) -> None:
        """The rate that is described, or that at which samples come where they disagree or none is."""
        steps = np.diff([time for time, _ in self.opening])
        steps = steps[steps > 0]
        comes = 1 / float(np.median(steps)) if len(steps) else self.rate
        if len(steps) and abs(comes - self.rate) > UNLIKE * max(self.rate, 1e-9):
            described = f"described as {self.rate:g} Hz" if self.rate else "described without a rate"
            self.notes += (Flag("rate", f"{described}, samples come at {comes:.4g} Hz; that is used", self.where),)
            self.rate = comes

    def _silent(self, why: str) -> DataRefused:
        return DataRefused(
            "the stream is there, but nothing comes through it",
            where=self.where,
            why=why,
            mend="start the sender's recording or playback; let ports 16572 to 16604 through the firewall",
        )


def connect(
    name: str,
    *,
    timeout: float = 10.0,
    convention: str = "rajagopal",
    angle_unit: Literal["deg", "rad"] | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> LslSource:
    """Find a stream by its name, read its description, and listen to its first second.

    Raises
    ------
    MyoshiftError
        When there is no stream of that name within `timeout` seconds.
    DataRefused
        When there are two, it holds text, its channels are not named as coordinates, an angle has no unit, or cannot
        have it, or nothing comes.
    """
    pylsl = library()
    info = the_one(pylsl, name, timeout)
    where = f"LSL stream {name!r}"
    inlet = pylsl.StreamInlet(info, max_buflen=60)
    try:
        labels, units = described(inlet.info(timeout=timeout))
        inlet.open_stream(timeout=timeout)
    except (pylsl.util.LostError, pylsl.util.TimeoutError) as error:
        raise MyoshiftError(
            "the stream was found, but it does not answer",
            where=where,
            why=f"{info.hostname()}, {timeout:g} s",
            mend="let TCP ports 16572 to 16604 of that machine through its firewall",
        ) from error
    coordinates = channels(labels, units, where, convention=convention, angle_unit=angle_unit)
    source = LslSource(
        inlet=inlet,
        name=name,
        where=where,
        channels=coordinates,
        rate=float(info.nominal_srate()),
        opening=[],
        timeout=timeout,
        say=say,
        notes=coordinates.notes,
    )
    source.listen()
    return source


class Outlet:
    """Muscles as an LSL stream that anybody on the network can read; a `streaming.Sink`.

    Each row carries the time, on the clock of LSL, of the instant of the motion that it describes: what the model
    looks ahead and what filters delay is subtracted. A row of lost motion is sent as NaN.

    Parameters
    ----------
    names : K muscles
    rate : Hz
    said : more to say in the description, for example the look-ahead in seconds
    clock : the present on the clock of the times that rows are given with, where that is not LSL's (a replayed file)
    """

    def __init__(
        self,
        name: str,
        names: Sequence[str],
        rate: float,
        said: Mapping[str, str],
        clock: Callable[[], float | None] | None = None,
    ) -> None:
        pylsl = library()
        content = hashlib.sha256("\n".join([name, *names]).encode()).hexdigest()[:12]
        info = pylsl.StreamInfo(name, "activation", len(names), rate, pylsl.cf_float32, f"myoshift-{content}")
        listed = info.desc().append_child("channels")
        for muscle in names:
            channel = listed.append_child("channel")
            for key, value in (("label", muscle), ("unit", "1"), ("type", "activation")):
                channel.append_child_value(key, value)
        for key, value in said.items():
            info.desc().append_child_value(key, value)
        self._outlet, self._clock, self._offset = pylsl.StreamOutlet(info), clock, 0.0

    def take(self, time: float, row: Array32) -> None:
        """Send a row (K,)."""
        if self._clock is not None and (now := self._clock()) is not None:
            self._offset, self._clock = library().local_clock() - now, None
        self._outlet.push_sample(row.tolist(), time + self._offset)
