"""A model from an `.osim`: leg muscles as polynomials, segments, path points. Needs the `opensim` extra."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myoshift.anatomy import coordinate
from myoshift.errors import DataRefused
from myoshift.simulate.fit import osim_muscles
from myoshift.simulate.fit.bodies import Driver, drivers, open_model, segments_of
from myoshift.simulate.fit.polynomials import MOVES, WIDEST, fit
from myoshift.simulate.model import LEG, SIDES, Leg, Model, Paths, sided
from myoshift.simulate.paths import geometry
from myoshift.simulate.scaling import height_of, refuse_person
from myoshift.types import Array, Flag, Mask, Side

POSES = 1000
FEWEST = 200  # poses; a muscle of four coordinates has 126 coefficients
STEP = 1e-4  # rad, of central differences
JUMP = 1e-3  # m/rad, between the differences to either side; smooth paths stay below a tenth
STRAY = 0.01  # m from the polynomial through all poses: the path went the wrong way around a surface
SWING = 0.3  # rad, by which a coordinate is moved to see which muscles follow
TRIED = 4  # poses at which moment arms are compared
APART = 2e-3  # m, between OpenSim's moment arm and the derivative of its length
STILL = 1e-9  # m; a length that changes less did not change


@dataclass(frozen=True, kw_only=True)
class PathError:
    """Root mean square errors of one muscle at poses that were not fitted: length (m), worst moment arm (m)."""

    muscle: str
    length: float
    moment_arm: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """What OpenSim says of one leg at P poses: q (P, 5), lengths (P, M) and their derivatives (P, 5, M)."""

    q: Array
    length: Array
    slope: Array

    def part(self, rows: slice | Mask, muscles: slice | list[int] = slice(None)) -> Samples:
        """Some of the poses, of some of the muscles."""
        return Samples(q=self.q[rows], length=self.length[rows][:, muscles], slope=self.slope[rows][:, :, muscles])

    def fit(self) -> Paths:
        """Polynomials through all of it."""
        return fit(self.q, self.length, self.slope)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """A model, and how well its polynomials follow the file's own paths.

    Parameters
    ----------
    errors : of the muscles of the right leg, then of the left one
    """

    model: Model
    errors: tuple[PathError, ...]
    flags: tuple[Flag, ...]

    def summary(self) -> dict[str, float]:
        """Median and largest error of lengths and moment arms over the muscles, m."""
        columns = {
            "length": [error.length for error in self.errors],
            "moment arm": [error.moment_arm for error in self.errors],
        }
        found: dict[str, float] = {}
        for name, values in columns.items():
            found |= {f"{name} median": float(np.median(values)), f"{name} largest": max(values)}
        return found


def fit_model(
    path: Path,
    *,
    height: float | None = None,
    convention: str = "rajagopal",
    poses: int = POSES,
    seed: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Fitted:
    """Polynomial paths, parameters and segments of an `.osim`; the mass is the sum of its bodies'.

    Lengths are taken from OpenSim at random poses of both legs at once, moment arms by central differences over the
    coordinates that move each muscle, and from OpenSim itself where its own are not those derivatives. Couplers set
    what they drive (the patella); subtalar and toe joints stand where the model has them by default.

    Parameters
    ----------
    height : m, of the person; an `.osim` does not say it. None for that to expect of the mass (`scaling.height_of`)
    convention : how the model names its coordinates and counts their signs (`anatomy.CONVENTIONS`)
    poses : to fit to; a tenth of them more are held out
    progress : called with the number of poses done, of `total(poses)`

    Raises
    ------
    ConfigError
        When OpenSim is not installed.
    DataRefused
        When it cannot read the file, or a leg has no muscle or no coordinate that is known.
    """
    if poses < FEWEST:
        raise DataRefused("too few poses", why=f"{poses}, at least {FEWEST} are needed", mend="ask for more")
    opensim, native = open_model(path)
    own, flags = osim_muscles.strands(opensim, native, path)
    driven = drivers(opensim, native, convention)
    segments = segments_of(opensim, native, driven, path)
    mass = sum(segment.mass for segment in segments)
    tall = height_of(mass) if height is None else height
    refuse_person(mass, tall)
    legs = _Legs(native, driven, own, path)
    samples = legs.sample(legs.poses(np.random.default_rng(seed), total(poses)), progress)
    found, errors = {}, []
    for side in SIDES:
        muscles, more = osim_muscles.parameters(opensim, own[side])
        names = tuple(strand.name for strand in own[side])
        paths, stray = _steady(samples[side], poses)
        found[side] = Leg(names=names, muscles=muscles, paths=paths)
        errors += _errors(paths, sided(names, side), samples[side].part(slice(poses, None)), stray[poses:])
        flags += more + _strays(sided(names, side), stray)
    if legs.apart:
        odd = [f"{own[side][muscle].name}_{side} about {LEG[place]}" for side, place, muscle in legs.apart]
        flags += (Flag("arms", f"OpenSim's moment arm is not the derivative of its length: {', '.join(odd)}"),)
    points = tuple(point for side in SIDES for point in osim_muscles.points(opensim, legs.neutral(), own[side]))
    model = Model(name=native.getName(), mass=mass, height=tall, segments=segments, legs=found, points=points)
    return Fitted(model=model, errors=tuple(errors), flags=flags)


def total(poses: int) -> int:
    """Poses that are measured: those to fit to and those held out."""
    return poses + max(poses // 10, 20)


class _Legs:
    """Both legs of an OpenSim model, posed in our coordinates. Poses are {side: (5,) rad}.

    `apart` holds where OpenSim's moment arms were taken, by side, coordinate and muscle, once samples were.
    """

    def __init__(
        self, model: Any, driven: dict[str, Driver], own: dict[Side, tuple[osim_muscles.Strand, ...]], path: Path
    ) -> None:
        self._model, self._own = model, own
        for native in model.getCoordinateSet():  # a locked coordinate would not follow
            if driven[native.getName()].name in {name for side in SIDES for name in sided(LEG, side)}:
                native.setDefaultLocked(False)
        self._state = model.initSystem()
        self._moving: dict[Side, list[tuple[Any, Driver, int]]] = {}
        self.ranges: dict[Side, Array] = {}
        self.apart: list[tuple[Side, int, int]] = []
        for side in SIDES:
            places = {name: place for place, name in enumerate(sided(LEG, side))}
            self._moving[side] = [
                (native, driven[native.getName()], places[driven[native.getName()].name])
                for native in model.getCoordinateSet()
                if driven[native.getName()].name in places
            ]
            if not self._moving[side]:
                raise DataRefused("no coordinate of a leg", where=path, why=f"known are {', '.join(places)}")
            self.ranges[side] = self._ranges(side)

    def neutral(self) -> Any:
        """The state with every coordinate of the legs at zero."""
        self._lengths({side: np.zeros(len(LEG)) for side in SIDES}, {})
        return self._state

    def poses(self, random: np.random.Generator, count: int) -> dict[Side, Array]:
        """(P, 5) of each side, even over the ranges of the coordinates."""
        return {
            side: random.uniform(self.ranges[side][:, 0], self.ranges[side][:, 1], (count, len(LEG)))
            for side in SIDES
        }

    def sample(self, q: dict[Side, Array], progress: Callable[[int], None]) -> dict[Side, Samples]:
        """What each leg does at its poses."""
        everything = {side: np.ones(len(self._own[side]), bool) for side in SIDES}
        follow = self._followers()
        self.apart = self._apart(follow)
        count = len(q["r"])
        length = {side: np.empty((count, len(self._own[side]))) for side in SIDES}
        slope = {side: np.zeros((count, len(LEG), len(self._own[side]))) for side in SIDES}
        for row in range(count):
            pose = {side: q[side][row] for side in SIDES}
            for side, values in self._lengths(pose, everything).items():
                length[side][row] = values
            for place in range(len(LEG)):
                some = {side: follow[side][place] for side in SIDES}
                step = STEP * np.eye(len(LEG))[place]
                ahead = self._lengths({side: pose[side] + step for side in SIDES}, some)
                behind = self._lengths({side: pose[side] - step for side in SIDES}, some)
                for side in SIDES:
                    here = length[side][row, some[side]]
                    slope[side][row, place, some[side]] = _slope(behind[side], here, ahead[side])
            self._lengths(pose, {})
            for side, place, muscle in self.apart:
                slope[side][row, place, muscle] = self._solved(side, place, muscle)
            progress(row + 1)
        return {side: Samples(q=q[side], length=length[side], slope=slope[side]) for side in SIDES}

    def _followers(self) -> dict[Side, Mask]:
        """(5, M) whether a coordinate moves a muscle, seen at a few poses."""
        everything = {side: np.ones(len(self._own[side]), bool) for side in SIDES}
        follow = {side: np.zeros((len(LEG), len(self._own[side])), bool) for side in SIDES}
        for pose in self._spread(TRIED):
            before = self._lengths(pose, everything)
            for place in range(len(LEG)):
                step = SWING * np.eye(len(LEG))[place]
                after = self._lengths({side: pose[side] + step for side in SIDES}, everything)
                for side in SIDES:
                    follow[side][place] |= np.abs(after[side] - before[side]) > STILL
        return follow

    def _apart(self, follow: dict[Side, Mask]) -> list[tuple[Side, int, int]]:
        """Where OpenSim's moment arm is not the derivative of OpenSim's length, seen at a few poses.

        Wrapping gives some paths forces at points that they do not have by the shortest way. Static optimisation in
        OpenSim takes the arms, and so do we; that costs a hundred times the time of a length.
        """
        bends = {side: np.array([strand.bends for strand in self._own[side]]) for side in SIDES}
        odd: set[tuple[int, str]] = set()
        for pose in self._spread(TRIED):
            for place in range(len(LEG)):
                step = STEP * np.eye(len(LEG))[place]
                some = {side: follow[side][place] & bends[side] for side in SIDES}
                ways = [self._lengths({side: pose[side] + way * step for side in SIDES}, some) for way in (-1, 0, 1)]
                self._lengths(pose, {})
                for side in SIDES:
                    slopes = _slope(*(way[side] for way in ways))
                    for muscle, slope in zip(np.flatnonzero(some[side]), slopes, strict=True):
                        name = self._own[side][muscle].name
                        if (place, name) not in odd and abs(self._solved(side, place, int(muscle)) - slope) > APART:
                            odd.add((place, name))
        return [
            (side, place, muscle)
            for side in SIDES
            for muscle, strand in enumerate(self._own[side])
            for place in range(len(LEG))
            if (place, strand.name) in odd
        ]

    def _spread(self, count: int) -> list[dict[Side, Array]]:
        """A few poses in which each coordinate visits every part of its range once."""
        random = np.random.default_rng(0)
        found = {}
        for side in SIDES:
            low, high = self.ranges[side].T
            parts = np.stack([random.permutation(count) for _ in LEG], axis=1)
            found[side] = low + (parts + 0.5) / count * (high - low)
        return [{side: found[side][row] for side in SIDES} for row in range(count)]

    def _solved(self, side: Side, place: int, muscle: int) -> float:
        """Derivative of a length by a coordinate as OpenSim's moment arm has it, in the pose of the state."""
        for native, driver, own in self._moving[side]:
            if driver.leads and own == place:
                return -driver.sign * float(self._own[side][muscle].native.computeMomentArm(self._state, native))
        return 0.0

    def _lengths(self, pose: dict[Side, Array], which: dict[Side, Mask]) -> dict[Side, Array]:
        """Lengths (m) of some of the muscles in a pose."""
        for side, values in pose.items():
            for native, driver, place in self._moving[side]:
                native.setValue(self._state, driver.native(driver.sign * float(values[place])), False)
        self._model.realizePosition(self._state)
        return {
            side: np.array([self._own[side][index].native.getLength(self._state) for index in np.flatnonzero(some)])
            for side, some in which.items()
        }

    def _ranges(self, side: Side) -> Array:
        """(5, 2) rad: of the file, no wider than a body's and than `WIDEST`; zero for one that is not there."""
        ranges = np.zeros((len(LEG), 2))
        for _, driver, place in self._moving[side]:
            known = coordinate(driver.name)
            low, high = sorted(driver.sign * bound for bound in driver.span)
            ranges[place] = max(low, known.low, WIDEST[0]), min(high, known.high, WIDEST[1])
        return ranges


