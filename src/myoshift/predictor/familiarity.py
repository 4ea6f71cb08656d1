"""Whether a recording is like those that a predictor learned from: the range of its angles, and how they move.

A network that is shown a strange motion answers as surely as ever. That it is strange can be told from the motion
alone: angles that nobody had, or windows unlike everybody's (degrees as radians, a sign, two columns exchanged,
running for a model of walking). Both are held against limits that the source sets: each institution in turn is
compared with the others, and the limit is the one-sided prediction limit for a recording of one more institution.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from myoshift import anatomy
from myoshift.anatomy import Leg
from myoshift.predictor import movement
from myoshift.predictor.distance import SPAN, distances, lasting, moments, prediction_limit, spans
from myoshift.predictor.problem import balance
from myoshift.types import Array, Array32, Flag

FALSE_ALARMS = 0.05
"""Share of the ordinary recordings of unseen institutions that the limits are set for; half of it for each flag."""
EDGE = 0.01
"""Share of the frames at either end of a recording's range that does not count."""
MOST = 3000
"""Windows that are kept as reference, everybody alike, of many legs rather than long ones."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Familiarity:
    """What a predictor's source looked like.

    Parameters
    ----------
    names : C coordinates without side, those that every group measured
    rate : Hz
    held : what was held against the rest to set the limits, in words: `institution`; `person` where there is but one
        institution; virtual ones of a source that was simulated, which say less of a real one
    low, high : (C,) rad, of everybody's frames but the last hundredth at each end
    margin : share of the width of a range by which an unseen group may leave it
    windows : (N, F) features of the reference's windows (`movement`)
    weight : (N,) of each window: groups count alike, in them people, of them recordings
    leg, recording, group : (N,) number of the leg, of the recording and of the group that a window is from
    """

    names: tuple[str, ...]
    rate: float
    held: str
    low: Array
    high: Array
    margin: float
    windows: Array32
    weight: Array
    leg: NDArray[np.int64]
    recording: NDArray[np.int64]
    group: NDArray[np.int64]

    @classmethod
    def fit(cls, legs: Sequence[Leg], inputs: Sequence[str], rate: float) -> Self | None:
        """Learn from the legs that a predictor learned from; None where they are of one person, or too short.

        Parameters
        ----------
        legs : with motion (T, C) of these inputs
        inputs : of the predictor; derived ones and those of the other leg are not looked at
        """
        unit = "institution" if len({leg.recording.institution for leg in legs}) > 1 else "person"
        made = all(leg.recording.kind == "simulated" for leg in legs)
        of = [getattr(leg.recording, unit) for leg in legs]
        groups, columns = sorted(set(of)), _measured_by_all(legs, inputs, of)
        if len(groups) < 2 or not columns:
            return None
        names = tuple(inputs[k] for k in columns)
        group = np.array([groups.index(name) for name in of])
        ids = list(dict.fromkeys(leg.recording.id for leg in legs))
        recording = np.array([ids.index(leg.recording.id) for leg in legs])
        share, kept = balance(legs), _kept(legs, rate)
        windows = [movement.measured(legs[k].motion[:frames, columns], rate) for k, frames in kept.items()]
        ends = np.stack([_ends(leg.motion[:, columns]) for leg in legs])
        count = [len(each) for each in windows]
        source = np.repeat(np.array(list(kept), dtype=np.int64), count)
        if len(np.unique(group[source])) < 2:
            return None
        weight = balance([legs[k] for k in kept]) / np.maximum(count, 1)
        return cls(
            names=names,
            rate=rate,
            held=f"virtual {unit}" if made else unit,
            low=np.fmin.reduce(ends[:, 0]),
            high=np.fmax.reduce(ends[:, 1]),
            margin=_margin(ends, group, recording, share),
            windows=np.concatenate(windows).astype(np.float32),
            weight=np.repeat(weight, count),
            leg=source,
            recording=recording[source],
            group=group[source],
        )

    @property
    def groups(self) -> int:
        """How many institutions (or people) the limits rest on."""
        return len(np.unique(self.group))

    @property
    def many(self) -> str:
        """What was held, in the plural."""
        return self.held.replace("institution", "institutions").replace("person", "people")

    def flags(self, motion: Array32, inputs: Sequence[str], side: str) -> tuple[Flag, ...]:
        """What is strange about the motion (T, C) of one leg whose columns are the inputs.

        A flag names the coordinate, its values, what is usual, and how often ordinary recordings are flagged.
        """
        motion = self.chosen(motion, inputs)
        stated = f"limit for {FALSE_ALARMS:.0%} false alarms, from {self.groups} {self.many}"
        found = (*self._beyond(motion, side), *self._unlike(motion, side))
        return tuple(Flag(flag.code, f"{flag.message} ({stated})", flag.where) for flag in found)

    def chosen(self, motion: Array32, inputs: Sequence[str]) -> Array32:
        """The columns (T, C) of the coordinates that are looked at, of motion whose columns are the inputs."""
        return motion[:, [list(inputs).index(name) for name in self.names]]

    def excess(self, motion: Array32) -> Array:
        """(C,) how far the motion (T, C) of a leg leaves each range, as a share of its width; below 0 inside it."""
        return _excess(_ends(motion), self.low, self.high)

    def distance(self, motion: Array32) -> Array:
        """(N,) distance of each window of the motion (T, C) of a leg; NaN where a coordinate is missing for once."""
        windows = movement.measured(motion, self.rate)
        use = _there(windows)
        return distances(windows[:, list(use)], self.windows[:, list(use)], self.weight)

    def score(self, motion: Array32) -> float:
        """The largest distance that lasts for a span; NaN of a leg that is too short."""
        return lasting(self.distance(motion))

    def limit(self, motion: Array32) -> float:
        """What the score is held against, which depends on the coordinates that the leg has."""
        return _limit(self, _there(movement.measured(motion, self.rate)))

    def config(self) -> dict[str, Any]:
        """Names, rate, margin, and what was held out."""
        return {"names": list(self.names), "rate": self.rate, "held": self.held, "margin": self.margin}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name."""
        return {key: getattr(self, key) for key in ARRAYS}

    @classmethod
    def restore(cls, config: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The familiarity of this config and these arrays."""
        own: dict[str, Any] = {**config, "names": tuple(config["names"]), **{key: arrays[key] for key in ARRAYS}}
        return cls(**own)

    def refuse_other(self, inputs: Sequence[str]) -> None:
        """Refuse (ValueError) coordinates that are no inputs, and arrays that do not fit together."""
        if strange := [name for name in self.names if name not in inputs]:
            raise ValueError(f"familiar with {', '.join(strange)}, which is no input")
        count, width = len(self.windows), len(movement.features(self.names))
        shapes = {
            **dict.fromkeys(("low", "high"), (len(self.names),)),
            **dict.fromkeys(("weight", "leg", "recording", "group"), (count,)),
            "windows": (count, width),
        }
        for name, shape in shapes.items():
            if (found := getattr(self, name).shape) != shape:
                raise ValueError(f"{name} of familiarity has the shape {found}, expected {shape}")

    def _beyond(self, motion: Array32, side: str) -> Iterator[Flag]:
        room = self.margin * (self.high - self.low)
        for k in np.flatnonzero(self.excess(motion) > self.margin):
            column = motion[np.isfinite(motion[:, k]), k]
            outside = np.mean((column < self.low[k] - room[k]) | (column > self.high[k] + room[k]))
            yield Flag(
                "out_of_range",
                f"{column.min():.2f} to {column.max():.2f} rad, {outside:.0%} of it outside {self.low[k]:.2f} to "
                f"{self.high[k]:.2f}, give or take {room[k]:.2f}, which the model learned from",
                f"{self.names[k]}_{side}",
            )

    def _unlike(self, motion: Array32, side: str) -> Iterator[Flag]:
        windows = movement.measured(motion, self.rate)
        use = _there(windows)
        medians = spans(distances(windows[:, list(use)], self.windows[:, list(use)], self.weight))
        over = np.flatnonzero(medians > (limit := _limit(self, use)))
        if not len(over):
            return
        part = slice(over[0], over[-1] + SPAN)
        first, length = movement.starts(len(motion), self.rate)
        begin, end = first[part][0] / self.rate, (first[part][-1] + length) / self.rate
        mean, sd = moments(self.windows[:, list(use)], self.weight)
        here = windows[part][:, list(use)]
        typical = np.median(here[np.isfinite(here).all(axis=1)], axis=0)
        worst = int(np.argmax(np.abs(typical - mean) / sd))
        feature = movement.features(self.names)[use[worst]]
        low, high = (feature.shown(mean[worst] + k * sd[worst]) for k in (-2, 2))
        yield Flag(
            "unfamiliar_motion",
            f"distance {medians.max():.1f}, limit {limit:.1f}, from {begin:.1f} to {end:.1f} s; most of all "
            f"{feature.name}: {feature.shown(typical[worst])}, usual {low} to {high}",
            ", ".join(f"{self.names[k]}_{side}" for k in feature.of),
        )


@lru_cache(maxsize=64)
def _limit(known: Familiarity, columns: tuple[int, ...]) -> float:
    """The prediction limit of the distance by these features: normal in its logarithm over the groups."""
    windows, score = known.windows[:, list(columns)], {}
    for held in np.unique(known.group):
        own = known.group == held
        distance = distances(windows[own], windows[~own], known.weight[~own])
        for number in np.unique(known.recording[own]):
            here = known.recording[own] == number
            each = [lasting(distance[here & (known.leg[own] == leg)]) for leg in np.unique(known.leg[own][here])]
            score[number] = np.fmax.reduce(each), known.weight[own][here].sum(), held
    values, weight, group = (np.array(each) for each in zip(*score.values(), strict=True))
    return float(np.exp(prediction_limit(np.log(values), weight, group, FALSE_ALARMS / 2)))


ARRAYS = ("low", "high", "windows", "weight", "leg", "recording", "group")


def _kept(legs: Sequence[Leg], rate: float) -> dict[int, int]:
    """Which legs are kept as reference, and so many frames of each from its beginning.

    Of people who did much the legs are spread over what they did, from one to the next another part of it: together
    they show every movement of every side.
    """
    of: dict[str, list[int]] = {}
    for k, leg in enumerate(legs):
        of.setdefault(leg.recording.person, []).append(k)
    each = max(MOST // len(of), SPAN)  # windows of a person
    kept: dict[int, int] = {}
    for person, own in enumerate(of.values()):
        many = min(len(own), each // SPAN)
        fewer = sorted(own[(person + k * len(own) // many) % len(own)] for k in range(many))
        kept |= dict.fromkeys(fewer, movement.frames(each // len(fewer), rate))
    return kept


def _measured_by_all(legs: Sequence[Leg], inputs: Sequence[str], groups: Sequence[str]) -> list[int]:
    """Columns of the coordinates that at least one leg of every group has; none of the other leg, none derived."""
    own = [
        k for k, name in enumerate(inputs)
        if not anatomy.derived(name) and not name.startswith(anatomy.CONTRALATERAL)
    ]  # fmt: skip
    known: dict[str, set[int]] = {group: set() for group in groups}
    for leg, group in zip(legs, groups, strict=True):
        known[group] |= set(np.flatnonzero(np.isfinite(leg.motion).any(axis=0)).tolist())
    return [k for k in own if all(k in here for here in known.values())]


def _ends(motion: Array32) -> Array:
    """(2, C) the ends of the range of motion (T, C) without the last hundredth of its frames at each end."""
    ends = np.full((2, motion.shape[1]), np.nan)
    for k, column in enumerate(motion.T):
        if len(known := column[np.isfinite(column)]):
            ends[:, k] = np.quantile(known, (EDGE, 1 - EDGE))
    return ends


def _excess(ends: Array, low: Array, high: Array) -> Array:
    beyond: Array = np.maximum(low - ends[0], ends[1] - high) / np.maximum(high - low, movement.STILL)
    return beyond


def _margin(ends: Array, group: NDArray[np.int64], recording: NDArray[np.int64], weight: Array) -> float:
    """The prediction limit of the excess of a recording of an unseen group; never below 0."""
    worst: dict[int, tuple[float, float, int]] = {}
    for k, number in enumerate(recording.tolist()):
        rest = ends[group != group[k]]
        beyond = np.fmax.reduce(_excess(ends[k], np.fmin.reduce(rest[:, 0]), np.fmax.reduce(rest[:, 1])))
        most, share, _ = worst.get(number, (np.nan, 0.0, 0))
        worst[number] = float(np.fmax(most, beyond)), share + float(weight[k]), int(group[k])
    values, shares, groups = (np.array(each) for each in zip(*worst.values(), strict=True))
    return max(prediction_limit(values, shares, groups, FALSE_ALARMS / 2), 0.0)


def _there(windows: Array) -> tuple[int, ...]:
    """The features that at least one of the windows (N, F) has."""
    return tuple(np.flatnonzero(np.isfinite(windows).any(axis=0)).tolist())
