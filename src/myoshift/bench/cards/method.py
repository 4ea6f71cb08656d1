"""The card of a method or estimator: what it is, how it departs from its paper, what it has been seen to do."""

from __future__ import annotations

import csv
import inspect
import re
from importlib import resources
from typing import Any

import pandas as pd

from myoshift import registry
from myoshift.estimators.named import plug_in
from myoshift.predictor.card import Card, Section


def method_card(name: str, *, toy: str = "", board: pd.DataFrame | None = None) -> Card:
    """What a method is.

    Parameters
    ----------
    name : entry point of a method or an estimator
    toy : what it gained on the toy shift that it is meant for, in words
    board : rows of a leaderboard of this method
    """
    cls = plug_in(name)
    row = _row(name)
    prose, stated = _doc(cls)
    facts = {
        "family": row.get("family", "plug-in"),
        "reference": row.get("reference"),
        "needs": row.get("needs") or ("nothing but motion to predict from" if row else ""),
        "cost": row.get("cost"),
        "lines": f"{len(inspect.getsource(cls).splitlines())} of its class",
        "formula": "\n".join(_formulas(cls)),
        "deviations from the paper": stated or deviations().get(name, ""),
        "toy shift": toy,
    }
    sections = [Section.of("What it is", facts)]
    if board is not None and len(board):
        sections.append(Section.of("Scores here", _scores(board)))
    return Card("method", name, prose, tuple(sections))


def _row(name: str) -> dict[str, str]:
    rows = [*registry.cards("methods"), *registry.cards("estimators")]
    return next((row for row in rows if row["name"] == name), {})


def deviations() -> dict[str, str]:
    """How the methods whose docstring does not say it depart from the work that they refer to, by name."""
    text = resources.files("myoshift.bench.cards").joinpath("deviations.csv").read_text(encoding="utf-8")
    return {row["name"]: row["deviations"] for row in csv.DictReader(text.splitlines())}


def _doc(cls: type[Any]) -> tuple[str, str]:
    """What a class's docstring says it is, and which deviations it states."""
    text = inspect.cleandoc(vars(cls).get("__doc__") or "")
    prose = re.split(r"^\w+\n-{3,}\n", text, maxsplit=1, flags=re.MULTILINE)[0]
    prose = re.sub(r"[ \t]*\n(?!\n)[ \t]*", " ", prose).replace("``", "`")
    found = re.search(r"Deviations?(?: from [^:]*)?: (.*?)(?:\s{2,}|$)", prose)
    return " ".join(prose.split()), found[1].strip() if found else ""


def _formulas(cls: type[Any]) -> list[str]:
    """What the losses that a class or those it derives from in its file call say of themselves in one line."""
    module = inspect.getmodule(cls)
    used = set(re.findall(r"\w+", inspect.getsource(cls)))
    return [
        (inspect.getdoc(thing) or "").partition("\n")[0]
        for name, thing in vars(module).items()
        if name in used and inspect.isfunction(thing) and thing.__module__.startswith("myoshift.losses")
    ]


def _scores(board: pd.DataFrame) -> dict[str, str]:
    return {
        f"{row['protocol']}, {row['condition']}, {row['scope']}, {row['access']}": f"r by person {row['r']:.3f}, "
        f"by institution {row['r_institution']:.3f}, best r {row['r_best']:.3f}; "
        f"{row['people']} people of {row['institutions']} institutions"
        for row in board.to_dict("records")
    }
