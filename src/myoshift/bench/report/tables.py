"""A table behind a drawing, or beside it: rows that are a query of the scores, to be read or taken along."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from myoshift.bench.report.words import milliseconds, number, signed

SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SPECIAL |= {sign: f"\\{sign}" for sign in "{}$&#_%"}
SPECIAL |= {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''", "−": "$-$", "–": "--"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
STYLES = {"r": number, "two": lambda value: number(value, 2), "difference": signed, "ms": milliseconds}
STYLES |= {"whole": lambda value: number(value, 0)}
SAFE = "-_.!~*'(),;:@=+$/?"
"""What need not be escaped in a data URI within a quoted attribute."""
UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Column:
    """A column: its name in the frame, its heading, and how its numbers are printed."""

    name: str
    heading: str
    style: str = "r"

    def show(self, value: Any) -> str:
        """A cell as text."""
        if self.style == "count":
            return "–" if pd.isna(value) else f"{int(value)}"
        return str(value) if self.style == "text" else STYLES[self.style](float(value))


@dataclass(frozen=True, eq=False)
class Shown:
    """A table of the page.

    Parameters
    ----------
    query : name of the query and its arguments; with the key of a row and the name of a column it names one number
    keys : columns that name a row
    columns : what is said of it
    """

    title: str
    query: tuple[str, ...]
    frame: pd.DataFrame
    keys: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows as they are printed: the key, and each cell with its column."""
        return [
            {
                "key": [str(row[key]) for key in self.keys],
                "cells": [(column, column.show(row[column.name])) for column in self.columns],
            }
            for row in records(self.frame)
        ]

    @property
    def path(self) -> Markup:
        """The query, for an attribute."""
        return named(self.query)

    @cached_property
    def csv(self) -> str:
        """The table as csv; what a spreadsheet would take for a formula is quoted."""
        chosen = self.frame[[*self.keys, *(column.name for column in self.columns)]]
        safe = chosen.map(harmless).rename(columns=harmless)
        return str(safe.to_csv(index=False, float_format="%.5g", lineterminator="\n"))

    @cached_property
    def latex(self) -> str:
        """The table as a LaTeX tabular."""
        head = [*self.keys, *(column.heading for column in self.columns)]
        body = [[*row["key"], *(text for _, text in row["cells"])] for row in self.rows]
        layout = "l" * len(self.keys) + "".join("l" if c.style == "text" else "r" for c in self.columns)
        lines = [_guarded("&".join(map(latex, row))) + r"\\" for row in (head, *body)]
        inner = "\n".join([lines[0], r"\hline", *lines[1:]])
        return f"% {comment(self.title)}\n\\begin{{tabular}}{{{layout}}}\n{inner}\n\\end{{tabular}}\n"

    @property
    def file(self) -> str:
        """A name for the files."""
        return re.sub(r"[^a-z0-9]+", "-", " ".join(self.query).lower()).strip("-")[:80]

    @property
    def links(self) -> Sequence[tuple[str, str, str]]:
        """Label, file name and address of each download; the content is in the address, so nothing is requested."""
        return (
            ("CSV", f"{self.file}.csv", address("text/csv", self.csv)),
            ("LaTeX", f"{self.file}.tex", address("text/x-tex", self.latex)),
        )


def address(kind: str, text: str) -> str:
    """Text as a data URI."""
    return f"data:{kind};charset=utf-8,{quote(text, safe=SAFE)}"


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; one line."""
    if not isinstance(cell, str):
        return cell
    line = UNREADABLE.sub(" ", cell)
    return f"'{line}" if cell.lstrip(" ").startswith(FORMULA) else line


def latex(text: str) -> str:
    """Text as LaTeX that prints just that."""
    return "".join(SPECIAL.get(sign, sign) for sign in UNREADABLE.sub(" ", text))


def _guarded(row: str) -> str:
    """A row that the end of the row above does not take for its own argument."""
    return f"{{}}{row}" if row.startswith(("[", "*")) else row


def comment(text: str) -> str:
    """Text that stays within a comment: one line."""
    return UNREADABLE.sub(" ", text)


def named(query: Sequence[Any]) -> Markup:
    """The full name of a number: JSON, escaped for an attribute in single quotes."""
    text = json.dumps([str(part) for part in query], separators=(",", ":"))
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;"))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows by the names of their columns."""
    return [dict(zip(map(str, table.columns), row, strict=True)) for row in table.itertuples(index=False, name=None)]
