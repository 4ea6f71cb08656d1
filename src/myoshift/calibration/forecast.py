"""A forecast of r for somebody of whom there is motion alone, learned from people of whom there was EMG as well.

Fisher's z of r is a constant minus a sum of signs (`calibration.signs`), each with a weight of 0 or more, so that no
sign can speak against its meaning; ridge, every institution counting alike:

    minimise  sum_i 1/(K n_i) sum_{j of i} (z_j - a + b' s_j)^2 + penalty |b|^2,   b >= 0

with s_j in robust SDs from the median. The penalty, an infinite one (the mean alone) among them, is the one that errs
least for institutions left out. Intervals are the jackknife+ (Barber et al. 2021, doi 10.1214/20-AOS1965) with
institutions as what is exchangeable and people within them (Dunn, Wasserman and Ramdas 2023, doi
10.1080/01621459.2022.2060112; Lee, Barber and Willett 2023, arXiv 2306.06342): the residual of each person is that of
the forecast that did not see the person's institution. For a new institution, exchangeable with K others, a coverage
of 1 - 2 (1 - level) is proven, and `level` is what is typical. There is no such interval above a level of
K / (K + 1): there a Student t interval stands, which supposes normal errors, and is called `modelled`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np
from scipy.optimize import nnls
from scipy.stats import t as student

from myoshift.calibration.intervals import fewest, shared_quantile
from myoshift.errors import DataRefused
from myoshift.types import Array

LEVELS = (0.8, 0.95)
PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, np.inf)
LARGEST_R = 0.98  # before Fisher's z
REACH = 3.0  # robust SDs; what lies further away counts as this far
MAD = 1.4826
FAR = "distance"


@dataclass(frozen=True)
class Limits:
    """When no forecast is given.

    Parameters
    ----------
    institutions : fewer than this to learn from
    width : an interval of `LEVELS[0]` wider than this, in r
    beyond : robust SDs by which a sign that has a weight may be worse than the worst that was learned from
    far : share of the people that were learned from, beyond whose `distance` motion is unlike what is known
    """

    institutions: int = 4
    width: float = 0.8
    beyond: float = 1.0
    far: float = 0.95


@dataclass(frozen=True, eq=False)
class Experience:
    """What was found for people of other institutions, by predictors that had not seen these.

    Parameters
    ----------
    names : S signs
    signs : (N, S), NaN where one is missing
    found : (N,) r
    institutions : N names
    """

    names: tuple[str, ...]
    signs: Array
    found: Array
    institutions: tuple[str, ...]

    def only(self, names: Sequence[str]) -> Experience:
        """The same people with these signs alone."""
        columns = [self.names.index(name) for name in names]
        return replace(self, names=tuple(names), signs=self.signs[:, columns])


@dataclass(frozen=True)
class Forecast:
    """An expected r, its intervals by level, and whether nothing should be said after all, and why."""

    value: float
    intervals: Mapping[float, tuple[float, float]]
    modelled: tuple[float, ...]
    why: tuple[str, ...] = ()

    @property
    def abstained(self) -> bool:
        """Whether no forecast is given; value and intervals are then for the record alone."""
        return bool(self.why)


@dataclass(frozen=True, eq=False)
class Line:
    """Fisher's z as `level` minus `weights` (S,) times signs standardised by `centre` and `scale` (S,)."""

    centre: Array
    scale: Array
    level: float
    weights: Array

    def __call__(self, signs: Array) -> Array:
        """Z (N,) of signs (N, S); a missing sign counts as a typical one."""
        out: Array = self.level - _standard(signs, self.centre, self.scale) @ self.weights
        return out


