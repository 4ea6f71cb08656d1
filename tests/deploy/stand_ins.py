"""Stand-ins for what a stream joins: a model that looks ahead, a source of samples, a sink that keeps rows."""

from dataclasses import dataclass, field

import numpy as np

from myoshift.deploy.channels import Watch


class Echo:
    """A model whose muscle k is twice coordinate k of `lag` frames ago."""

    def __init__(self, names, rate=100.0, lag=0):
        self.names, self.rate, self.latency, self.delays = tuple(names), rate, lag / rate, {"soleus": 0.03}
        self._lag, self._kept = lag, []

    def step(self, frame):
        self._kept.append(2 * frame)
        return self._kept.pop(0) if len(self._kept) > self._lag else np.full(len(frame), np.nan, np.float32)

    def finish(self):
        missing = self._lag - len(self._kept)
        return np.array([*[np.full(len(self.names), np.nan)] * missing, *self._kept]).reshape(-1, len(self.names))


@dataclass
class Samples:
    """Samples that are there from the beginning; `stop` is raised behind them."""

    time: np.ndarray
    values: np.ndarray
    rate: float = 100.0
    smooth: bool = False
    names: tuple = ("hip_flexion_r", "knee_angle_r")
    watch: Watch | None = None
    notes: tuple = ()
    ended: str = "nothing more came"
    stop: BaseException | None = None
    clock: float | None = None

    def samples(self):
        yield from zip(self.time.tolist(), self.values, strict=True)
        if self.stop:
            raise self.stop

    def now(self):
        return self.clock


@dataclass
class Kept:
    """Rows and their times."""

    time: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    def take(self, time, row):
        self.time.append(time)
        self.rows.append(row)
