"""A benchmark as a YAML file: what is learned from what, under which protocols, by which methods. Data only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from myoshift import registry
from myoshift.bench import kinds
from myoshift.errors import ConfigError, UnknownNameError
from myoshift.formats.settings import Strict, read_settings
from myoshift.types import Recording

Names = Annotated[tuple[str, ...], Field(min_length=1)]
QUICK_METHODS = ("constant", "template", "knn", "ridge", "source_only")
QUICK_PROTOCOLS = ("leave_one_domain_out", "domain_shift", "held_out")
"""In a benchmark of one institution nobody can be held out but people: there the others stand for the first."""
QUICK_STEPS = 300


class Hygiene(Strict):
    """A source envelope whose coefficient of variation lies outside [low, high] is masked: artefact or noise."""

    low: Annotated[float, Field(ge=0)] = 0.25
    high: Annotated[float, Field(gt=0)] = 2.2


class Virtual(Strict):
    """Randomised laboratories: so many people, drawn by this seed; `config` is what `myoshift virtual-lab` takes."""

    subjects: Annotated[int, Field(ge=1)] = 24
    seed: int = 0
    config: dict[str, Any] = Field(default_factory=dict)


class Synthetic(Strict):
    """The synthetic source, opened by the protocols that name it. Every number is fixed before any EMG is read.

    `twins` are the benchmark's own motions with simulated activations, `virtual` randomised laboratories. `exponent`
    and `floor` are those of static optimisation, `co_activation` is the share of the leg's mean that every muscle
    works along with. `delay` is the time by which EMG is earlier (s, `sensor: fixed`); `sensor: drawn` draws the
    whole sensor by `seed`, from the ranges of virtual laboratories. `synthetic_tuned` chooses among `exponents`,
    `floors` and `co_activations`.
    """

    twins: bool = True
    virtual: Virtual | None = None
    exponent: Annotated[float, Field(gt=1)] = 2.0
    floor: Annotated[float, Field(ge=0, lt=1)] = 0.01
    co_activation: Annotated[float, Field(ge=0, le=1)] = 0.0
    delay: float = 0.05
    seed: int = 0
    exponents: tuple[float, ...] = (1.5, 2.0, 3.0)
    floors: tuple[float, ...] = (0.01,)
    co_activations: tuple[float, ...] = (0.0, 0.1, 0.2)


class ProtocolSpec(Strict):
    """One protocol; `methods` None means every method whose needs it meets, `seeds` caps the benchmark's."""

    name: str
    settings: dict[str, float | int | str] = Field(default_factory=dict)
    methods: tuple[str, ...] | None = None
    seeds: Annotated[int, Field(ge=1)] | None = None
    reference: str | None = None

    @property
    def label(self) -> str:
        """`few_shot(seconds=1.1)`: the name with its settings."""
        return _label(self.name, self.settings)


class MethodSpec(Strict):
    """One row of the leaderboard: an estimator, a method trained by gradient, or an ensemble of its `members`.

    `training` changes the benchmark's training for this method; `inputs` stands in place of the benchmark's inputs
    (those of the own leg must be among them); `optional` are those of its inputs of the own leg that need not be
    measured; `seeds` caps the benchmark's; `called` replaces its label.
    """

    name: str
    called: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    training: dict[str, Any] = Field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    seeds: Annotated[int, Field(ge=1)] | None = None
    members: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """`source_only(norm=centre)`: the name with what was changed."""
        named = {"inputs": self.inputs, "optional": self.optional}
        changed = {key: "+".join(names) for key, names in named.items() if names}
        return self.called or _label(self.name, {**self.settings, **self.training, **changed})


def _label(name: str, settings: Mapping[str, object]) -> str:
    inner = ", ".join(f"{key}={value}" for key, value in sorted(settings.items()))
    return f"{name}({inner})" if inner else name