@dataclass(frozen=True, eq=False)
class Forecaster:
    """A fitted forecast.

    Parameters
    ----------
    line : fitted to everybody
    without : of each institution, the line that did not see it, and (n,) absolute residuals of its people
    worst : (S,) largest sign that was seen
    far : `distance` beyond which motion is unlike what is known; infinite without this sign
    """

    names: tuple[str, ...]
    line: Line
    without: tuple[tuple[Line, Array], ...]
    worst: Array
    far: float
    limits: Limits = field(default_factory=Limits)

    def forecast(self, signs: Mapping[str, float]) -> Forecast:
        """The forecast for somebody with these signs."""
        own = np.array([[signs.get(name, np.nan) for name in self.names]], np.float64)
        value = float(np.tanh(self.line(own)[0]))
        intervals = {level: self._interval(own, level) for level in LEVELS}
        modelled = tuple(level for level in LEVELS if not self._promised(level))
        return Forecast(value, intervals, modelled, tuple(self._doubts(own[0], intervals[LEVELS[0]])))

    def weights(self) -> dict[str, float]:
        """By how much z falls with each sign, per robust SD."""
        return dict(zip(self.names, map(float, self.line.weights), strict=True))

    def config(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "names": list(self.names),
            "line": _listed(self.line),
            "without": [{**_listed(line), "residuals": residuals.tolist()} for line, residuals in self.without],
            "worst": [None if np.isnan(each) else float(each) for each in self.worst],
            "far": self.far if np.isfinite(self.far) else None,
            "limits": asdict(self.limits),
        }

    @classmethod
    def restore(cls, config: Mapping[str, Any]) -> Self:
        """The forecaster of this config."""
        return cls(
            tuple(config["names"]),
            _line(config["line"]),
            tuple((_line(each), np.array(each["residuals"], np.float64)) for each in config["without"]),
            np.array(config["worst"], np.float64),
            np.inf if config["far"] is None else float(config["far"]),
            Limits(**config["limits"]),
        )

    def _promised(self, level: float) -> bool:
        return len(self.without) >= fewest(level)

    def _interval(self, signs: Array, level: float) -> tuple[float, float]:
        if not self._promised(level):
            return self._modelled(signs, level)
        at = [(float(line(signs)[0]), residuals) for line, residuals in self.without]
        low = -shared_quantile([residuals - z for z, residuals in at], level)
        high = shared_quantile([z + residuals for z, residuals in at], level)
        return float(np.tanh(low)), float(np.tanh(high))

    def _modelled(self, signs: Array, level: float) -> tuple[float, float]:
        """Student's t with as many degrees of freedom as institutions less one."""
        if len(self.without) < 2:
            return -1.0, 1.0
        spread = float(np.sqrt(np.mean([np.mean(residuals**2) for _, residuals in self.without])))
        half = float(student.ppf((1 + level) / 2, len(self.without) - 1)) * spread
        z = float(self.line(signs)[0])
        return float(np.tanh(z - half)), float(np.tanh(z + half))

    def _doubts(self, signs: Array, interval: tuple[float, float]) -> list[str]:
        """Why no forecast should be given."""
        doubts, limits = [], self.limits
        if len(self.without) < limits.institutions:
            doubts.append(f"{len(self.without)} institutions to learn from, {limits.institutions} are needed")
        beyond = (signs > self.worst + limits.beyond * self.line.scale) & (self.line.weights > 0)
        doubts += [
            f"{name} beyond all that was learned from" for name, out in zip(self.names, beyond, strict=True) if out
        ]
        if FAR in self.names and signs[self.names.index(FAR)] > self.far and f"{FAR} beyond" not in " ".join(doubts):
            doubts.append(f"motion further away than that of {limits.far:.0%} of those learned from")
        if interval[1] - interval[0] > limits.width:
            doubts.append(f"an interval of {interval[1] - interval[0]:.2f}, more than {limits.width:g}")
        return doubts


def fit_forecaster(experience: Experience, limits: Limits | None = None) -> Forecaster:
    """The forecaster that these people teach; without signs it is the mean over institutions.

    Raises
    ------
    DataRefused
        When there is nobody with an r.
    """
    known = _known(experience)
    lines = [(_fit(_those(known, there)), there) for there in _held_out(known)]
    whole = known.signs if known.names else np.empty((len(known.found), 0))
    z = _z(known.found)
    return Forecaster(
        names=known.names,
        line=_fit(known),
        without=tuple((line, np.abs(z[~there] - line(whole[~there]))) for line, there in lines),
        worst=np.array([np.nanmax(column) if np.isfinite(column).any() else np.nan for column in whole.T]),
        far=_far(known, limits or Limits()),
        limits=limits or Limits(),
    )


def _known(experience: Experience) -> Experience:
    there = np.isfinite(experience.found)
    if not there.any():
        raise DataRefused(
            "nobody to learn a forecast from",
            why=f"{len(there)} people, none with a score",
            mend="score people of other institutions by predictors that had not seen these",
        )
    return _those(experience, there)


