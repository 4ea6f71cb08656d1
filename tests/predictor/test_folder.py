import hashlib
import json
import os
import pickle

import numpy as np
import pytest

from conftest import make_walk
from myoshift.calibration.chain import steps
from myoshift.calibration.personal import calibrate
from myoshift.errors import ConfigError, IntegrityError, UnknownNameError
from myoshift.estimators.constant import ConstantModel
from myoshift.predictor import Familiarity, Predictor
from myoshift.predictor.folder import ARRAYS, DESCRIPTION, FAMILIARITY, FILES, README, SCORES
from predictor.fakes import PROBLEM


@pytest.fixture
def folder(tmp_path):
    """A saved model."""
    save(tmp_path / "model")
    return tmp_path / "model"


def save(folder, level=0.5, **more):
    model = ConstantModel(np.array([level, 0.2, np.nan], np.float32))
    Predictor(PROBLEM, model, {"people": 3}, ("tibialis_anterior", "gastrocnemius"), **more).save(folder)


@pytest.fixture(scope="module")
def known():
    """What a source of two laboratories looks like."""
    walks = [make_walk(institution=place, seed=k) for k, place in enumerate(("north", "south"))]
    return Familiarity.fit(PROBLEM.legs(walks), PROBLEM.inputs, PROBLEM.rate)


@pytest.fixture
def full(tmp_path, known):
    """A saved model with all that a folder may hold."""
    save(tmp_path / "full", familiarity=known, scores={"walking": {"r": 0.7, "interval": [0.6, 0.8]}})
    return tmp_path / "full"


def edit(folder, **changes):
    """Change the description and seal it again, as a tool that knows the format would."""
    description = json.loads((folder / DESCRIPTION).read_text()) | changes
    del description["seal"]
    description["seal"] = hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()
    (folder / DESCRIPTION).write_text(json.dumps(description))


def test_names_card_and_predictions_survive(folder, walk):
    loaded = Predictor.load(folder)
    assert loaded.problem == PROBLEM
    assert loaded.card == {"people": 3}
    assert loaded.trained == ("tibialis_anterior", "gastrocnemius")
    assert loaded.predict_recording(walk)[0][0, :2].tolist() == pytest.approx([0.5, 0.2])


def test_the_same_model_gives_the_same_bytes(folder, tmp_path):
    save(tmp_path / "again")
    for name in (DESCRIPTION, ARRAYS):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_familiarity_scores_and_readme_survive(full, known, walk):
    assert {path.name for path in full.iterdir()} == FILES
    loaded = Predictor.load(full)
    assert loaded.scores == {"walking": {"r": 0.7, "interval": [0.6, 0.8]}}
    assert loaded.familiarity.score(walk.motion[:, :3]) == known.score(walk.motion[:, :3])
    assert "r 0.7, interval 0.6 to 0.8" in (full / README).read_text()


def test_a_calibrated_model_is_as_familiar_but_its_scores_are_of_another(full, walk):
    personal = calibrate(Predictor.load(full), steps("gain"), [walk])
    assert personal.familiarity is not None
    assert personal.scores is None


def test_a_folder_of_before_has_no_familiarity(folder):
    description = json.loads((folder / DESCRIPTION).read_text())
    assert description.pop("familiarity") is None
    assert description.pop("files") == {}
    (folder / DESCRIPTION).write_text(json.dumps(description))
    edit(folder)
    loaded = Predictor.load(folder)
    assert (loaded.familiarity, loaded.scores) == (None, None)


@pytest.mark.parametrize("name", [FAMILIARITY, SCORES])
@pytest.mark.parametrize("damage", ["altered", "truncated", "missing"])
def test_damage_of_what_a_folder_may_hold_is_named(full, name, damage):
    content = (full / name).read_bytes()
    if damage == "missing":
        (full / name).unlink()
    else:
        (full / name).write_bytes(content[:-9] if damage == "truncated" else content[:-1] + b"?")
    says = "missing.*No such file" if damage == "missing" else "sha256 expected"
    with pytest.raises(IntegrityError, match=rf"{name}.*{says}.*To mend"):
        Predictor.load(full)


def test_a_truncated_safetensors_file_with_the_right_hash_is_refused(full):
    for name, key in ((ARRAYS, "sha256"), (FAMILIARITY, "files")):
        content = (full / name).read_bytes()
        (full / name).write_bytes(content[:-9])
        found, files = hashlib.sha256(content[:-9]).hexdigest(), json.loads((full / DESCRIPTION).read_text())["files"]
        edit(full, **{key: found if key == "sha256" else files | {name: found}})
        with pytest.raises(IntegrityError, match=rf"{name}.*not a safetensors file"):
            Predictor.load(full)
        (full / name).write_bytes(content)
        edit(full, **{key: hashlib.sha256(content).hexdigest() if key == "sha256" else files})


def test_a_familiarity_of_other_channels_is_refused(full):
    config = json.loads((full / DESCRIPTION).read_text())["familiarity"]
    edit(full, familiarity=config | {"names": ["hip_flexion", "knee_angle", "wrist_flex"]})
    with pytest.raises(IntegrityError, match=r"do not fit together.*wrist_flex"):
        Predictor.load(full)
    edit(full, familiarity=config | {"names": ["hip_flexion", "knee_angle"]})
    with pytest.raises(IntegrityError, match=r"do not fit together.*low of familiarity .*\(3,\), expected \(2,\)"):
        Predictor.load(full)


def test_notes_in_the_readme_are_nobodys_business(full):
    (full / README).write_text("the model of Anna's thesis")
    assert Predictor.load(full).card == {"people": 3}


