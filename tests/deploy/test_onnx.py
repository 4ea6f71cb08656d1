"""Models as ONNX files, run by onnxruntime."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import myoshift
from conftest import make_walk
from deploy.onnx_models import PROBLEM, WALKS, mean, net, personal
from myoshift.errors import ConfigError
from myoshift.estimators.constant import Constant
from myoshift.estimators.knn import Knn
from myoshift.models.gru import GRU
from myoshift.models.tcn import TCN
from myoshift.models.transformer import Transformer
from myoshift.predictor import Predictor

onnx = pytest.importorskip("onnx", reason="the extra `onnx` is not installed")
pytest.importorskip("onnxscript", reason="the extra `onnx` is not installed")
pytest.importorskip("onnxruntime", reason="the extra `onnx` is not installed")

from myoshift.deploy.onnx import export  # noqa: E402
from myoshift.deploy.onnx_check import run_steps, run_whole, said, session  # noqa: E402

CLOSE = 1e-5


@pytest.fixture(scope="module")
def offline(tmp_path_factory):
    """The default recipe of training and of calibration: networks and neighbours, sensors and head."""
    folder = tmp_path_factory.mktemp("offline")
    made = personal(
        mean(net(Transformer, norm="centre"), Knn(PROBLEM, samples=60).fit(WALKS)), "physiology+last_layer"
    )
    made.save(folder / "model")
    export(folder / "model", folder / "model.onnx")
    return folder


@pytest.fixture(scope="module")
def causal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("causal")
    personal(mean(net(TCN, causal=True), net(GRU, causal=True)), "gain+last_layer").save(folder / "model")
    export(folder / "model", folder / "model.onnx", folder / "step.onnx")
    return folder


def recordings(batch, frames):
    """Legs of toy walks: coordinates that are missing, frames of nothing, and one that is infinite."""
    legs = [PROBLEM.legs([make_walk(seed=20 + k, seconds=5.0)])[0].motion[:frames] for k in range(batch)]
    motion = np.stack(legs)
    motion[0, frames // 3 : frames // 2] = np.nan
    motion[-1, : frames // 4, 1] = np.nan
    return motion


def assert_alike(found, predictor, motion):
    wanted = [said(predictor, leg) for leg in motion]
    strands = [i for i, name in enumerate(myoshift.anatomy.strands(PROBLEM.outputs)) if name in seen(predictor)]
    for ours, theirs, columns in zip(found, zip(*wanted, strict=True), (known(predictor), strands), strict=True):
        np.testing.assert_allclose(ours, np.stack(theirs)[..., columns], atol=CLOSE, rtol=0)


def known(predictor):
    return [PROBLEM.outputs.index(name) for name in predictor.trained]


def seen(predictor):
    return {name.removesuffix("_r") for name in predictor.muscles(make_walk(seconds=1.0))[1]}


@pytest.mark.parametrize(("batch", "frames"), [(1, 1), (1, 31), (3, 90), (1, 250)])
@pytest.mark.parametrize("which", ["offline", "causal"])
def test_whole_recordings_are_predicted_as_by_the_model(which, batch, frames, request):
    folder, motion = request.getfixturevalue(which), recordings(batch, frames)
    found = run_whole(session((folder / "model.onnx").read_bytes()), motion)
    assert_alike(found, Predictor.load(folder / "model"), motion)


def test_steps_give_what_the_whole_recording_gives(causal):
    motion = recordings(2, 250)
    found = run_steps(session((causal / "step.onnx").read_bytes()), motion)
    assert_alike(found, Predictor.load(causal / "model"), motion)


def test_a_step_outlives_a_bad_sample(causal):
    """As in `Live`: what is infinite or beyond all angles counts as missing."""
    bad, without = recordings(1, 60), recordings(1, 60)
    bad[0, 5], bad[0, 6, 1] = np.inf, 1e30
    without[0, 5], without[0, 6, 1] = np.nan, np.nan
    run = session((causal / "step.onnx").read_bytes())
    for ours, theirs in zip(run_steps(run, bad), run_steps(run, without), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_step_of_the_document_runs(causal, monkeypatch, capsys):
    document = (Path(__file__).parents[2] / "docs" / "export.md").read_text()
    monkeypatch.chdir(causal)
    exec(re.search(r"^```py\n(.*?)^```", document, re.MULTILINE | re.DOTALL)[1], {})
    assert PROBLEM.outputs[0] in capsys.readouterr().out


def test_the_file_says_what_it_is(causal):
    about = {p.key: json.loads(p.value) for p in onnx.load(causal / "step.onnx").metadata_props}
    assert about["sites"] == list(PROBLEM.outputs[:2])
    assert [each["name"] for each in about["inputs"]] == list(PROBLEM.inputs)
    assert about["inputs"][0] == {"name": "hip_flexion", "unit": "rad", "positive": "flexion", "left_leg": 1}
    assert about["rate"] == 50.0
    assert about["causal"] is True
    assert about["kind"] == "calibrated"
    assert about["card"]["institutions"] == ["here"]
    assert about["card"]["calibrated_by"] == ["gain", "last_layer"]
    assert [each["name"] for each in about["state"]] == ["totals", "last", "encoder"]
    assert about["state"][0]["shape"] == ["batch", 3, 3]
    stated = json.loads((causal / "model" / "model.json").read_text())
    assert about["arrays_sha256"] == stated["sha256"]


@pytest.mark.parametrize(("which", "name"), [("offline", "model"), ("causal", "model"), ("causal", "step")])
def test_nothing_in_the_file_says_where_it_was_made(which, name, request):
    file = request.getfixturevalue(which) / f"{name}.onnx"
    content = file.read_bytes()
    for trace in (str(Path(myoshift.__file__).parents[2]), str(Path.home()), "site-packages", "stack_trace", ".py"):
        assert trace.encode() not in content, trace
    model = onnx.load(file, load_external_data=False)
    onnx.checker.check_model(model, full_check=True)
    assert not any(each.external_data for each in model.graph.initializer)
    assert not list(file.parent.glob("*.data"))


def test_axes_are_free_and_named(offline):
    model = onnx.load(offline / "model.onnx")
    axes = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in model.graph.input]
    assert axes == [["batch", "time", 3]]
    assert [o.version for o in model.opset_import if o.domain == ""] == [18]


@pytest.mark.parametrize("name", ["model.pt", "folder.onnx"])
def test_only_onnx_files_are_written(name, tmp_path):
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(ConfigError, match="not the name of an ONNX file"):
        export(tmp_path / "model", tmp_path / name)


def test_two_files_have_two_names(tmp_path):
    with pytest.raises(ConfigError, match="one file"):
        export(tmp_path / "model", tmp_path / "a.onnx", tmp_path / "a.onnx")


def test_something_else_is_not_replaced(tmp_path):
    net(TCN).save(tmp_path / "model")
    (tmp_path / "notes.onnx").write_text("my notes\n")
    with pytest.raises(ConfigError, match="it is no ONNX file"):
        export(tmp_path / "model", tmp_path / "notes.onnx")
    assert (tmp_path / "notes.onnx").read_text() == "my notes\n"


@pytest.mark.parametrize(
    ("predictor", "step", "said"),
    [
        (lambda: Constant(PROBLEM).fit(WALKS), False, "constant cannot be exported.*--method source_only"),
        (lambda: net(TCN), True, "tcn: this model has no step.*looks at frames to come.*causal: true"),
        (lambda: personal(net(TCN, causal=True), "delay+gain"), True, "delay: this calibrated model has no step"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_its_name(predictor, step, said, tmp_path):
    predictor().save(tmp_path / "model")
    with pytest.raises(ConfigError, match=said):
        export(tmp_path / "model", tmp_path / "a.onnx", tmp_path / "b.onnx" if step else None)
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


def test_missing_packages_are_named(tmp_path, monkeypatch):
    net(TCN).save(tmp_path / "model")
    monkeypatch.setattr("myoshift.deploy.onnx.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=re.escape("pip install 'myoshift[onnx]'")):
        export(tmp_path / "model", tmp_path / "a.onnx")
