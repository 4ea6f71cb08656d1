"""Files held against the model that they were made of."""

from __future__ import annotations

import numpy as np
import pytest

from deploy.onnx_models import net
from myoshift.deploy import onnx_check
from myoshift.deploy.onnx_check import MOST, difference, made_up, said
from myoshift.errors import MyoshiftError
from myoshift.models.tcn import TCN

pytest.importorskip("onnxruntime", reason="the extra `onnx` is not installed")


@pytest.fixture
def predictor(monkeypatch):
    monkeypatch.setattr(onnx_check, "session", lambda file: None)
    return net(TCN)


def run(predictor, change):
    def running(session, motion):
        sites, muscles = (np.stack(each) for each in zip(*(said(predictor, leg) for leg in motion), strict=True))
        change(sites)
        return sites[..., :2], muscles

    return running


def test_the_largest_difference_is_found(predictor):
    def change(sites):
        sites[0, 7, 1] += MOST / 2

    found = difference(
        b"", predictor, [0, 1], range(said(predictor, made_up(3)[0])[1].shape[1]), run(predictor, change)
    )
    assert found == pytest.approx(MOST / 2, rel=0.01)


@pytest.mark.parametrize("value", [2 * MOST, np.nan])
def test_a_file_that_differs_is_refused(predictor, value):
    def change(sites):
        sites[0, 7, 1] += value

    count = said(predictor, made_up(3)[0])[1].shape[1]
    with pytest.raises(MyoshiftError, match="does not give what the model gives; no file was written"):
        difference(b"", predictor, [0, 1], range(count), run(predictor, change))


def test_made_up_motion_has_gaps_and_a_missing_coordinate():
    motion = made_up(4)
    assert np.isfinite(motion[0]).all()
    assert np.isnan(motion[1]).all(axis=1).any()
    assert (np.isnan(motion[1]).sum(axis=1) == 1).any()


def test_without_onnxruntime_nothing_is_compared(predictor, monkeypatch):
    monkeypatch.setattr(onnx_check, "find_spec", lambda name: None)
    assert difference(b"", predictor, [0], [0], run(predictor, lambda sites: None)) is None
