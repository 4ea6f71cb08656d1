"""What every transfer method promises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from typing import Any, cast

import numpy as np

from myoshift import registry
from myoshift.errors import AccessError
from myoshift.predictor import PARTS, Predictor
from myoshift.testing import toys
from myoshift.testing.contracts import check_estimator
from myoshift.testing.gradients import check_gradients
from myoshift.testing.promise import ContractError, require
from myoshift.training import Choice, Method, NotFiniteError, Trained, TrainingConfig, fit, search_space
from myoshift.types import Recording, Split

FAMILIES = (
    "baseline",
    "alignment",
    "invariance",
    "generalisation",
    "target_time",
    "physics",
    "timing",
    "ceiling",
)
NEEDS = PARTS | {"domains"}
SHORT = TrainingConfig(steps=3, batch=6, window=40)
FRAMES = 120


def check_method(name: str) -> None:
    """Declarations, gradients, degenerate motion, hidden activations, seeds, the disk, and refusals."""
    kind: type[Method] = registry.load("methods", name)
    check_declaration(name, kind)
    check_card(name, kind)
    split, test = small_split(), small_test()
    check_gradients(name, kind, split)
    predictor = check_estimator(name, Trained(name, toys.PROBLEM, SHORT), split, test)
    _check_again(name, kind, split, predictor)
    _check_degenerate(name, kind, split)
    _check_refusals(name, kind, split)


def check_declaration(name: str, kind: type[Method]) -> None:
    """A dataclass with defaults, that names itself, its needs, and where to search for its settings."""
    require(is_dataclass(kind), f"{name}: a method is a dataclass")
    settings = [each for each in fields(cast(Any, kind)) if each.init]
    bare = [each.name for each in settings if each.default is MISSING and each.default_factory is MISSING]
    require(not bare, f"{name}: every setting has a default, {bare} have none")
    require(kind.name == name, f"{name}: `name` is the entry point, not {kind.name!r}")
    stray = set(kind.needs) - NEEDS
    require(not stray, f"{name}: needs are of {sorted(NEEDS)}, not {sorted(stray)}")
    require("source" in kind.needs, f"{name}: what learns from labels needs the source")
    method = kind()
    for setting, where in search_space(kind).items():
        value = getattr(method, setting)
        inside = value in where.values if isinstance(where, Choice) else where.low <= value <= where.high
        require(inside, f"{name}: the default of {setting}, {value}, lies where is searched: {where}")


def check_card(name: str, kind: type[Method]) -> None:
    """What `myoshift list methods` says is what the class says; a plug-in of another package has no card here."""
    card = next((card for card in registry.cards("methods") if card["name"] == name), None)
    require(card is not None or not kind.__module__.startswith("myoshift."), f"{name}: a built-in has a card")
    if card:
        said = set(card["needs"].split(" + "))
        require(
            said == set(kind.needs), f"{name}: the card says that it needs {sorted(said)}, not {sorted(kind.needs)}"
        )
        require(card["family"] in FAMILIES, f"{name}: the family is one of {FAMILIES}, not {card['family']!r}")
        require(bool(card["reference"] and card["cost"]), f"{name}: the card says the reference and the cost")


def small_split() -> Split:
    """Three laboratories of two people, a target of two, calibration seconds of one more."""
    whole, test = toys.toy_split("gain", 0)
    source = tuple(r.window(0, FRAMES) for r in whole.source if r.institution != "toy-d" and r.subject[-1] != "3")
    target = [recording.window(0, FRAMES) for recording in test]
    unlabelled = tuple(recording.hidden() for recording in target[:2])
    scope = whole.unlabelled_scope
    return Split(name="small", source=source, unlabelled=unlabelled, unlabelled_scope=scope, calibration=(target[2],))


def small_test() -> Recording:
    """A recording of somebody of the target whom nobody knows."""
    return toys.toy_split("gain", 0)[1][3].window(0, FRAMES)


def changed(split: Split, change: Callable[[Recording], Recording]) -> Split:
    """The split with every recording changed."""

    def each(part: Iterable[Recording]) -> tuple[Recording, ...]:
        return tuple(change(recording) for recording in part)

    return replace(
        split, source=each(split.source), unlabelled=each(split.unlabelled), calibration=each(split.calibration)
    )


def _check_again(name: str, kind: type[Method], split: Split, predictor: Predictor) -> None:
    """The same seed gives the same bytes, whatever stands in the activations of unlabelled motion."""
    told = tuple(_with_activation(recording) for recording in split.unlabelled)
    again = fit(kind(), toys.PROBLEM, split, SHORT)
    require(_same(predictor, again), f"{name}: the same seed gives the same bytes")
    if "unlabelled" in kind.needs:
        peeking = fit(kind(), toys.PROBLEM, replace(split, unlabelled=told), SHORT)
        require(_same(predictor, peeking), f"{name}: the activation of unlabelled motion is not looked at")


def _with_activation(recording: Recording) -> Recording:
    values = np.random.default_rng(0).random(recording.activation.shape).astype(np.float32)
    return replace(recording, activation=values)


def _same(one: Predictor, other: Predictor) -> bool:
    a, b = one.model.arrays(), other.model.arrays()
    return a.keys() == b.keys() and all(np.array_equal(a[key], b[key], equal_nan=True) for key in a)


def _check_degenerate(name: str, kind: type[Method], split: Split) -> None:
    """Every loss term and weight stays finite, whatever is missing, and on motion that stands still."""
    for what, change in (("constant motion", _still), ("motion with gaps", _gappy), ("a muscle of nobody", _unseen)):
        told = Told()
        try:
            predictor = fit(kind(), toys.PROBLEM, changed(split, change), SHORT, on_step=told)
        except NotFiniteError as error:
            raise ContractError(f"{name}: the training stays finite on {what}: {error}") from error
        require(bool(np.isfinite(told.values).all()), f"{name}: loss terms are finite on {what}")
        require(not predictor.card["skipped_steps"], f"{name}: gradients are finite on {what}")
        values, _ = predictor.predict_recording(small_test())
        require(bool(np.isfinite(values).any()), f"{name}: predicts something after training on {what}")


@dataclass
class Told:
    """Keeps the values of all loss terms of a training."""

    values: list[float] = field(default_factory=list)

    def __call__(self, step: int, terms: Mapping[str, float]) -> None:
        """Called after every step."""
        self.values.extend(terms.values())


def _still(recording: Recording) -> Recording:
    return replace(recording, motion=np.full_like(recording.motion, 0.1))


def _gappy(recording: Recording) -> Recording:
    """Frames and coordinates missing here and there; one person's recording is shorter than a window."""
    motion = recording.motion.copy()
    motion[20:25] = np.nan
    motion[50:90, 1] = np.nan
    motion[100, 4] = np.nan
    gappy = replace(recording, motion=motion)
    return gappy.window(0, 30) if recording.subject.endswith("2") else gappy


def _unseen(recording: Recording) -> Recording:
    activation = recording.activation.copy()
    activation[:, [name.startswith("soleus") for name in recording.activation_names]] = np.nan
    return replace(recording, activation=activation)


def _check_refusals(name: str, kind: type[Method], split: Split) -> None:
    """Without something that it needs, a method is refused before it trains."""
    alone = split.source[0].institution
    without: dict[str, dict[str, Any]] = {
        "domains": {"source": tuple(r for r in split.source if r.institution == alone)},
        "unlabelled": {"unlabelled": ()},
        "calibration": {"calibration": ()},
        "source": {"source": ()},
    }
    for need in sorted(kind.needs):
        told = Told()
        try:
            fit(kind(), toys.PROBLEM, replace(split, **without[need]), SHORT, on_step=told)
        except AccessError:
            require(not told.values, f"{name}: is refused before the first step without {need}")
        else:
            require(False, f"{name}: is refused without {need}")
