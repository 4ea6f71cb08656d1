"""What the page cannot say, by rules from the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from myoshift.bench import stats
from myoshift.bench.intervals import LEAST_INSTITUTIONS, LEAST_PEOPLE
from myoshift.bench.report.written import Written


def limits(written: Written, folds: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Sentences."""
    return [*_always(), *_small(written), *_lonely(written), *_missing(written, folds)]


def _always() -> Iterator[str]:
    yield (
        "The summary names the method with the highest mean after looking at the scores; such a mean is optimistic, "
        "the more so the more methods there are. Comparisons are those of the tables, with the reference that was "
        "named beforehand."
    )
    yield (
        "An envelope of surface EMG is not force, and not the drive to a muscle: nothing here says how well forces "
        "or joint loads would be predicted."
    )
    yield (
        "Amplitudes are scored in a unit taken from the person's own recordings, which a new person without EMG "
        "has not. Correlations do not depend on it; RMSE and R² do."
    )


def _small(written: Written) -> Iterator[str]:
    """Tests of too few people or institutions."""
    board = written.leaderboard
    best = board.groupby(stats.SECTION, sort=False)[["people", "institutions"]].max().reset_index()
    few = best[(best["people"] < LEAST_PEOPLE) | (best["institutions"] < LEAST_INSTITUTIONS)]
    if len(few):
        yield (
            f"{len(few)} of {len(best)} tests have fewer than {LEAST_PEOPLE} people or "
            f"{LEAST_INSTITUTIONS} institutions. They are descriptive: what happened to these people, not what "
            "would happen to others."
        )


def _lonely(written: Written) -> Iterator[str]:
    """Institutions that stand for one person."""
    people = written.results[stats.PERSON].drop_duplicates().groupby("institution").size()
    alone = sorted(people.index[people == 1])
    if alone:
        yield (
            f"{len(alone)} of {len(people)} institutions have one person ({', '.join(map(str, alone))}): there the "
            "person and the laboratory cannot be told apart."
        )


def _missing(written: Written, folds: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    done, planned = written.results["run"].nunique(), len(written.plan["runs"])
    if done < planned:
        yield f"{planned - done} of {planned} planned runs have no scores; what they would have said is missing."
    if left := written.plan.get("left_out", []):
        yield (
            f"{len(left)} pairs of a method and a protocol were left out because the protocol does not grant what "
            "the method needs."
        )
    if not any(folds.values()):
        yield "The folders of the runs are not here: what was split, masked and drawn cannot be shown."
