"""What an ONNX file says of itself."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import torch

from deploy.onnx_models import mean, net
from myoshift.deploy.onnx_card import described, state, texts
from myoshift.models.tcn import TCN
from myoshift.predictor import Problem


def test_members_institutions_and_signs(tmp_path):
    made = mean(net(TCN), net(TCN, seed=1))
    made.save(tmp_path / "model")
    inputs = ("contralateral_knee_angle", "pelvis_list", "moment_knee_angle")
    other = replace(made, problem=Problem(inputs, made.problem.outputs, 50.0))
    about = described(other, tmp_path / "model", ["soleus"], ["soleus"])
    assert about["card"]["institutions"] == ["here"]
    assert [(each["unit"], each["left_leg"]) for each in about["inputs"]] == [("rad", 1), ("rad", -1), ("N m/kg", 1)]
    assert json.loads(texts(about)["sites"]) == ["soleus"]
    assert np.isfinite(float(texts(about)["rate"]))


def test_state_has_type_shape_and_first_value():
    said = state({"totals": torch.zeros(1, 3, 2, dtype=torch.float64)})
    assert said == [
        {"name": "totals", "output": "next_totals", "type": "float64", "shape": ["batch", 3, 2], "initial": 0}
    ]