def _slope(behind: Array, here: Array, ahead: Array) -> Array:
    """Derivative of lengths a step apart. Where a path jumps in between, from one way around a wrapping surface to
    another, only the side that does not jump counts.
    """
    backward, forward = (here - behind) / STEP, (ahead - here) / STEP
    calm = np.where(np.abs(backward) < np.abs(forward), backward, forward)
    return np.asarray(np.where(np.abs(forward - backward) > JUMP, calm, (forward + backward) / 2))


def _steady(samples: Samples, poses: int) -> tuple[Paths, Mask]:
    """Paths through the first poses, and which lengths (P, M) are strays, to which they were not fitted."""
    train = samples.part(slice(poses))
    first = train.fit()
    stray = np.abs(geometry(first, torch.from_numpy(samples.q))[0].numpy() - samples.length) > STRAY
    some = [int(muscle) for muscle in np.flatnonzero(stray.any(axis=0))]
    return _joined(first, {muscle: train.part(~stray[:poses, muscle], [muscle]).fit() for muscle in some}), stray


def _joined(paths: Paths, again: dict[int, Paths]) -> Paths:
    """Paths in which some muscles have those that were fitted to them alone."""
    terms: dict[tuple[int, ...], Array] = {}
    count = paths.coefficients.shape[1]
    for row, values in zip(paths.exponents, paths.coefficients, strict=True):
        terms[tuple(map(int, row))] = np.where(np.isin(np.arange(count), list(again)), 0.0, values)
    for muscle, alone in again.items():
        for row, (value,) in zip(alone.exponents, alone.coefficients, strict=True):
            terms.setdefault(tuple(map(int, row)), np.zeros(count))[muscle] = value
    return Paths(exponents=np.array(list(terms), np.int64), coefficients=np.stack(list(terms.values())))


def _strays(names: tuple[str, ...], stray: Mask) -> tuple[Flag, ...]:
    counts = [f"{name} {count}" for name, count in zip(names, stray.sum(axis=0), strict=True) if count]
    if not counts:
        return ()
    what = f"poses of {len(stray)} in which a path goes another way around its surfaces, left out"
    return (Flag("wrapping", f"{what}: {', '.join(counts)}"),)


def _errors(paths: Paths, names: tuple[str, ...], samples: Samples, stray: Mask) -> list[PathError]:
    length, slope = (values.numpy() for values in geometry(paths, torch.from_numpy(samples.q)))
    lengths = np.sqrt(np.mean((length - samples.length) ** 2, axis=0, where=~stray))
    arms = np.sqrt(np.mean((slope - samples.slope) ** 2, axis=0, where=~stray[:, None]))
    worst = np.where(np.abs(samples.slope).max(axis=0) > MOVES, arms, 0.0).max(axis=0)
    return [
        PathError(muscle=name, length=float(own), moment_arm=float(arm))
        for name, own, arm in zip(names, lengths, worst, strict=True)
    ]
