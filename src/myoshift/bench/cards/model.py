"""The card of a trained model of a benchmark: what its folder says, and its scores there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from myoshift.predictor import card
from myoshift.predictor.card import Card
from myoshift.predictor.folder import read_folder


def model_card(folder: Path, *, name: str = "", scores: pd.DataFrame | None = None) -> Card:
    """What a model folder says of its model.

    Parameters
    ----------
    folder : holds `model.json` and `model.safetensors`
    scores : `protocol, fold, r`, one row for every test of this model

    Raises
    ------
    IntegrityError
        When the folder is damaged.
    """
    held = read_folder(folder)
    if scores is not None and len(scores):
        rows = {f"{row.protocol}, {row.fold}": f"r {row.r:.3f}" for row in scores.itertuples()}
        held = replace(held, scores=rows)
    return card.model_card(held, name or folder.name)