def _those(experience: Experience, there: np.ndarray[Any, Any]) -> Experience:
    places = tuple(name for name, use in zip(experience.institutions, there, strict=True) if use)
    return replace(experience, signs=experience.signs[there], found=experience.found[there], institutions=places)


def _held_out(experience: Experience) -> list[np.ndarray[Any, Any]]:
    """For each institution (N,) True for the people of the others; none when it is the only one."""
    places = np.array(experience.institutions)
    names = sorted(set(experience.institutions))
    return [places != name for name in names] if len(names) > 1 else []


def _fit(experience: Experience) -> Line:
    """The line with the penalty that errs least for institutions left out."""
    centre, scale = _robust(experience.signs)
    moments = _moments(experience, _standard(experience.signs, centre, scale))
    count, whole = len(moments), moments.mean(axis=0)
    others = [(whole * count - own) / (count - 1) for own in moments] if count > 2 else []
    errors = [sum(_error(rest, own, each) for rest, own in zip(others, moments, strict=False)) for each in PENALTIES]
    best = min(reversed(range(len(PENALTIES))), key=lambda k: errors[k])  # of equals the stronger
    level, weights = _ridge(whole, PENALTIES[best])
    return Line(centre, scale, level, weights)


def _moments(experience: Experience, standard: Array) -> Array:
    """(K, S + 2, S + 2) second moments over each institution's people of 1, standardised signs (N, S), and z."""
    z, places = _z(experience.found), np.array(experience.institutions)
    columns = np.column_stack([np.ones(len(z)), standard, z])
    each = [columns[places == name] for name in sorted(set(experience.institutions))]
    return np.stack([own.T @ own / len(own) for own in each])


def _error(moments: Array, held: Array, penalty: float) -> float:
    """Mean squared error, in z, for an institution left out."""
    level, weights = _ridge(moments, penalty)
    off = np.concatenate([[-level], weights, [1.0]])
    return float(off @ held @ off)


def _ridge(moments: Array, penalty: float) -> tuple[float, Array]:
    """Level and weights (S,), of second moments over institutions."""
    middle, mean = moments[0, 1:-1], float(moments[0, -1])
    if not np.isfinite(penalty) or not len(middle):
        return mean, np.zeros(len(middle))
    within = moments[1:-1, 1:-1] - np.outer(middle, middle) + penalty * np.eye(len(middle))
    root = np.linalg.cholesky(within)
    weights = nnls(root.T, np.linalg.solve(root, mean * middle - moments[1:-1, -1]))[0]
    return mean + float(middle @ weights), weights


def _robust(signs: Array) -> tuple[Array, Array]:
    """(S,) medians and scaled median absolute deviations; of a sign that hardly ever differs, its SD, or 1."""
    centre, scale = np.zeros(signs.shape[1]), np.ones(signs.shape[1])
    for k, column in enumerate(signs.T):
        own = column[np.isfinite(column)]
        if len(own):
            centre[k] = np.median(own)
            sizes = (MAD * float(np.median(np.abs(own - centre[k]))), float(own.std()))
            scale[k] = next((size for size in sizes if size > 1e-6), 1.0)
    return centre, scale


def _standard(signs: Array, centre: Array, scale: Array) -> Array:
    """(N, S) robust SDs from the median, at most `REACH`; 0 where a sign is missing."""
    return np.clip(np.nan_to_num((signs - centre) / scale), -REACH, REACH)


def _z(r: Array) -> Array:
    return np.arctanh(np.clip(r, -LARGEST_R, LARGEST_R))


def _far(experience: Experience, limits: Limits) -> float:
    if FAR not in experience.names:
        return np.inf
    column, places = experience.signs[:, experience.names.index(FAR)], np.array(experience.institutions)
    groups = [own[np.isfinite(own)] for own in (column[places == name] for name in np.unique(places))]
    return shared_quantile([own for own in groups if own.size], limits.far, unseen=0)


def _listed(line: Line) -> dict[str, Any]:
    return {
        "centre": line.centre.tolist(),
        "scale": line.scale.tolist(),
        "level": line.level,
        "weights": line.weights.tolist(),
    }


def _line(config: Mapping[str, Any]) -> Line:
    parts = (np.array(config[name], np.float64) for name in ("centre", "scale"))
    centre, scale = parts
    return Line(centre, scale, float(config["level"]), np.array(config["weights"], np.float64))
