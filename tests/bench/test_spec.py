from __future__ import annotations

import pytest
import yaml

from bench.toys import benchmark, recordings
from myoshift import datasets
from myoshift.bench import build, protocols
from myoshift.bench import spec as specs
from myoshift.bench.cohort import gather
from myoshift.errors import ConfigError


def written(tmp_path, **changes):
    content = {**benchmark().model_dump(mode="json", exclude_defaults=True), **changes}
    path = tmp_path / "b.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["gait", "demo", "emg2pose"])
def test_shipped_benchmarks_are_valid(name):
    spec = specs.read(name)
    assert spec.name == name
    build.check_settings(spec)
    for protocol in spec.protocols:
        protocols.check_settings(protocol, spec.conditions)


def test_what_is_written_is_what_is_read(tmp_path):
    assert specs.read(written(tmp_path)) == benchmark()


def test_digest_follows_the_content():
    assert benchmark().digest == benchmark().digest
    assert benchmark(seeds=2).digest != benchmark().digest


def test_a_method_may_have_derived_and_optional_inputs(tmp_path):
    named = {"name": "knn", "inputs": ["hip_flexion", "moment_hip_flexion"], "optional": ["hip_flexion"]}
    spec = specs.read(written(tmp_path, methods=[named], reference=""))
    (method,) = spec.methods
    assert method.label == "knn(inputs=hip_flexion+moment_hip_flexion, optional=hip_flexion)"
    problem = build.problem(spec, method.label)
    assert (problem.inputs, problem.optional) == (("hip_flexion", "moment_hip_flexion"), ("hip_flexion",))
    strict = benchmark(methods=[{**named, "optional": []}], reference="")
    assert spec.digest != strict.digest


@pytest.mark.parametrize(
    ("changes", "tokens"),
    [
        ({"datasetz": ["toy"]}, ["unknown key 'datasetz'", "datasets"]),
        ({"protocols": [{"name": "few_shot", "setings": {}}]}, ["protocols.0.setings", "nearest", "settings"]),
        ({"hygiene": {"hihg": 2}}, ["hygiene.hihg", "high"]),
        ({"methods": [{"name": "knn", "sedes": 3}]}, ["methods.0.sedes"]),
        ({"rate": "fast"}, ["'rate'", "fast"]),
        ({"seeds": 0}, ["'seeds'", "0"]),
        ({"datasets": []}, ["'datasets'"]),
        ({"datasets": ["toi"]}, ["unknown dataset 'toi'", "toy"]),
        ({"inputs": ["knee"]}, ["unknown input 'knee'", "knee_angle"]),
        ({"inputs": ["moment_knee"]}, ["unknown input 'moment_knee'", "moment_knee_angle"]),
        (
            {"methods": [{"name": "knn", "optional": ["hip_adduction"]}]},
            ["unknown optional input 'hip_adduction'", "hip_flexion"],
        ),
        ({"outputs": ["soleuss"], "primary": ["soleuss"]}, ["soleuss", "soleus"]),
        ({"primary": ["soleus_"]}, ["unknown output 'soleus_'", "soleus"]),
        ({"methods": [{"name": "kmn"}]}, ["unknown method 'kmn'", "knn"]),
        ({"protocols": [{"name": "leave_one_out"}]}, ["unknown protocol", "leave_one_domain_out"]),
        ({"protocols": [{"name": "single_real", "methods": ["knn"]}]}, ["unknown method 'knn'", "constant"]),
        ({"methods": [{"name": "knn"}, {"name": "knn"}]}, ["method named twice", "knn"]),
        ({"methods": [{"name": "ensemble", "members": ["source"]}]}, ["unknown method 'source'"]),
        ({"conditions": {"a": ["walk"], "b": ["walk"]}}, ["task named twice", "walk"]),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, changes, tokens):
    path = written(tmp_path, **changes)
    with pytest.raises(ConfigError) as caught:
        specs.read(path)
    for token in [*tokens, str(path)]:
        assert token in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("!!python/object/apply:os.system ['true']", "python/object"),
        ("name: a\nname: b\n", "key 'name' twice"),
        ("- 1\n- 2\n", "mapping"),
        ("a: [1", "cannot read the YAML"),
        ("", "'name' makes no sense"),
    ],
)
def test_only_plain_data_is_read(tmp_path, text, token):
    path = tmp_path / "b.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=token):
        specs.read(path)


def test_a_missing_file_is_named():
    with pytest.raises(ConfigError, match="nowhere"):
        specs.read("nowhere.yaml")


def test_settings_of_protocols_are_checked():
    with pytest.raises(ConfigError, match=r"'second'.*seconds"):
        protocols.check_settings(
            specs.ProtocolSpec(name="few_shot", settings={"seconds": 1, "second": 2}), ("level walking",)
        )


@pytest.mark.parametrize(
    ("settings", "tokens"),
    [
        ({"source": "walking", "target": "level walking"}, "'source'.*'level walking'.*'walking'"),
        ({"source": "level walking", "target": "level walking", "held": "people"}, "'held'.*'person', 'recording'"),
        ({"source": "level walking"}, "needs the setting 'target'"),
    ],
)
def test_conditions_and_choices_of_a_protocol_are_checked(settings, tokens):
    with pytest.raises(ConfigError, match=tokens):
        protocols.check_settings(specs.ProtocolSpec(name="domain_shift", settings=settings), ("level walking",))


