"""The card of a trained model: on whom, for what, with which scores and limits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from myoshift.bench.cards.page import Card, Section
from myoshift.predictor.folder import read_folder

INTENDED = "estimates of muscle activation for research on people and movements like those that it learned from"
LIMITS = (
    "No medical device: not for diagnosis or treatment.\n"
    "Outputs that nobody measured are left out. Amplitude is in the unit of the source, not in that of a new person, "
    "until it is calibrated.\nThe same joint angle under another posture or load belongs to other activations."
)


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
    card = held.card
    trained = held.outputs if held.trained is None else held.trained
    sections = [
        Section.of("Inputs and outputs", {
            "kind": held.kind,
            "inputs": held.inputs,
            "may be missing": held.optional or "none",
            "unit of inputs": "rad, OpenSim's signs",
            "outputs": trained,
            "never trained, not given": [each for each in held.outputs if each not in trained] or "none",
            "rate": f"{held.rate:g} Hz",
        }),
        Section.of("Trained on", _source(card)),
        Section.of("Method and settings", _settings(held.config, card)),
        Section.of("Calibration", _rest(card, "calibration")),
    ]  # fmt: skip
    if scores is not None and len(scores):
        rows = {f"{row.protocol}, {row.fold}": f"r {row.r:.3f}" for row in scores.itertuples()}
        sections.append(Section.of("Scores on people that it never saw", rows))
    sections.append(Section.of("Use", {"intended": INTENDED, "limits": LIMITS}))
    lead = f"A model of the kind {held.kind}: {len(held.inputs)} coordinates in, {len(trained)} activations out."
    return Card("model", name or folder.name, lead, tuple(sections))


def _source(card: Mapping[str, Any]) -> dict[str, Any]:
    """Who the model, or the first of its members, learned from."""
    first = next(iter(card.get("members") or [card]))
    seconds = first.get("leg_seconds")
    return {
        "institutions": first.get("institutions"),
        "people": first.get("people"),
        "motion": f"{seconds:g} s of legs" if seconds else "",
        "postures": first.get("segment_orientations") or "none declared",
        "loads": [f"{load:g} kg" for load in first.get("external_loads", [])] or "none declared",
    }


def _settings(config: Mapping[str, Any], card: Mapping[str, Any]) -> dict[str, Any]:
    first = next(iter(card.get("members") or [card]))
    told = {"institutions", "people", "persons", "leg_seconds", "segment_orientations", "external_loads", "members"}
    said = {key: value for key, value in {**first, **card}.items() if key not in told and "calibration" not in key}
    members = {"members": len(card["members"])} if card.get("members") else {}
    return {**members, **{key: _short(value) for key, value in said.items()}, "network": _short(config)}


def _rest(card: Mapping[str, Any], word: str) -> dict[str, str]:
    found = {key: _short(value) for key, value in card.items() if word in key}
    return found or {"calibrated": "no"}


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{key} = {each}" for key, each in value.items() if not isinstance(each, (Mapping, list)))
    return str(value)
