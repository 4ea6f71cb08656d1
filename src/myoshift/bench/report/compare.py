"""Two or more benchmarks side by side: their common tests, paired by person where people are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from myoshift.bench import stats
from myoshift.bench.report.tables import Column, Shown
from myoshift.bench.report.words import title
from myoshift.bench.report.written import Written
from myoshift.errors import ConfigError

Section = tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Compared:
    """One common test."""

    title: str
    common: int
    table: Shown


@dataclass(frozen=True)
class Side:
    """A benchmark of the comparison."""

    label: str
    name: str
    digest: str
    folder: str
    done: int


def sides(benchmarks: Sequence[Written]) -> list[Side]:
    """The benchmarks, as A, B, ..."""
    return [
        Side(chr(ord("A") + k), each.spec.name, each.plan["digest"], each.out.name, each.results["run"].nunique())
        for k, each in enumerate(benchmarks)
    ]


def compare(benchmarks: Sequence[Written]) -> list[Compared]:
    """Every test that all of them have, with the methods that they share.

    Raises
    ------
    ConfigError
        When there are fewer than two benchmarks, or no test is in all of them.
    """
    if not 2 <= len(benchmarks) <= 26:
        raise ConfigError("two benchmarks or more are compared", mend="name the folders of two benchmarks")
    parts = [_parts(each) for each in benchmarks]
    common = [section for section in parts[0] if all(section in part for part in parts[1:])]
    found = [_compared(benchmarks, section, [part[section] for part in parts]) for section in common]
    kept = [each for each in found if each]
    if not kept:
        tests = "; ".join(", ".join(f"{name}: {condition}" for name, condition, _ in part) for part in parts)
        why = f"they have no test with a common method: {tests}"
        raise ConfigError("nothing to compare", why=why, mend="name benchmarks of the same protocols")
    return kept


def _parts(written: Written) -> dict[Section, pd.DataFrame]:
    return {
        (section.protocol, section.condition, section.scope): part
        for section, part in stats.sections(written.results, written.spec)
    }


def _compared(benchmarks: Sequence[Written], section: Section, parts: list[pd.DataFrame]) -> Compared | None:
    """A row per common method: r in each, and the difference to the first over the people of both."""
    primary = [name for name in benchmarks[0].spec.primary if all(name in each.spec.primary for each in benchmarks)]
    people = [stats.over_seeds(stats.by_person(part, "r", primary)) for part in parts]
    methods = [method for method in people[0].columns if all(method in each.columns for each in people)]
    if not methods or not primary:
        return None
    rows = [{"method": method, **_row([each[method] for each in people])} for method in methods]
    table = pd.DataFrame(rows).sort_values("r_A", ascending=False, kind="stable")
    name = title(benchmarks[0].spec, section[0])
    where = "" if section[1] in name else f": {section[1]}"
    heading = f"{name}{where}{'' if section[2] == 'person' else f', {section[2]} trials'}"
    shared = set(people[0].index)
    for each in people[1:]:
        shared &= set(each.index)
    return Compared(
        heading, len(shared), Shown(heading, ("compare", *section), table, ("method",), _columns(len(parts)))
    )


def _row(people: list[pd.Series]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for letter, each in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", people, strict=False):
        found = stats.estimate(each)
        row |= {f"r_{letter}": found.by_person.value, f"people_{letter}": found.people}
        if letter != "A":
            row |= _difference(people[0], each, letter)
    return row


def _difference(first: pd.Series, other: pd.Series, letter: str) -> dict[str, Any]:
    """One minus the first, over the people of both; nothing where they share nobody."""
    gained = (other - first).dropna()
    found = stats.estimate(gained)
    interval = found.by_person_hierarchical
    said = stats.judge(gained).split(" (")[0] if found.people else "nobody in common"
    return {
        f"difference_{letter}": found.by_person.value,
        f"low_{letter}": interval.low,
        f"high_{letter}": interval.high,
        f"paired_{letter}": found.people,
        f"verdict_{letter}": said,
    }


def _columns(count: int) -> tuple[Column, ...]:
    columns: list[Column] = []
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:count]:
        columns += [Column(f"r_{letter}", f"r in {letter}"), Column(f"people_{letter}", "people", "count")]
        if letter != "A":
            columns += [
                Column(f"difference_{letter}", f"{letter} − A", "difference"),
                *(Column(f"low_{letter}", "low", "difference"), Column(f"high_{letter}", "high", "difference")),
                *(Column(f"paired_{letter}", "in both", "count"), Column(f"verdict_{letter}", "", "text")),
            ]
    return tuple(columns)
