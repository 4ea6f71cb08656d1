"""One function per kind of plug-in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from myoshift import registry
from myoshift.bench.kinds import side
from myoshift.predictor import Estimator, Predictor
from myoshift.testing.promise import require
from myoshift.types import Fold, Held, Recording, Split, Trial


def check_cards(kind: str) -> None:
    """The csv that `myoshift list` prints names built-ins that exist, and says the same of each."""
    columns = {"name", "family", "reference", "needs", "cost"}
    for card in registry.cards(kind):
        require(set(card) == columns, f"{kind}: a card has the columns {sorted(columns)}, not {sorted(card)}")
        require(card["name"] in registry.names(kind), f"{kind}: the card {card['name']!r} has no entry point")
        registry.load(kind, card["name"])


def check_dataset(name: str, root: Path) -> list[Trial]:
    """Facts are stated, and every trial has unique names, a person, an institution and sources."""
    dataset = registry.load("datasets", name)()
    info = dataset.info
    require(info.name == name, f"{name}: info.name is the entry point's name")
    for fact in ("institution", "licence", "citation"):
        require(bool(getattr(info, fact)), f"{name}: info.{fact} is stated")
    trials = list(dataset.trials(root))
    require(bool(trials), f"{name}: at least one trial")
    ids = [(t.subject.id, t.session, t.name) for t in trials]
    require(len(set(ids)) == len(ids), f"{name}: subject, session and name tell trials apart")
    for trial in trials:
        _check_trial(name, trial)
    return trials


def _check_trial(name: str, trial: Trial) -> None:
    where = f"{name}/{trial.name}"
    require(trial.dataset == name, f"{where}: trial.dataset is the data set's name")
    require(trial.motion is not None, f"{where}: motion is there")
    if trial.emg is not None:
        stray = set(trial.sites) - set(trial.emg.names)
        require(not stray, f"{where}: sites name channels that exist, not {sorted(stray)}")


def check_estimator(name: str, estimator: Estimator, split: Split, test: Recording) -> Predictor:
    """Fitting leaves the split alone; predictions have the right shape, no infinities, and survive the disk."""
    before = [r.activation.copy() for r in split.source]
    predictor = estimator.fit(split)
    unchanged = all(
        np.array_equal(a, r.activation, equal_nan=True) for a, r in zip(before, split.source, strict=True)
    )
    require(unchanged, f"{name}: fit does not change its source")
    values, names = predictor.predict_recording(test.hidden())
    require(values.shape == (len(test.motion), len(names)), f"{name}: one row per frame, one column per name")
    require(not np.isinf(values).any(), f"{name}: no infinite activation")
    again, _ = predictor.predict_recording(test)
    require(
        np.array_equal(values, again, equal_nan=True),
        f"{name}: a prediction does not depend on the activations",
    )
    with TemporaryDirectory() as folder:
        predictor.save(Path(folder) / "model")
        loaded, _ = Predictor.load(Path(folder) / "model").predict_recording(test)
    require(
        np.allclose(values, loaded, atol=1e-6, equal_nan=True),
        f"{name}: a loaded predictor predicts the same",
    )
    return predictor


def check_metric(name: str) -> None:
    """One finite number per muscle, NaN where nothing was measured, blind to the order of the muscles."""
    metric = registry.load("metrics", name)
    random = np.random.default_rng(0)
    angle = 2 * np.pi * (np.arange(300)[:, None] / 55 + [0.0, 0.3, 0.6])  # bursts every 1.1 s at 50 Hz
    measured = np.exp(3 * np.cos(angle) - 3) * random.uniform(0.9, 1.1, (300, 3))
    predicted = np.exp(3 * np.cos(angle - 0.2) - 3) * random.uniform(0.8, 1.2, (300, 3))
    score = metric(predicted, measured, 50.0)
    require(score.shape == (3,) and bool(np.isfinite(score).all()), f"{name}: one finite number per muscle")
    require(
        np.allclose(metric(predicted[:, ::-1], measured[:, ::-1], 50.0), score[::-1]),
        f"{name}: each muscle is scored by itself",
    )
    hidden = measured.copy()
    hidden[:, 1] = np.nan
    partial = metric(predicted, hidden, 50.0)
    require(bool(np.isnan(partial[1])), f"{name}: NaN for a muscle that was not measured")
    require(np.allclose(partial[[0, 2]], score[[0, 2]]), f"{name}: other muscles keep their score")


def check_protocol(name: str, folds: Iterable[Fold]) -> None:
    """Test activations are hidden from everybody but the scorer; nobody learns from what a fold says it holds out."""
    folds = list(folds)
    require(bool(folds), f"{name}: at least one fold")
    require(len({fold.name for fold in folds}) == len(folds), f"{name}: fold names are unique")
    for fold in folds:
        hidden = [*fold.test_motion, *fold.split.unlabelled]
        require(
            all(np.isnan(r.activation).all() for r in hidden),
            f"{name}: test and unlabelled activations are NaN",
        )
        tested, learned = (
            {mark for r in part for mark in _held(r, fold.held)} for part in (fold.test_activation, fold.split.source)
        )
        require(not tested & learned, f"{name}: {sorted(tested & learned)} both in source and test")
        require(
            [r.id for r in fold.test_motion] == [r.id for r in fold.test_activation],
            f"{name}: an answer for every test recording, in the same order",
        )


def _held(recording: Recording, held: Held) -> list[str]:
    """The units of a recording that a fold holds out."""
    units = {
        "institution": recording.institution,
        "person": recording.person,
        "session": f"{recording.institution}, {recording.session}",
        "recording": recording.id,
        "task": recording.task,
        "side": side(recording),
    }
    return [units[part] for part in held.split(" and ")]