class Benchmark(Strict):
    """A whole benchmark.

    `datasets` are those that are installed, `domains` folders that `myoshift import` (or `virtual-lab`) wrote: paths
    from the folder of the benchmark's file, or from the working folder.
    `seeds` trainings are made per fold of a method trained by gradient; other methods are run once. `primary`
    are the outputs that a person's score is the mean of; `reference` is the method that paired differences
    are taken against, none when it is empty. `conditions` name groups of kinds of recordings (`walk`,
    `cerebral_palsy-walk`) that are scored apart; `source_tasks` are the kinds that are learned from where a protocol
    names no condition; `reference_tasks` are the tasks, of whatever population, over which a person's amplitude unit
    is taken. `synthetic` is the simulated source, if any; `apart` are primary outputs without which every score is
    given a second time. Of every data set no more than about `hours` are used, spread over its people.
    """

    name: Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
    datasets: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    inputs: Names
    outputs: Names
    primary: Names
    rate: Annotated[float, Field(gt=0, le=1000)] = 50.0
    reference_tasks: Names = ("walk",)
    source_tasks: Names = ("walk",)
    conditions: Annotated[dict[str, Names], Field(min_length=1)]
    hygiene: Hygiene = Hygiene()
    protocols: Annotated[tuple[ProtocolSpec, ...], Field(min_length=1)]
    methods: Annotated[tuple[MethodSpec, ...], Field(min_length=1)]
    seeds: Annotated[int, Field(ge=1)] = 1
    training: dict[str, Any] = Field(default_factory=dict)
    reference: str = ""
    synthetic: Synthetic | None = None
    apart: tuple[str, ...] = ()
    hours: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        _known("output", self.primary, self.outputs)
        _known("primary output", self.apart, self.primary)
        methods = tuple(method.label for method in self.methods)
        if not self.datasets and not self.domains:
            raise ConfigError("'datasets' and 'domains' are empty", mend="name some under `datasets` or `domains`")
        for what in ("datasets", "domains", "inputs", "outputs"):
            _once(what.removesuffix("s"), getattr(self, what))
        _once("method", methods)
        _once("protocol", tuple(protocol.label for protocol in self.protocols))
        _once("task", tuple(task for tasks in self.conditions.values() for task in tasks))
        kinds.refuse_malformed(self.kinds)
        for protocol in self.protocols:
            _known("method", protocol.methods or (), methods)
        single = tuple(method.label for method in self.methods if not method.members)
        for method in self.methods:
            _known("method", method.members, single)
            _known("optional input", method.optional, method.inputs or self.inputs)
        return self

    @property
    def digest(self) -> str:
        """Short hash of everything the file says; what only some benchmarks have changes no hash of the others.

        Of a domain its folder's name counts, not the place where it lies.
        """
        rare = ("synthetic", "apart", "domains", "hours")
        unsaid: dict[str, Any] = {name: True for name in rare if not getattr(self, name)}
        unsaid["methods"] = {k: {"optional"} for k, method in enumerate(self.methods) if not method.optional}
        here = self.model_copy(update={"domains": tuple(Path(path).name for path in self.domains)})
        return hashlib.sha256(here.model_dump_json(exclude=unsaid).encode()).hexdigest()[:12]

    def method(self, label: str) -> MethodSpec:
        """The method of this label.

        Raises
        ------
        ConfigError
            When the benchmark has none.
        """
        found = {method.label: method for method in self.methods}
        if label not in found:
            raise ConfigError(f"{self.name!r} has no method {label!r}", mend=f"use one of {', '.join(found)}")
        return found[label]

    def against(self, label: str) -> Benchmark:
        """The benchmark whose every difference is taken against one method.

        Raises
        ------
        ConfigError
            When the benchmark has no such method.
        """
        protocols = tuple(protocol.model_copy(update={"reference": None}) for protocol in self.protocols)
        return self.model_copy(update={"reference": self.method(label).label, "protocols": protocols})

    def protocol(self, label: str) -> ProtocolSpec:
        """The protocol of this label."""
        return next(protocol for protocol in self.protocols if protocol.label == label)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of recording that the benchmark names."""
        scored = (kind for named in self.conditions.values() for kind in named)
        return tuple(dict.fromkeys((*self.source_tasks, *scored)))

    def condition(self, recording: Recording) -> str | None:
        """The condition that a recording belongs to, None when it is not scored."""
        return next((name for name, named in self.conditions.items() if kinds.of_kind(recording, named)), None)

    def shortened(self, hours: float) -> Benchmark:
        """No more than about so many hours of every data set, under a name and a digest of its own.

        Raises
        ------
        ConfigError
            When there is no time at all.
        """
        if not hours > 0:
            raise ConfigError("a benchmark needs some time", why=f"{hours:g} h", mend="give more than 0 hours")
        return self.model_copy(update={"name": f"{self.name}-{hours:g}h", "hours": hours})

    def quick(self) -> Benchmark:
        """One seed, 300 steps, the cheap methods, one institution held out at a time, every data set."""
        plain = [protocol for protocol in self.protocols if "unlabelled" not in protocol.settings]
        protocols = [p for name in QUICK_PROTOCOLS for p in plain if p.name == name]
        first = [p.model_copy(update={"methods": None}) for p in protocols if p.name == protocols[0].name]
        kept = tuple(method for method in self.methods if method.label in QUICK_METHODS)
        steps = min(QUICK_STEPS, int(self.training.get("steps", QUICK_STEPS)))
        return self.model_copy(
            update={
                "name": f"{self.name}-quick",
                "protocols": tuple(first) or (ProtocolSpec(name=QUICK_PROTOCOLS[0]),),
                "methods": kept or tuple(MethodSpec(name=name) for name in QUICK_METHODS),
                "seeds": 1,
                "training": {**self.training, "steps": steps},
            }
        )


def _known(what: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise registry.unknown(what, name, known)


def _once(what: str, names: tuple[str, ...]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{what} named twice", why=", ".join(twice), mend="leave one of them out")


def find(name: str | Path) -> Path:
    """Path of a benchmark: the file itself, or one that is shipped with the package (`gait`, `demo`).

    Raises
    ------
    ConfigError
        When there is no such file.
    """
    path = Path(name)
    if path.is_file():
        return path
    checkout = Path(__file__).parents[3] / "benchmarks"
    shipped = Path(str(resources.files("myoshift.bench"))) / "specs"
    for folder in (shipped, checkout):
        candidate = folder / f"{path.stem}.yaml"
        if path.name in (path.stem, candidate.name) and candidate.is_file():
            return candidate
    names = sorted({file.stem for folder in (shipped, checkout) for file in folder.glob("*.yaml")})
    mend = f"give the path of a YAML file, or the name of a shipped one: {', '.join(names)}"
    raise ConfigError("no such benchmark file", where=path, mend=mend)


def read(path: str | Path) -> Benchmark:
    """Read and check a benchmark file.

    Raises
    ------
    ConfigError
        When the file is no YAML mapping, a key is unknown (the message names the nearest), a value has the wrong
        type, or a name (data set, coordinate, site, method, protocol, setting) is unknown.
    """
    path = find(path)
    try:
        spec = read_settings(path, Benchmark)
        _check_plug_ins(spec)
        _check_anatomy(spec)
        spec = _located(spec, path.resolve().parent)
    except (ConfigError, UnknownNameError) as error:
        raise ConfigError(error.what, where=path, why=error.why, mend=error.mend) from error
    return spec


def _located(spec: Benchmark, beside: Path) -> Benchmark:
    """The benchmark whose domains are absolute paths: from the folder of its file, else from the working folder."""
    return spec.model_copy(update={"domains": tuple(str(_domain(name, beside)) for name in spec.domains)})


def _domain(name: str, beside: Path) -> Path:
    path = Path(name).expanduser()
    places = list(dict.fromkeys((folder / path).resolve() for folder in (beside, Path.cwd())))
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        looked = ", ".join(map(str, places))
        raise ConfigError(
            f"there is no domain {name!r}",
            why=f"no folder {looked}",
            mend="write it with `myoshift import FOLDER --spec lab.yaml -o DOMAIN`, or correct `domains`",
        )
    return found


def _check_plug_ins(spec: Benchmark) -> None:
    _known("dataset", spec.datasets, registry.names("datasets"))
    _known("protocol", tuple(p.name for p in spec.protocols), registry.names("protocols"))
    _known("method", tuple(m.name for m in spec.methods), registry.names("estimators") + registry.names("methods"))
    references = (spec.reference, *(protocol.reference for protocol in spec.protocols))
    labels = tuple(method.label for method in spec.methods)
    _known("reference method", tuple(name for name in references if name), labels)


def _check_anatomy(spec: Benchmark) -> None:
    from myoshift import anatomy

    anatomy.refuse_unknown_inputs((*spec.inputs, *(name for method in spec.methods for name in method.inputs)))
    for name in spec.outputs:
        if name not in anatomy.IPSILATERAL:
            anatomy.site(name)
