"""A card, and the ways to write it: a page that needs nothing from outside, Markdown, JSON."""

from __future__ import annotations

import html as entities
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, Template

NOT_GIVEN = "not given"
"""Of what nobody states: nothing is guessed."""


@dataclass(frozen=True)
class Section:
    """A heading, and items of a name and what is said under it; what is empty is not given."""

    heading: str
    items: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, heading: str, items: Mapping[str, object]) -> Section:
        """A section of whatever can be said as text."""
        return cls(heading, tuple((name, _said(value)) for name, value in items.items()))


@dataclass(frozen=True)
class Card:
    """`kind` is domain, method or model."""

    kind: str
    name: str
    lead: str
    sections: tuple[Section, ...]


def _said(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(map(str, value))
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def html(card: Card) -> str:
    """The page."""
    return _template().render(card=card, not_given=NOT_GIVEN)


def markdown(card: Card) -> str:
    """The same as a table for each section; text from data cannot leave its cell."""
    lines = [f"# {_cell(card.name)}", "", _cell(card.lead)]
    for section in card.sections:
        lines += ["", f"## {section.heading}", "", "| | |", "|---|---|"]
        lines += [f"| {_cell(name)} | {_cell(said or NOT_GIVEN)} |" for name, said in section.items]
    return "\n".join(lines) + "\n"


def to_json(card: Card) -> str:
    """The same for programs."""
    return json.dumps(asdict(card), indent=1, ensure_ascii=False)


def _cell(text: str) -> str:
    return entities.escape(" ".join(text.split()), quote=False).replace("|", "\\|")


@cache
def _template() -> Template:
    loader = PackageLoader("myoshift.bench.cards", ".")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template("card.html")
