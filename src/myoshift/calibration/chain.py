"""Calibrators one after the other, each on what the one before has left."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

from numpy.typing import NDArray

from myoshift import registry
from myoshift.calibration.base import Arrays, Calibration, Calibrator, Change, Outputs, Tuner
from myoshift.errors import ConfigError
from myoshift.types import Array

DEFAULT = "physiology+last_layer"
"""What a little EMG is used for when nothing is said: see docs/calibration.md for what the others do."""
NONE = "none"
THEN = "+"
"""Between the names of calibrators that follow one another: `delay+last_layer`."""


@dataclass(frozen=True, eq=False)
class Chain:
    """Calibrations with the names of their calibrators, applied in their order; without any, nothing is changed."""

    links: tuple[tuple[str, Calibration], ...]

    def apply(self, outputs: Outputs, rate: float) -> Array:
        """Corrected prediction (T, M), within the bounds of an activation after each link."""
        for _, link in self.links:
            outputs = outputs.corrected(link.apply(outputs, rate))
        return outputs.prediction

    def changes(self, names: Sequence[str]) -> tuple[Change, ...]:
        """What every link changes."""
        return tuple(change for _, link in self.links for change in link.changes(names))

    def config(self) -> dict[str, Any]:
        """Name and config of every link."""
        return {"links": [{"calibrator": name, "config": link.config()} for name, link in self.links]}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of every link, its number and a slash before their names."""
        return {f"{i}/{name}": a for i, (_, link) in enumerate(self.links) for name, a in link.arrays().items()}

    @classmethod
    def restore(cls, config: dict[str, Any], arrays: Arrays) -> Self:
        """The chain of these links."""
        links = []
        for i, link in enumerate(config["links"]):
            kind = _load(link["calibrator"]).calibration
            own = {name.removeprefix(f"{i}/"): a for name, a in arrays.items() if name.startswith(f"{i}/")}
            links.append((str(link["calibrator"]), kind.restore(link["config"], own)))
        return cls(tuple(links))


@dataclass(frozen=True)
class Steps:
    """Fits calibrators one after the other; those that change weights come first and are `tuners`."""

    name: ClassVar[str] = "steps"
    calibration: ClassVar[type[Calibration]] = Chain
    calibrators: tuple[Calibrator, ...]
    tuners: tuple[Tuner, ...] = ()

    def fit(self, seen: Sequence[Outputs], measured: Sequence[Array], rate: float) -> Chain:
        """Each on the predictions that those before it have corrected."""
        links: list[tuple[str, Calibration]] = []
        for calibrator in self.calibrators:
            found = calibrator.fit(seen, measured, rate)
            links.append((calibrator.name, found))
            seen = [each.corrected(found.apply(each, rate)) for each in seen]
        return Chain(tuple(links))


def steps(names: str, settings: Mapping[str, Any] | None = None) -> Steps:
    """The calibrators of these names, joined by +; each takes those of the settings that it knows.

    Raises
    ------
    UnknownNameError
        When there is no such calibrator.
    ConfigError
        When none of them knows a setting.
    """
    given = dict(settings or {})
    classes = [_load(name) for name in names.split(THEN) if name != NONE]
    known = [set(inspect.signature(each).parameters) for each in classes]
    for key in given:
        if not any(key in each for each in known):
            there = ", ".join(sorted(set().union(*known))) or "none"
            raise ConfigError(f"no calibrator of {names!r} has a setting {key!r}", why=f"their settings: {there}")
    built = [c(**{k: v for k, v in given.items() if k in own}) for c, own in zip(classes, known, strict=True)]
    tuning = ["model" in getattr(each, "needs", ()) for each in built]
    if sorted(tuning, reverse=True) != tuning:
        raise ConfigError(
            f"{names!r} changes weights after it has corrected predictions",
            mend="put the calibrators that change weights first",
        )
    tuners = tuple(cast(Tuner, each) for each, tunes in zip(built, tuning, strict=True) if tunes)
    return Steps(tuple(cast(Calibrator, each) for each in built[len(tuners) :]), tuners)


def _load(name: str) -> Any:
    return registry.load("calibrators", name)
