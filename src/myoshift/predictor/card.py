"""What a model is, on whom it was trained, for what, with which scores and limits: a card, in Markdown.

Cards of data sets and methods have the same form (`bench.cards`).
"""

from __future__ import annotations

import html as entities
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from myoshift.predictor.familiarity import FALSE_ALARMS, Familiarity
from myoshift.predictor.folder import Contents

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


def markdown(card: Card) -> str:
    """The same as a table for each section; text from data cannot leave its cell."""
    lines = [f"# {_cell(card.name)}", "", _cell(card.lead)]
    for section in card.sections:
        lines += ["", f"## {section.heading}", "", "| | |", "|---|---|"]
        lines += [f"| {_cell(name)} | {_cell(said or NOT_GIVEN)} |" for name, said in section.items]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return entities.escape(" ".join(text.split()), quote=False).replace("|", "\\|")


INTENDED = "estimates of muscle activation for research on people and movements like those that it learned from"
LIMITS = (
    "No medical device: not for diagnosis or treatment.\n"
    "Outputs that nobody measured are left out. Amplitude is in the unit of the source, not in that of a new person, "
    "until it is calibrated.\nThe same joint angle under another posture or load belongs to other activations."
)
USAGE = {
    "predict": "myoshift predict walk.mot --model FOLDER -o activation.sto",
    "calibrate": "myoshift calibrate --model FOLDER --data walk.mot walk_emg.sto -o MINE",
    "in Python": "Predictor.load(FOLDER).muscles(recording), and .unfamiliar(recording) for what to beware of",
}
SCORES = "Scores on people that it never saw"


def model_card(held: Contents, name: str) -> Card:
    """What the contents of a model folder say of the model."""
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
        Section.of("Range", _range(held)),
        Section.of("Trained on", _source(card)),
        Section.of("Method and settings", _settings(held.config, card)),
        Section.of("Calibration", _rest(card, "calibration")),
    ]  # fmt: skip
    if held.scores:
        sections.append(Section.of(SCORES, {key: _score(value) for key, value in held.scores.items()}))
    sections.append(Section.of("Use", {"intended": INTENDED, "limits": LIMITS, **USAGE}))
    lead = f"A model of the kind {held.kind}: {len(held.inputs)} coordinates in, {len(trained)} activations out."
    return Card("model", name, lead, tuple(sections))


def _range(held: Contents) -> dict[str, str]:
    """The angles that it learned from, and how what is unlike them is told."""
    if held.familiarity is None:
        return {"training range": "not kept: recordings unlike its source are not flagged"}
    known = Familiarity.restore(held.familiarity, held.reference)
    room = known.margin * (known.high - known.low)
    ranges = zip(known.names, known.low, known.high, room, strict=True)
    return {
        **{name: f"{low:.2f} to {high:.2f}, give or take {more:.2f}" for name, low, high, more in ranges},
        "flagged": f"recordings outside these ranges, or whose windows of a second are unlike theirs; limits for "
        f"{FALSE_ALARMS:.0%} false alarms at an unseen one, from {known.groups} {known.many}",
    }


def _score(value: object) -> str:
    """`r 0.7, interval 0.63 to 0.75, people 31` of a mapping."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_score(each)}" for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return " to ".join(map(_score, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)


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
