"""Cards, one page each: what a data set, a method and a model are, and what they are not for."""

from myoshift.bench.cards.domain import domain_card
from myoshift.bench.cards.method import method_card
from myoshift.bench.cards.model import model_card
from myoshift.bench.cards.page import html
from myoshift.bench.cards.write import write_cards
from myoshift.predictor.card import Card, Section, markdown

__all__ = ["Card", "Section", "domain_card", "html", "markdown", "method_card", "model_card", "write_cards"]
