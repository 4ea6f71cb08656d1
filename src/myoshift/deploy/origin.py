"""Where a prediction comes from: which model, who it learned from, which motion file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myoshift import __version__, formats
from myoshift.deploy.files import What
from myoshift.predictor import Predictor
from myoshift.predictor.folder import DESCRIPTION


@dataclass(frozen=True, kw_only=True)
class ModelUsed:
    """A model as files name it.

    Parameters
    ----------
    name : in words
    sha256 : of its `model.json`, which holds the hash of its arrays
    institutions : that it learned from, as its card names them; simulated ones say so
    """

    name: str
    sha256: str
    institutions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Motion file and model of a prediction, and whether its columns are muscles or sites."""

    motion: Path
    model: ModelUsed
    what: What = "muscles"

    def __str__(self) -> str:
        return f"predicted from {self.motion.name} by myoshift {__version__} with {self.model.name}"


def used(predictor: Predictor, folder: Path, name: str) -> ModelUsed:
    """What files say of a predictor that was loaded from a folder."""
    places = (place for card in cards(predictor.card) for place in card.get("institutions", ()))
    return ModelUsed(
        name=name, sha256=formats.hash_file(folder / DESCRIPTION), institutions=tuple(dict.fromkeys(places))
    )


def cards(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The card of a predictor, of its calibration, and of all its members."""
    yield card
    if "calibration" in card:
        yield card["calibration"]
    for member in card.get("members", ()):
        yield from cards(member)
