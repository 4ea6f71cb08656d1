"""Hold every stated fact about a data set against its files, and look for what nobody has stated."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from myoshift import formats
from myoshift.datasets.base import Dataset, data_root, files, load, locate
from myoshift.datasets.evidence import Evidence
from myoshift.datasets.facts import Between, Fact
from myoshift.datasets.measures import count, people
from myoshift.datasets.screen import screen
from myoshift.types import Table


@dataclass(frozen=True)
class Finding:
    """What became of one fact, or of one suspicion."""

    fact: str
    expected: str
    found: str
    ok: bool


def check(name: str, root: Path | None = None) -> list[Finding]:
    """One finding per fact about a data set (its files, its `info`, the facts stated beside it) and per suspicion.

    The facts of a data set in the module `somewhere.some_set` are the `FACTS` of `somewhere.facts.some_set`.

    Raises
    ------
    DataRefused
        When a file is missing or cannot be read at all.
    """
    dataset, folder = load(name), data_root(root)
    evidence = Evidence(dataset, folder)
    stated = (_held(fact, evidence) for fact in (*_general(dataset), *facts(dataset)))
    return [*_files(name, folder), *stated, *_suspected(evidence)]


def facts(dataset: Dataset) -> tuple[Fact, ...]:
    """The facts stated beside a data set; none when there is no such module."""
    package, _, module = type(dataset).__module__.rpartition(".")
    try:
        stated: tuple[Fact, ...] = importlib.import_module(f"{package}.facts.{module}").FACTS
    except ModuleNotFoundError as error:
        if error.name not in (package, f"{package}.facts", f"{package}.facts.{module}"):
            raise
        return ()
    return stated


def _files(name: str, root: Path) -> Iterator[Finding]:
    """One finding for all files together, and one for each that is not what it should be."""
    wrong = [file for file in files(name) if formats.hash_file(locate(root, name, file.path)) != file.sha256]
    total = len(files(name))
    if total:
        yield Finding("files with the sha256 of the manifest", str(total), str(total - len(wrong)), not wrong)
    for file in wrong:
        yield Finding(f"sha256 of {file.path}", file.sha256, formats.hash_file(root / name / file.path), False)


def _suspected(evidence: Evidence) -> Iterator[Finding]:
    """One finding for the screen, and one for each suspicion: it is well when a flag says how it was handled."""
    found = screen(evidence.all)
    open_ = sum(not each.handled for each in found)
    yield Finding("suspicions of the screen that no flag handles", "0", str(open_), not open_)
    for each in found:
        said = f"{each.why}; {each.handled or 'no flag says how this was handled'}"
        yield Finding(f"screen, {each.rule}: {each.where}", "a flag", said, bool(each.handled))


def _general(dataset: Dataset) -> Iterator[Fact]:
    """What `info` says; of a set with an `origin` that is the whole set, of which a user may have a part."""
    info = dataset.info
    if info.origin is not None:
        return
    yield Fact("people", people(), info.people)
    yield Fact("trials", count(), info.trials)
    yield Fact("tasks", lambda e: ", ".join(sorted({t.task for t in e.all})), ", ".join(sorted(info.tasks)))
    if info.motion_rates:
        yield Fact("motion rates, Hz", lambda e: _rates([t.motion for t in e.all]), _said(info.motion_rates))
    if info.emg_rates:
        yield Fact("EMG rates, Hz", lambda e: _rates([t.emg for t in e.all]), _said(info.emg_rates))


def _rates(tables: Sequence[Table | None]) -> str:
    return _said({round(table.rate, 3) for table in tables if table is not None})


def _said(rates: Iterable[float]) -> str:
    return ", ".join(f"{rate:g}" for rate in sorted(rates))


def _held(fact: Fact, evidence: Evidence) -> Finding:
    found, expected = fact.measure(evidence), fact.expected
    if isinstance(expected, Between):
        ok = expected.holds(found)
    elif isinstance(expected, str):
        ok = found == expected
    else:
        ok = math.isclose(found, expected, rel_tol=1e-4, abs_tol=1e-9)
    return Finding(fact.fact, _text(expected), _text(found), ok)


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