def test_a_folder_written_before_inputs_could_be_optional_has_none(folder):
    save(folder)
    description = json.loads((folder / DESCRIPTION).read_text())
    assert description.pop("optional") == []
    (folder / DESCRIPTION).write_text(json.dumps(description))
    edit(folder)
    assert Predictor.load(folder).problem == PROBLEM


def test_altered_arrays_are_refused_with_both_hashes(folder):
    content = bytearray((folder / ARRAYS).read_bytes())
    content[-1] ^= 1
    (folder / ARRAYS).write_bytes(content)
    expected = json.loads((folder / DESCRIPTION).read_text())["sha256"]
    found = hashlib.sha256(content).hexdigest()
    with pytest.raises(IntegrityError, match=rf"{ARRAYS}.*{expected}.*{found}.*To mend: copy") as caught:
        Predictor.load(folder)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", [DESCRIPTION, ARRAYS])
def test_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(IntegrityError, match=rf"{name}.*missing.*No such file.*To mend"):
        Predictor.load(folder)


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(IntegrityError, match=r"nowhere.*missing"):
        Predictor.load(tmp_path / "nowhere")


@pytest.mark.parametrize("version", [0, None, "1"])
def test_other_version_is_refused(folder, version):
    edit(folder, version=version)
    with pytest.raises(IntegrityError, match=rf"version.*expected 1, found {version}.*To mend"):
        Predictor.load(folder)


def test_a_folder_of_a_newer_myoshift_says_to_upgrade(folder):
    edit(folder, version=2)
    with pytest.raises(IntegrityError, match=r"written by a newer myoshift.*version 2.*reads 1.*To mend: upgrade"):
        Predictor.load(folder)


@pytest.mark.parametrize("text", ["{", "[]", "\x00\x01"])
def test_torn_description_is_refused(folder, text):
    (folder / DESCRIPTION).write_text(text)
    with pytest.raises(IntegrityError, match=DESCRIPTION):
        Predictor.load(folder)


def test_missing_key_is_named(folder):
    description = json.loads((folder / DESCRIPTION).read_text())
    del description["outputs"]
    (folder / DESCRIPTION).write_text(json.dumps(description))
    with pytest.raises(IntegrityError, match=r"incomplete.*found none called outputs"):
        Predictor.load(folder)


@pytest.mark.parametrize(("kind", "missing"), [("template", "curves"), ("tcn", "inputs"), ("knn", "outputs")])
def test_config_that_does_not_fit_the_arrays_is_refused(folder, kind, missing):
    edit(folder, kind=kind)
    with pytest.raises(IntegrityError, match=rf"do not fit together.*{kind}.*{missing}"):
        Predictor.load(folder)


@pytest.mark.parametrize("change", [{"outputs": ["soleus"]}, {"outputs": ["soleus"] * 4}])
def test_arrays_of_another_size_than_the_names_are_refused(folder, change):
    edit(folder, **change)
    with pytest.raises(IntegrityError, match="do not fit together"):
        Predictor.load(folder)


@pytest.mark.parametrize("change", [{"rate": "fast"}, {"inputs": 3}, {"card": 1}, {"config": [1]}, {"trained": 0}])
def test_altered_description_is_refused(folder, change):
    edit(folder, **change)
    with pytest.raises(IntegrityError, match="altered"):
        Predictor.load(folder)


def test_a_description_without_end_is_refused(folder):
    (folder / DESCRIPTION).write_text("[" * 100_000)
    with pytest.raises(IntegrityError, match="not a JSON file"):
        Predictor.load(folder)


def test_the_current_folder_can_hold_a_model(tmp_path, monkeypatch, walk):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    save(".")
    assert Predictor.load(tmp_path / "here").problem == PROBLEM


def test_unknown_kind_names_the_nearest(folder):
    edit(folder, kind="constantt")
    with pytest.raises(UnknownNameError, match=r"constantt.*constant"):
        Predictor.load(folder)


class Bomb:
    def __reduce__(self):
        return os.system, ("touch executed",)


def test_a_pickle_is_refused_and_never_executed(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(Bomb())
    (folder / ARRAYS).write_bytes(content)
    edit(folder, sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(IntegrityError, match=rf"not a safetensors file|{ARRAYS}"):
        Predictor.load(folder)
    assert not (tmp_path / "executed").exists()


def test_an_older_model_is_replaced_whole(folder, tmp_path, walk):
    save(folder, level=0.9)
    assert Predictor.load(folder).predict_recording(walk)[0][0, 0] == pytest.approx(0.9)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_an_interrupted_save_leaves_the_older_model_and_nothing_else(folder, tmp_path, walk, monkeypatch):
    def full(_descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(folder, level=0.9)
    monkeypatch.undo()
    assert Predictor.load(folder).predict_recording(walk)[0][0, 0] == pytest.approx(0.5)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_something_else_in_the_way_is_never_deleted(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("years of work")
    with pytest.raises(ConfigError, match=r"thesis.*chapter\.tex.*new folder"):
        save(tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.tex").read_text() == "years of work"


def test_a_card_that_is_not_json_writes_nothing(tmp_path):
    model = ConstantModel(np.zeros(3, np.float32))
    with pytest.raises(ValueError, match="JSON compliant"):
        Predictor(PROBLEM, model, {"loss": float("nan")}).save(tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change", [{"rate": 200.0}, {"inputs": list(PROBLEM.inputs[::-1])}, {"outputs": list(PROBLEM.outputs[::-1])}]
)
def test_a_description_edited_by_hand_is_refused(folder, change):
    description = json.loads((folder / DESCRIPTION).read_text())
    (folder / DESCRIPTION).write_text(json.dumps(description | change))
    with pytest.raises(IntegrityError, match=r"altered.*seal expected.*found.*To mend"):
        Predictor.load(folder)
