"""Input, label, timing and concept shift apart: virtual laboratories that differ from the source in one thing alone.

Between real laboratories all of them come at once (Quinonero-Candela et al. 2009, Dataset Shift in Machine Learning,
chapter 1, for the names). The virtual people of a seed are the same in every target here: the same bodies, movements
and noise, but where the shift is in these, so that a difference of scores is that of the shift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from myoshift import anatomy, metrics
from myoshift.bench import oracle, stats
from myoshift.bench.spec import Benchmark
from myoshift.bench.traces import Pair, Trace
from myoshift.predictor import Predictor
from myoshift.simulate import labs
from myoshift.simulate.randomise import Config, Control, Range, Sensor
from myoshift.types import Array, Recording

SITES = (
    *("tibialis_anterior", "gastrocnemius_medialis", "soleus"),
    *("rectus_femoris", "vastus_lateralis", "hamstrings_medial"),
)
SOURCE_SEED, TARGET_SEED = 0, 1
SEEN = ("r", "r_best", "lag", "r2")
COLUMNS = (
    *("kind", "shift", "method", "people", "r", "r_low", "r_high", "r_best", "lag", "r2", "r2_gain"),
    *(f"r_{step}" for step in oracle.STEPS[1:]),
)
"""Columns of the table: means over people, of r2 medians; the interval over people; the oracle's steps come last."""


def _fixed(value: float) -> Range:
    return Range(low=value, high=value)


def _sensor(**changes: float) -> Sensor:
    """A sensor of which nothing is drawn but the noise."""
    plain = {"offset": 0.0, "delay": 0.03, "crosstalk": 0.05, "exponent": 1.0, "baseline": 0.02}
    rest = {"log_gain": 0.0, "noise": 0.05, "cutoff": 6.0}
    return Sensor(**{name: _fixed(value) for name, value in {**plain, **rest, **changes}.items()})


def _control(exponent: float, co_activation: float) -> Control:
    return Control(exponent=_fixed(exponent), floor=_fixed(0.02), co_activation=_fixed(co_activation))


SOURCE = Config(
    labs=1,
    seconds=10.0,
    rate=50.0,
    movements=("walk",),
    sites=SITES,
    children=0.0,
    sensor=_sensor(),
    control=_control(2.0, 0.0),
)
"""Adults walk; one electrode set-up, one clock, one exponent; bodies and weights of muscles differ as people do."""


@dataclass(frozen=True)
class Shift:
    """A target laboratory: `kind` is `none`, `input`, `label`, `timing` or `concept`, all else is the source's."""

    kind: str
    name: str
    config: Config


def _changed(kind: str, name: str, **changes: Any) -> Shift:
    return Shift(kind, name, SOURCE.model_copy(update=changes))


SHIFTS = (
    _changed("none", "other people"),
    _changed("input", "children", children=1.0),
    _changed("input", "running", movements=("run",)),
    _changed("label", "gain 2", sensor=_sensor(log_gain=float(np.log(2.0)))),
    _changed("label", "crosstalk and a curve", sensor=_sensor(crosstalk=0.25, exponent=0.7, baseline=0.05)),
    _changed("timing", "EMG 100 ms earlier", sensor=_sensor(offset=0.055, delay=0.075)),
    _changed("concept", "exponent 4", control=_control(4.0, 0.0)),
    _changed("concept", "co-activation", control=_control(2.0, 0.2)),
)


def source(people: int, world: labs.World | None = None) -> tuple[Recording, ...]:
    """What is learned from."""
    return tuple(labs.virtual_labs(people, SOURCE_SEED, SOURCE, world=world))


def target(shift: Shift, people: int, world: labs.World | None = None) -> tuple[Recording, ...]:
    """The people of a target, whom the source does not have."""
    return tuple(labs.virtual_labs(people, TARGET_SEED, shift.config, world=world))


def table(
    fitted: dict[str, Predictor],
    spec: Benchmark,
    people: int,
    shifts: Sequence[Shift] = SHIFTS,
    recordings: Callable[[Shift, int], tuple[Recording, ...]] = target,
) -> pd.DataFrame:
    """How predictors that were fitted to the source do on each target: one row per shift and method, `COLUMNS`.

    Parameters
    ----------
    fitted : predictors by the name of their method
    spec : whose inputs, outputs and rate are theirs
    """
    rows = list[dict[str, Any]]()
    for shift in shifts:
        tested = recordings(shift, people)
        for method, predictor in fitted.items():
            scores = pd.DataFrame([_person(each, predictor, spec) for each in tested])
            rows.append({"kind": shift.kind, "shift": shift.name, "method": method, **_means(scores)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _person(recording: Recording, predictor: Predictor, spec: Benchmark) -> dict[str, Any]:
    """Means over muscles and legs of one person, of r2 medians, as one bad muscle would rule a mean."""
    predicted = predictor.legs(recording.hidden())
    traces = [
        Trace((Pair(recording, leg.side, predicted[leg.side], leg.activation),), spec.rate)
        for leg in anatomy.legs(recording, spec.inputs, spec.outputs)
    ]
    each = [dict(_leg(trace, spec)) for trace in traces]
    means = {name: float(_middle(name)([leg[name] for leg in each])) for name in each[0]}
    return {"institution": recording.institution, "subject": recording.person, **means}


def _middle(name: str) -> Callable[[Any], Any]:
    return np.nanmedian if name.startswith("r2") else np.nanmean


def _leg(trace: Trace, spec: Benchmark) -> Iterator[tuple[str, Array]]:
    for name in SEEN:
        yield name, getattr(metrics, name)(trace.predicted, trace.measured, trace.rate)
    yield from oracle.steps(trace, spec).items()


def _means(scores: pd.DataFrame) -> dict[str, Any]:
    by_person = scores.set_index(stats.PERSON)
    found = stats.estimate(by_person["r"])
    means = {name: float(_middle(name)(by_person[name])) for name in COLUMNS if name in by_person}
    interval = found.by_person
    return {**means, "people": found.people, "r_low": interval.low, "r_high": interval.high}
