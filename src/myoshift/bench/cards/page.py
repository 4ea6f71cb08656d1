"""A card as a page that needs nothing from outside, and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache

from jinja2 import Environment, PackageLoader, Template

from myoshift.predictor.card import NOT_GIVEN, Card


def html(card: Card) -> str:
    """The page."""
    return _template().render(card=card, not_given=NOT_GIVEN)


def to_json(card: Card) -> str:
    """The same for programs."""
    return json.dumps(asdict(card), indent=1, ensure_ascii=False)


@cache
def _template() -> Template:
    loader = PackageLoader("myoshift.bench.cards", ".")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template("card.html")
