from __future__ import annotations

import json
from pathlib import Path

import pytest

from datasets.lab.lab_files import SPEC
from myoshift.datasets.lab.spec import LabSpec, read
from myoshift.errors import ConfigError

SCHEMA = Path(__file__).parents[3] / "docs" / "lab.schema.json"


def told(tmp_path, *changes):
    text = SPEC
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "lab.yaml").write_text(text)
    return read(tmp_path / "lab.yaml")[0]


def test_the_published_schema_is_that_of_the_model():
    """To mend: python -m myoshift.datasets.lab > docs/lab.schema.json."""
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(LabSpec.model_json_schema()))


def test_a_field_is_its_template_looked_up_in_its_table(tmp_path):
    spec = told(tmp_path)
    assert spec.field("task", {"subject": "s1", "task": "slow", "trial": "1"}) == "walk"
    assert spec.field("population", {}) == "healthy"
    assert spec.field("session", {}) == ""


def test_a_session_in_the_path_is_the_session(tmp_path):
    spec = told(tmp_path, ("{subject}/", "{subject}/{session}/"))
    assert spec.field("session", {"session": "day2"}) == "day2"


def test_a_row_for_everything_else(tmp_path):
    spec = told(tmp_path, ("fast: run", '"*": other'))
    assert spec.field("task", {"task": "jump"}) == "other"


def test_overrides_are_said_in_order_and_null_gives_the_default_back(tmp_path):
    overrides = """overrides:
  - {where: {subject: [s1, s3]}, say: {sync: 0.1, emg: {unit: V}}}
  - {where: {task: run}, say: {sync: null}}
"""
    spec = told(tmp_path, ("motion: {conv", overrides + "motion: {conv"))
    values = {"subject": "s1", "task": "slow", "trial": "1"}
    assert (spec.told(values).sync, spec.told(values).emg.unit, spec.told(values).emg.kind) == (0.1, "V", "envelope")
    assert spec.told({**values, "task": "fast"}).sync == 0.0
    assert spec.told({**values, "subject": "s2"}).emg.unit == "mV"


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        ("overrides: [{where: {subjct: s1}, say: {sync: 1}}]", ["subjct", "subject", "overrides.0.where"]),
        ("overrides: [{where: {subject: s1}, say: {name: x}}]", ["name", "overrides.0.say"]),
        ("exclued: []", ["exclued", "exclude"]),
        ("files: {motion: a}", ["files", "twice"]),
        ("sync: soon", ["sync", "soon"]),
        ("markers: {}", ["markers.legs", "markers.arm"]),
        ("cycles: {closed: true, seconds: {advance: pelvis_tx}}", ["velocity"]),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, said, tokens):
    with pytest.raises(ConfigError) as refused:
        told(tmp_path, ("subjects:", said + "\nsubjects:"))
    for token in (*tokens, "lab.yaml"):
        assert token in str(refused.value)


def test_an_override_that_makes_no_sense_names_itself(tmp_path):
    spec = told(tmp_path, ("subjects:", "overrides: [{where: {subject: s1}, say: {emg: {dorp: {}}}}]\nsubjects:"))
    with pytest.raises(ConfigError, match=r"overrides.0.say.*dorp.*drop"):
        spec.told({"subject": "s1", "task": "slow", "trial": "1"})


def test_a_path_cannot_be_overridden(tmp_path):
    say = 'overrides: [{where: {subject: s1}, say: {files: {emg: {path: "../x"}}}}]\nsubjects:'
    with pytest.raises(ConfigError, match="cannot change where files are"):
        told(tmp_path, ("subjects:", say)).told({"subject": "s1", "task": "slow", "trial": "1"})


def test_every_open_question_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"3 questions.*institution, emg.kind, emg.sites"):
        told(tmp_path, ("Toy University", "???"), ("envelope", '"???"'), ("TA_{}", "???"))


def test_the_example_of_the_guide_is_the_lab_of_the_tests(tmp_path):
    guide = (SCHEMA.parent / "import.md").read_text()
    example = guide.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "lab.yaml").write_text(example)
    assert read(tmp_path / "lab.yaml")[0] == told(tmp_path)


def test_every_key_of_the_spec_is_in_the_guide():
    guide = (SCHEMA.parent / "import.md").read_text()
    for name in LabSpec.model_fields:
        assert f"`{name}`" in guide, name