def test_a_reference_that_is_no_method_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"unknown reference method 'tempate'.*template"):
        specs.read(written(tmp_path, reference="tempate"))


def test_a_benchmark_of_one_institution_is_quick_by_its_shifts():
    shift = {"name": "domain_shift", "settings": {"source": "level walking", "target": "shifted gait"}}
    spec = benchmark(protocols=[{**shift, "methods": ["constant"]}, {"name": "pooled_real"}])
    assert [protocol.label for protocol in spec.quick().protocols] == [
        "domain_shift(source=level walking, target=shifted gait)"
    ]
    assert spec.quick().protocols[0].methods is None


def test_settings_of_methods_are_checked():
    with pytest.raises(ConfigError, match=r"'penalti'.*penalty"):
        build.check_settings(benchmark(methods=[{"name": "ridge", "settings": {"penalti": 1}}], reference="ridge"))
    with pytest.raises(ConfigError, match=r"training.steqs.*steps"):
        build.check_settings(benchmark(methods=[{"name": "source_only"}], training={"steqs": 3}))


def test_labels_say_what_was_changed():
    spec = benchmark(
        methods=[
            {"name": "source_only"},
            {"name": "source_only", "training": {"norm": "centre"}},
            {"name": "ridge", "called": "stiff", "settings": {"penalty": 1}},
        ]
    )
    assert [m.label for m in spec.methods] == ["source_only", "source_only(norm=centre)", "stiff"]
    assert build.training(spec, "source_only(norm=centre)").norm == "centre"
    assert specs.ProtocolSpec(name="few_shot", settings={"seconds": 1.1}).label == "few_shot(seconds=1.1)"


def test_an_unknown_method_of_a_benchmark_is_named():
    with pytest.raises(ConfigError, match=r"no method 'knn'.*constant, template"):
        benchmark().method("knn")


def test_quick_is_one_seed_one_protocol_cheap_methods():
    quick = specs.read("gait").quick()
    assert quick.seeds == 1
    assert quick.training["steps"] == 300
    assert [p.label for p in quick.protocols] == ["leave_one_domain_out"]
    assert {m.label for m in quick.methods} == {"constant", "template", "knn", "ridge", "source_only"}
    assert quick.datasets == specs.read("gait").datasets


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rate": float("inf")}, "'rate' makes no sense"),
        ({"name": "../../evil"}, "'name' makes no sense"),
        ({"datasets": ["toy", "toy"]}, "dataset named twice"),
        (
            {"protocols": [{"name": "single_real"}], "methods": [{"name": "ensemble", "members": ["ensemble"]}]},
            "unknown method 'ensemble'",
        ),
    ],
)
def test_what_would_fail_late_is_refused_early(tmp_path, changes, why):
    with pytest.raises(ConfigError, match=why):
        specs.read(written(tmp_path, **changes))


@pytest.mark.parametrize("seconds", ["long", -2.0, float("nan")])
def test_seconds_of_a_protocol_are_a_number_from_0_on(seconds):
    with pytest.raises(ConfigError, match="'seconds' of protocol 'few_shot' must be 0 or more"):
        protocols.check_settings(
            specs.ProtocolSpec(name="few_shot", settings={"seconds": seconds}), ("level walking",)
        )


def test_domains_are_found_beside_the_file_then_in_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "desk" / "here").mkdir(parents=True)
    (tmp_path / "beside").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    spec = specs.read(written(tmp_path, datasets=[], domains=["beside", "here"]))
    assert spec.domains == (str(tmp_path / "beside"), str(tmp_path / "desk" / "here"))


def test_a_missing_domain_is_refused_with_the_places(tmp_path):
    with pytest.raises(ConfigError, match=r"no domain 'nothing'.*myoshift import"):
        specs.read(written(tmp_path, domains=["nothing"]))


def test_a_benchmark_needs_recordings():
    with pytest.raises(ConfigError, match="are empty"):
        benchmark(datasets=[])


def test_the_digest_knows_a_domain_by_its_folder_not_by_its_place():
    assert benchmark(domains=["/a/lab"]).digest == benchmark(domains=["/b/lab"]).digest
    assert benchmark(domains=["/a/lab"]).digest not in (benchmark().digest, benchmark(domains=["/a/other"]).digest)


def test_fewer_hours_are_another_benchmark():
    whole = specs.read("wrist")
    short = whole.shortened(2)
    assert (short.name, short.hours) == ("wrist-2h", 2)
    assert len({whole.digest, short.digest, whole.shortened(0.5).digest}) == 3
    for hours in (0, -1.0, float("nan")):
        with pytest.raises(ConfigError, match="some time"):
            whole.shortened(hours)


def test_a_file_may_state_its_hours(tmp_path):
    assert specs.read(written(tmp_path, hours=1.5)).hours == 1.5
    with pytest.raises(ConfigError, match="'hours' makes no sense"):
        specs.read(written(tmp_path, hours=0))


def test_hours_are_asked_of_the_data_sets(monkeypatch):
    spec = benchmark(hours=0.5)
    monkeypatch.setattr(datasets, "recordings", lambda names, data=None, hours=None: recordings()[: int(hours * 8)])
    assert [r.id for r in gather(spec, None).recordings] == [r.id for r in recordings()[:4]]
