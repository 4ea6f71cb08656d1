"""What an ONNX file says of itself: names, units, signs, rate, state, and where the model comes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from myoshift import __version__, anatomy
from myoshift.anatomy.coordinates import own_leg
from myoshift.predictor import Predictor
from myoshift.predictor.folder import ARRAYS

UNITS = {"moment": "N m/kg", "simulated": "1", "length": "optimal fibre lengths", "velocity": "1/s", "gravity": "rad"}
"""Of derived channels, by kind (`anatomy.derived`)."""
SIGNS = (
    "names and signs of OpenSim's Rajagopal model; one leg at a time, without side: coordinates of the own leg, "
    "`contralateral_` those of the other; for the left leg, columns are multiplied with `left_leg` first"
)
LICENCE = (
    "the weights were learned from recordings of the institutions named here; `myoshift datasets list` names the "
    "licence of each data set"
)
UNIT = "activation; of models that learned from EMG, 1 is the 95th percentile of a person's reference task"


def described(predictor: Predictor, folder: Path, sites: Sequence[str], muscles: Sequence[str]) -> dict[str, Any]:
    """What both graphs of a predictor say, as JSON values.

    Parameters
    ----------
    folder : of the model
    sites, muscles : columns of the outputs
    """
    problem = predictor.problem
    return {
        "inputs": [_input(name) for name in problem.inputs],
        "sites": list(sites),
        "muscles": list(muscles),
        "unit": UNIT,
        "signs": SIGNS,
        "rate": problem.rate,
        "kind": predictor.model.kind,
        "arrays_sha256": hashlib.sha256((folder / ARRAYS).read_bytes()).hexdigest(),
        "myoshift": __version__,
        "card": {
            "institutions": sorted({place for card in _cards(predictor.card) for place in card["institutions"]}),
            "calibrated_by": predictor.card.get("calibration", {}).get("calibrators", []),
            "licence": LICENCE,
        },
    }


def state(start: Mapping[str, Tensor]) -> list[dict[str, Any]]:
    """Name, type, shape and first value of each tensor that goes round."""
    return [
        {
            "name": name,
            "output": f"next_{name}",
            "type": str(each.dtype).removeprefix("torch."),
            "shape": ["batch", *each.shape[1:]],
            "initial": 0,
        }
        for name, each in start.items()
    ]


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Each value as JSON text: the metadata of an ONNX file are strings."""
    return {name: json.dumps(value, allow_nan=False) for name, value in values.items()}


def _input(name: str) -> dict[str, Any]:
    """Unit and direction of an input, and what a recording's column is multiplied with for the left leg."""
    channel = anatomy.derived(name)
    if channel is not None:
        return {"name": name, "unit": UNITS[channel.kind], "positive": "as myoshift derives it", "left_leg": 1}
    base = name.removeprefix(anatomy.CONTRALATERAL)
    own = own_leg(base)
    known = anatomy.coordinate(f"{base}_r" if own else base)
    return {"name": name, "unit": known.unit, "positive": known.positive, "left_leg": 1 if own else known.mirror}


def _cards(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "institutions" in card:
        yield card
    for member in card.get("members", ()):
        yield from _cards(member)
