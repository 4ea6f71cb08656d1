"""What a check says: a verdict with its numbers, and how to mend what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from myoshift.errors import MyoshiftError
from myoshift.types import Flag

Ruling = Literal["pass", "flag", "refused", "cannot tell"]
RULINGS: tuple[Ruling, ...] = ("refused", "flag", "cannot tell", "pass")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One verdict of one rule: about what, by which numbers, and what to do about it ("" where nothing is wrong)."""

    rule: str
    where: str
    verdict: Ruling
    why: str
    mend: str = ""
    numbers: dict[str, float] = field(default_factory=dict)


def refused(error: MyoshiftError, where: str) -> Judgement:
    """What was refused, in the error's own words."""
    place = error.where if where in error.where else f"{where}, {error.where}".removesuffix(", ")
    why = f"{error.what} ({error.why})" if error.why else error.what
    return Judgement(rule="read", where=place, verdict="refused", why=why, mend=error.mend)


def flagged(flag: Flag, where: str) -> Judgement:
    """A flag of a reader or of the preparation."""
    place = f"{where}, {flag.where}" if flag.where else where
    return Judgement(
        rule=flag.code, where=place, verdict="flag", why=flag.message, mend="look at it, see docs/check.md"
    )


def counts(judgements: Iterable[Judgement]) -> dict[str, int]:
    """How many judgements have which verdict, the worst first."""
    found = Counter(each.verdict for each in judgements)
    return {ruling: found[ruling] for ruling in RULINGS if found[ruling]}
