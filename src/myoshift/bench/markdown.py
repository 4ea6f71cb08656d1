"""Leaderboards as Markdown: the tables of the documents, which a test makes again from the committed scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from myoshift.bench.stats import SECTION, bracket, sample

HEAD = ("method", "r by person", "r by institution", "best r within 150 ms")


def tables(board: pd.DataFrame) -> dict[str, str]:
    """One text per section of a leaderboard, by its heading (`leave_one_domain_out, level walking`)."""
    found = {}
    for (protocol, condition, scope), rows in board.groupby(SECTION, sort=False):
        heading = f"{protocol}, {condition}" + ("" if scope == "person" else f", {scope} trials")
        found[heading] = "\n\n".join(_table(part) for _, part in rows.groupby("access", sort=False))
    return found


def amounts(board: pd.DataFrame, condition: str, scope: str) -> str:
    """R by person of every method in one condition, against how much of the person was given: a column per protocol.

    Each column has its own people, the number of whom is in its head: columns are not compared.
    """
    part = board[(board["condition"] == condition) & (board["scope"] == scope)]
    people = part.groupby("protocol", sort=False)["people"].max()
    heads = {str(name): f"{_given(str(name))} ({count})" for name, count in people.items()}
    wide = part.pivot_table(index="method", columns="protocol", values="r", sort=False)[list(heads)]
    ordered = wide.sort_values(next(iter(heads)), ascending=False)
    return grid(ordered.rename(columns=heads).reset_index())


def _given(protocol: str) -> str:
    """`1 stride` of few_shot(strides=1), `5 s` of few_shot(seconds=5)."""
    kind, amount = protocol.removesuffix(")").split("(")[-1].split("=")[-2:]
    unit = "s" if kind.endswith("seconds") else "stride" if amount == "1" else "strides"
    return f"{amount} {unit}"


def grid(frame: pd.DataFrame) -> str:
    """Any table: numbers with three digits, whole ones as they are, nothing where nothing was measured."""
    lines = [_row(frame.columns), _row("---" for _ in frame.columns)]
    return "\n".join([*lines, *(_row(map(_cell, row)) for row in frame.itertuples(index=False))])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}" if np.isfinite(value) else ""
    return str(value)


def _table(rows: pd.DataFrame) -> str:
    """A line that says who was tested and what of them was seen, then the methods, best first."""
    first = rows.iloc[0]
    reference = next((name for name in rows["reference"] if name), "")
    head = [*HEAD, *_against(rows, reference)]
    if "without" in rows:
        head.insert(2, f"r by person, without {first['without'].replace('_', ' ').replace('+', ' and ')}")
    said = f"{first['access']}; {sample(int(rows['people'].max()), int(rows['institutions'].max()))}"
    lines = [said, "", _row(head), _row("---" for _ in head)]
    tested = bool(rows["family"].max() > 0)
    return "\n".join([*lines, *(_row(_cells(row, reference, tested)) for _, row in rows.iterrows())])


def _against(rows: pd.DataFrame, reference: str) -> list[str]:
    """Heads of what is said of differences: the tests and what they can detect only where something was tested."""
    if not reference:
        return []
    count = rows["family"].max()
    tested = [f"p after Holm over {count:.0f}", "detectable"] if count > 0 else []
    return [f"difference to {reference}", *tested]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(row: pd.Series, reference: str, tested: bool) -> Iterator[str]:
    yield str(row["method"])
    yield _interval(row, "r")
    if "without" in row:
        yield _interval(row, "rest")
    yield _number(row["r_institution"])
    yield _number(row["r_best"])
    if reference:
        yield "" if row["method"] == reference or not np.isfinite(row["difference"]) else _difference(row)
    if tested:
        yield from (f"{row[name]:.3f}" if np.isfinite(row[name]) else "" for name in ("p_holm", "detectable"))


def _interval(row: pd.Series, name: str) -> str:
    found = bracket(row[f"{name}_hierarchical_low"], row[f"{name}_hierarchical_high"])
    return f"{_number(row[name])} {found}".rstrip()


def _difference(row: pd.Series) -> str:
    interval = bracket(row["difference_hierarchical_low"], row["difference_hierarchical_high"], "+.3f")
    claim = "descriptive" if str(row["verdict"]).startswith("descriptive") else row["verdict"]
    return f"{row['difference']:+.3f} {interval}".rstrip() + f", {claim}"


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "none"
