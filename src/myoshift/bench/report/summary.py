"""The summary in plain words: what transfers, what does not, what to do with your data.

Every sentence follows from the tables by a rule, and gives its number and how many people it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from myoshift.bench import stats
from myoshift.bench.intervals import LEAST_INSTITUTIONS, LEAST_PEOPLE
from myoshift.bench.report.tables import named, records
from myoshift.bench.report.words import number, signed, title, to, words
from myoshift.bench.report.written import Written

STRONG, FAIR, WEAK = 0.7, 0.5, 0.3
"""r from which the shape of an envelope is said to be predicted closely, fairly, weakly."""
SHIFTED = 0.05
"""Gain in r by the best lag from which a delay is worth being calibrated."""
ROW = [*stats.SECTION, "access", "method"]


@dataclass(frozen=True)
class Summary:
    """Sentences under three questions."""

    transfers: tuple[Markup, ...]
    fails: tuple[Markup, ...]
    advice: tuple[Markup, ...]


def summary(written: Written) -> Summary:
    """All sentences that the tables of a benchmark allow."""
    best = _best(written)
    return Summary(
        transfers=tuple(_condition(written, row) for row in best if row["r"] >= FAIR),
        fails=(*(_condition(written, row) for row in best if row["r"] < FAIR), *_silent_muscles(written, best)),
        advice=(*_claims(written), *_few_shot(written), *_timing(best), *_collapse(written, best), *_single(written)),
    )


def _best(written: Written) -> list[dict[str, Any]]:
    """For each condition of the first protocol the method with the highest mean r."""
    board, label = written.leaderboard, written.spec.protocols[0].label
    rows = board[(board["protocol"] == label) & board["r"].notna()]
    return [_first(part) for _, part in rows.groupby(_TEST, sort=False)]


def _first(rows: pd.DataFrame) -> dict[str, Any]:
    """The row with the highest r."""
    return records(rows.sort_values("r", ascending=False, kind="stable").head(1))[0]


_TEST = ["condition", "scope"]


def said(query: Sequence[Any], text: str) -> Markup:
    """A number of a sentence, with the name of the query that it is."""
    return Markup("<b class='n' data-q='{}'>{}</b>").format(named(query), text)


def _cell(row: dict[str, Any], column: str, text: str) -> Markup:
    return said(["board", *(row[name] for name in ROW), column], text)


def _n(row: dict[str, Any]) -> Markup:
    """`n = 18 people, 8 institutions`; too few of them are named descriptive."""
    people, places = int(row["people"]), int(row["institutions"])
    few = people < LEAST_PEOPLE or places < LEAST_INSTITUTIONS
    shown = Markup("{} {}, {} {}").format(
        _cell(row, "people", str(people)),
        "person" if people == 1 else "people",
        _cell(row, "institutions", str(places)),
        "institution" if places == 1 else "institutions",
    )
    return Markup("n = {}{}").format(shown, "; descriptive: too few to generalise from" if few else "")


def _r(row: dict[str, Any]) -> Markup:
    interval = to(row["r_hierarchical_low"], row["r_hierarchical_high"])
    shown = Markup("r = {}").format(_cell(row, "r", number(row["r"], 2)))
    return shown + (Markup(" ") + _cell(row, "r_hierarchical", interval) if interval else Markup(""))


def _condition(written: Written, row: dict[str, Any]) -> Markup:
    """How well the best method does under one condition, in a word and a number."""
    heading = title(written.spec, row["protocol"])
    where = "" if row["condition"] in heading else f", {row['condition']}"
    scope = "" if row["scope"] == "person" else f", {row['scope']} trials"
    return Markup(
        "<b>{}{}{}:</b> the shape of the envelope is predicted {} by the best method, <code>{}</code>: {} ({}){}"
    ).format(heading, where, scope, _grade(row["r"]), row["method"], _r(row), _n(row), _against(row))


def _grade(r: float) -> str:
    return "closely" if r >= STRONG else "fairly" if r >= FAIR else "weakly" if r >= WEAK else "hardly or not at all"


def _against(row: dict[str, Any]) -> Markup:
    """What the best method gains over the reference."""
    if not row["reference"] or row["reference"] == row["method"] or not np.isfinite(row["difference"]):
        return Markup(".")
    interval = to(row["difference_hierarchical_low"], row["difference_hierarchical_high"], "+.3f")
    return Markup(". Person by person it differs from <code>{}</code> by {} {}: {}.").format(
        row["reference"],
        _cell(row, "difference", signed(row["difference"])),
        _cell(row, "difference_hierarchical", interval) if interval else "",
        row["verdict"].split(" (")[0],
    )


def _silent_muscles(written: Written, best: Sequence[dict[str, Any]]) -> Iterator[Markup]:
    """Muscles that even the best method of a condition predicts weakly."""
    parts = {tuple(vars(section).values()): part for section, part in stats.sections(written.results, written.spec)}
    for row in best:
        name = tuple(row[key] for key in stats.SECTION)
        table = stats.muscles(parts[name], written.spec)
        weak = table.loc[row["method"]]
        weak = weak[weak < WEAK].sort_values()
        if len(weak):
            each = [
                Markup("{} ({}, {})").format(
                    words(str(muscle)),
                    said(["muscles", *name, row["method"], muscle], number(value, 2)),
                    said(["muscles", *name, "people", muscle], f"{int(table.loc['people', muscle])}"),
                )
                for muscle, value in weak.items()
            ]
            yield Markup("<b>Muscles below r = 0.3, {}</b> (r and people, <code>{}</code>): {}.").format(
                row["condition"], row["method"], Markup(", ").join(each)
            )


def _claims(written: Written) -> Iterator[Markup]:
    """How many methods are shown to differ from the reference in the first protocol."""
    board = written.leaderboard
    rows = board[(board["protocol"] == written.spec.protocols[0].label) & (board["reference"] != "")]
    for (condition, scope, access), part in rows.groupby([*_TEST, "access"], sort=False):
        compared = part[part["verdict"] != "reference"]
        counts = [int((compared["verdict"] == verdict).sum()) for verdict in ("better", "worse")]
        if len(compared) and not compared["verdict"].str.startswith("descriptive").all():
            query = ["claims", part["protocol"].iloc[0], condition, scope, access]
            yield Markup(
                "<b>Choice of method, {}:</b> of {} methods compared with <code>{}</code> ({}), {} are shown to be "
                "better and {} worse; for the others no difference is shown."
            ).format(
                condition,
                said([*query, "compared"], str(len(compared))),
                part["reference"].iloc[0],
                access,
                said([*query, "better"], str(counts[0])),
                said([*query, "worse"], str(counts[1])),
            )


def _few_shot(written: Written) -> list[Markup]:
    """What labelled seconds of the person buy: best with them against best without, most people first."""
    board, gains = written.leaderboard, []
    for section, part in stats.sections(written.results, written.spec):
        name = tuple(vars(section).values())
        rows = board[(board[stats.SECTION] == list(name)).all(axis=1) & board["r"].notna()]
        own, none = rows[rows["calibration_seconds"] > 0], rows[rows["calibration_seconds"] == 0]
        if section.scope != "across" or own.empty or none.empty:
            continue
        with_them, without = _first(own), _first(none)
        people = stats.over_seeds(stats.by_person(part, "r", written.spec.primary))
        gained = people[with_them["method"]] - people[without["method"]]
        found = stats.estimate(gained)
        gains.append((found.descriptive, -found.people, _gain(written, with_them, without, found, _worth(gained))))
    return [gain for *_, gain in sorted(gains, key=lambda each: each[:2])]


def _gain(written: Written, own: dict[str, Any], none: dict[str, Any], found: stats.Estimate, worth: str) -> Markup:
    query = ["paired", *(own[name] for name in stats.SECTION), own["method"], none["method"]]
    interval = found.by_person_hierarchical
    limits = to(interval.low, interval.high, "+.3f")
    return Markup(
        "<b>{}, {}:</b> on other trials <code>{}</code> reaches {}; without labels <code>{}</code> reaches {}. "
        "Difference person by person {} {} (n = {}): {}."
    ).format(
        title(written.spec, own["protocol"]),
        own["condition"],
        own["method"],
        _cell(own, "r", number(own["r"], 2)),
        none["method"],
        _cell(none, "r", number(none["r"], 2)),
        said([*query, "value"], signed(found.by_person.value)),
        said([*query, "interval"], limits) if limits else "",
        said([*query, "people"], str(found.people)),
        worth,
    )


def _worth(gained: pd.Series) -> str:
    """What follows for a laboratory."""
    verdict = stats.judge(gained)
    if verdict.startswith("descriptive"):
        return "descriptive, too few to advise from"
    return {"better": "worth recording", "worse": "do not calibrate like this"}.get(verdict, "no gain is shown")


def _timing(best: Sequence[dict[str, Any]]) -> Iterator[Markup]:
    """Where a shift in time costs r, the delay is worth being calibrated."""
    for row in best:
        if row["r_best"] - row["r"] > SHIFTED:
            yield Markup(
                "<b>Check the clock, {}:</b> within ±150 ms r would be {} instead of {} for <code>{}</code>: "
                "a delay calibrated from a few strides may be worth more than another method ({})."
            ).format(
                row["condition"],
                _cell(row, "r_best", number(row["r_best"], 2)),
                _cell(row, "r", number(row["r"], 2)),
                row["method"],
                _n(row),
            )


def _collapse(written: Written, best: Sequence[dict[str, Any]]) -> Iterator[Markup]:
    """Amplitudes that have shrunk."""
    for row in best:
        ratio = row["variance_ratio_median"]
        if np.isfinite(ratio) and not 0.5 <= ratio <= 2:
            yield Markup(
                "<b>Trust the shape, not the height, {}:</b> the predictions of <code>{}</code> have {} of the "
                "variance of the measurement (median over people, {})."
            ).format(row["condition"], row["method"], _cell(row, "variance_ratio_median", number(ratio, 2)), _n(row))


def _single(written: Written) -> Iterator[Markup]:
    """Many laboratories to learn from against one alone, for a method that was scored both ways."""
    board = written.leaderboard
    labels = {protocol.name: protocol.label for protocol in written.spec.protocols}
    if not {"single_real", "leave_one_domain_out"} <= set(labels):
        return
    pairs = [board[board["protocol"] == labels[name]] for name in ("leave_one_domain_out", "single_real")]
    many, one = ({_test(row): row for row in records(part)} for part in pairs)
    for key, row in many.items():
        if key in one and key[2] == written.spec.reference and np.isfinite(row["r"] + one[key]["r"]):
            yield Markup(
                "<b>More laboratories to learn from, {}:</b> <code>{}</code> reaches {} when it learns from all "
                "other institutions and, on average, {} from one alone ({})."
            ).format(
                key[0], key[2], _cell(row, "r", number(row["r"], 2)),
                _cell(one[key], "r", number(one[key]["r"], 2)), _n(row),
            )  # fmt: skip


def _test(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["condition"], row["scope"], row["method"]
