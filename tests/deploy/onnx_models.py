"""Predictors of random networks and of a toy walk, to be exported."""

from __future__ import annotations

import torch

from conftest import make_walk
from models.networks import INPUTS, OUTPUTS, network
from myoshift.calibration.chain import steps
from myoshift.calibration.personal import calibrate
from myoshift.estimators.ensemble import average
from myoshift.models.gru import GRU, SavedGRU
from myoshift.models.tcn import TCN, SavedTCN
from myoshift.models.transformer import SavedTransformer, Transformer
from myoshift.predictor import Predictor, Problem
from myoshift.types import Split

PROBLEM = Problem(INPUTS, OUTPUTS, 50.0)
SAVED = {TCN: SavedTCN, GRU: SavedGRU, Transformer: SavedTransformer}
WALKS = Split(name="all", source=tuple(make_walk(subject=f"s{i}", seed=i) for i in range(2)))


def net(kind, *, causal=False, norm="zscore", seed=0):
    """A network that was trained on two of three outputs."""
    module = network(kind, norm, causal=causal, seed=seed)
    torch.nn.init.normal_(module.head.weight, std=0.3)
    return Predictor(PROBLEM, SAVED[kind](module), {"institutions": ["here"]}, OUTPUTS[:2])


def mean(*members):
    return average(PROBLEM, members)


def personal(predictor, names):
    return calibrate(predictor, steps(names), [make_walk(seed=9, seconds=5.0)])
