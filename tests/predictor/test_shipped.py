"""The models that come with the package: whole, sealed, of virtual people alone, and for all 80 muscles."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from conftest import make_walk
from myoshift import anatomy
from myoshift.errors import IntegrityError
from myoshift.predictor import Predictor, shipped
from myoshift.predictor.model import single

LIMIT = 5_000_000  # bytes of all that comes with the package
WALK = make_walk(seconds=6, rate=50.0)


@pytest.fixture(scope="module", params=[False, True], ids=["default", "causal"])
def model(request) -> tuple[bool, Predictor]:
    return request.param, Predictor.load(shipped.folder(causal=request.param))


def test_it_gives_every_muscle_of_both_legs(model):
    values, names = model[1].muscles(WALK)
    assert set(names) == {f"{muscle}_{side}" for muscle in anatomy.IPSILATERAL for side in "rl"}
    assert values.shape == (len(WALK.motion), 80)
    assert np.isfinite(values).all()
    assert values.min() >= 0


def test_it_gives_the_sites_that_gait_laboratories_measure(model):
    values, names = model[1].predict_recording(WALK)
    assert {"tibialis_anterior_r", "gastrocnemius_l", "gluteus_maximus_r"} < set(names)
    assert np.isfinite(values).all()


def test_it_learned_from_virtual_people_alone(model):
    for card in model[1].card["members"]:
        assert all(name.startswith("virtual-") and name.endswith(", simulated") for name in card["institutions"])
        assert all(person.startswith("virtual/") for person in card["persons"])


def test_only_the_causal_one_can_be_streamed(model):
    causal, predictor = model
    assert {member.config()["causal"] for member in single(predictor.model)} == {causal}


def test_a_frame_to_come_changes_nothing_in_the_causal_one():
    predictor = Predictor.load(shipped.folder(causal=True))
    whole, _ = predictor.predict_recording(WALK)
    part, _ = predictor.predict_recording(WALK.window(0, 150))
    np.testing.assert_allclose(whole[:150], part, atol=1e-5)


@pytest.mark.parametrize("missing", ["hip_flexion", "knee_angle", "ankle_angle"])
def test_a_coordinate_may_be_missing(model, missing):
    motion = WALK.motion.copy()
    motion[:, [name.startswith(missing) for name in WALK.motion_names]] = np.nan
    values, _ = model[1].predict_recording(replace(WALK, motion=motion))
    assert np.isfinite(values).all()


def test_an_altered_copy_is_refused(model, tmp_path):
    copy = shutil.copytree(shipped.folder(causal=model[0]), tmp_path / "copy")
    arrays = copy / "model.safetensors"
    content = bytearray(arrays.read_bytes())
    content[-1] ^= 1
    arrays.write_bytes(content)
    with pytest.raises(IntegrityError, match="not the one that model"):
        Predictor.load(copy)


def test_all_of_it_is_small():
    assert sum(file.stat().st_size for file in shipped.MODELS.rglob("*")) < LIMIT
