"""`lab.yaml`: what the files of a laboratory mean, said by their owner. Data only.

Whatever changes a meaning (unit, rate, sign, side, raw or envelope) is stated by a file or here; nothing is guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from myoshift import registry
from myoshift.datasets.lab import parts, templates
from myoshift.datasets.lab.parts import EVERYWHERE, File, Text, Window
from myoshift.errors import ConfigError
from myoshift.formats.settings import Strict, complaint, read_plain, read_settings

OPEN = "???"
"""What a draft says where its owner must decide."""
Role = Literal["motion", "markers", "emg", "forces", "standing"]
Field_ = Literal["subject", "session", "task", "trial", "population", "segment_orientation", "external_load"]
FIELDS: tuple[Field_, ...] = (
    "subject", "session", "task", "trial", "population", "segment_orientation", "external_load"
)  # fmt: skip
"""What a trial is called and declared to be."""
UNSAID = {"population": "healthy"}
"""What a field is that neither a key nor a placeholder of its name says; empty where it is not here."""
FIXED = ("name", "institution", "licence", "citation", "exclude", "each", "overrides", "preparation")
"""What no override can change, as it is not a trial's."""


class LabSpec(Strict):
    """A laboratory: its files, what their columns are, and who did what in them.

    files : by role; the first one listed says which trials there are
    exclude : files that are no trials (`*` for anything); `standing` may still name them
    subject, session, task, trial, population, segment_orientation, external_load : of a trial; templates that may
        name placeholders of the patterns, by default the one of that name
    tables : by field, what a value of its template is called (`task: {walk36: walk}`)
    each : placeholders that stand in no path, with their values; every file gives one trial for each value
    sync : s by which the EMG's clock starts after that of the motion: time of the motion = time of the EMG + sync;
        `acq_time`: as the `scans.tsv` of a BIDS data set says of both
    window : seconds of every trial that are used, on the clock of the motion
    notes : flags of every recording
    overrides : what is otherwise for some trials, a later one above an earlier
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    institution: Text
    licence: str = ""
    citation: str = ""
    files: Annotated[dict[Role, File], Field(min_length=1)]
    exclude: tuple[Text, ...] = ()
    subject: Text = "{subject}"
    session: str | None = None
    task: Text = "{task}"
    trial: Text = "{trial}"
    population: Text | None = None
    segment_orientation: Text | None = None
    external_load: float | Text | None = None
    tables: dict[Field_, dict[str, float | str]] = Field(default_factory=dict)
    each: dict[str, Annotated[tuple[Text, ...], Field(min_length=1)]] = Field(default_factory=dict)
    subjects: dict[str, parts.Person] = Field(default_factory=dict)
    motion: parts.Motion = parts.Motion()
    emg: parts.Emg = parts.Emg()
    markers: parts.MarkerRoles | None = None
    events: parts.Events = parts.Events()
    cycles: parts.Cycles | None = None
    sync: float | Literal["acq_time"] = 0.0
    window: Window = EVERYWHERE
    notes: tuple[parts.Note, ...] = ()
    preparation: parts.Prepared = parts.Prepared()
    overrides: tuple[parts.Override, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if "motion" not in self.files and not ("markers" in self.files and self.markers):
            raise ConfigError("no motion", mend="give `files.motion`, or `files.markers` and `markers`")
        for field in FIELDS:
            for name in templates.names(str(getattr(self, field) or "")):
                if name not in self.placeholders:
                    raise ConfigError(
                        f"nothing says what `{field}` is: no pattern has the placeholder {{{name}}}",
                        why=f"placeholders: {', '.join(self.placeholders) or 'none'}",
                        mend=f"write `{field}:` with a name, or with a template of these",
                    )
        for number, override in enumerate(self.overrides):
            for key in override.where:
                _known(key, (*self.placeholders, *FIELDS), f"overrides.{number}.where")
            for key in override.say:
                _known(
                    key, [name for name in type(self).model_fields if name not in FIXED], f"overrides.{number}.say"
                )
        return self

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Every placeholder that a trial may have a value for."""
        found = [name for file in self.files.values() for name in templates.names(file.path)]
        return tuple(dict.fromkeys((*found, *self.each, *(("cycle",) if self.cycles else ()))))

    @property
    def roles(self) -> dict[str, File]:
        """Files by role, in the order of the spec."""
        return {str(role): file for role, file in self.files.items()}

    def told(self, values: Mapping[str, str]) -> LabSpec:
        """The spec of a trial with these values of placeholders: overrides that match are said, in their order.

        Raises
        ------
        ConfigError
            When an override makes no sense; the message names it.
        """
        spec = self
        for number, override in enumerate(self.overrides):
            fields: dict[str, str] = {str(f): spec.field(f, values) for f in FIELDS if f in override.where}
            if all(
                any(_matches(said.get(key, ""), wanted) for said in (values, fields))  # by placeholder or by field
                for key, wanted in override.where.items()
            ):
                spec = spec._with(override.say, f"overrides.{number}.say")
        return spec

    def field(self, name: Field_, values: Mapping[str, str]) -> str:
        """A field of a trial: its template filled, then looked up in its table.

        Raises
        ------
        ConfigError
            When the table has no row for it; the message names the nearest.
        """
        said = getattr(self, name)
        if said is None:
            said = f"{{{name}}}" if name in self.placeholders else UNSAID.get(name, "")
        value = templates.fill(str(said), values, name)
        table = self.tables.get(name)
        if table is None:
            return value
        if value not in table and "*" not in table:
            unknown = registry.unknown(name, value, table)
            mend = f"add `{value}:` to `tables.{name}`, or the files to `exclude`"
            raise ConfigError(f"`tables.{name}` has no row {value!r}", why=unknown.why, mend=mend)
        return str(table.get(value, table.get("*")))

    def _with(self, say: Mapping[str, Any], where: str) -> LabSpec:
        content = json.loads(self.model_dump_json(exclude={"overrides"}, exclude_unset=True))
        if any("path" in file for file in say.get("files", {}).values() if isinstance(file, dict)):
            raise ConfigError(
                "an override cannot change where files are", where=f"{where}.files", mend="leave out path"
            )
        try:
            return LabSpec.model_validate(_merged(content, say))
        except ValidationError as error:
            raise complaint(error, LabSpec, where) from error


def read(path: str | Path) -> tuple[LabSpec, str]:
    """Read and check a spec; also its text, as it is kept in the DOMAIN.

    Raises
    ------
    ConfigError
        When the file is no YAML mapping, a key is unknown (the nearest is named), a value makes no sense, or a draft
        still says `???` somewhere (every such key is named).
    """
    try:
        content, text = read_plain(path), Path(path).read_text(encoding="utf-8")
    except (ConfigError, OSError, ValueError):
        content, text = None, ""  # read_settings says what is wrong
    questions = list(_open(content))
    if questions:
        raise ConfigError(
            f"{len(questions)} questions of the draft are open",
            where=path,
            why=f"`{OPEN}` at {', '.join(questions)}",
            mend="answer each one; the comment beside it says what is asked",
        )
    try:
        return read_settings(path, LabSpec), text
    except ConfigError as error:
        where = str(path) if error.where in ("", str(path)) else f"{path}, {error.where}"
        raise ConfigError(error.what, where=where, why=error.why, mend=error.mend) from error


def _open(content: object, place: str = "") -> Iterator[str]:
    """The keys at which a draft still says `???`."""
    pairs = (
        content.items() if isinstance(content, Mapping) else enumerate(content) if isinstance(content, list) else ()
    )
    for key, value in pairs:
        if OPEN in str(key):
            yield f"{place}{key}"
        yield from _open(value, f"{place}{key}.")
    if isinstance(content, str) and OPEN in content:
        yield place.removesuffix(".")


def _known(key: str, known: Any, where: str) -> None:
    if key not in known:
        unknown = registry.unknown("key", key, known)
        raise ConfigError(f"unknown key {key!r}", where=where, why=unknown.why, mend="use a known name")


def _matches(value: str, wanted: str | tuple[str, ...]) -> bool:
    return any(fnmatchcase(value, each) for each in ((wanted,) if isinstance(wanted, str) else wanted))


def _merged(content: dict[str, Any], say: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings are merged key by key; whatever else is said replaces what there was, `null` by the default."""
    out = dict(content)
    for key, value in say.items():
        inner = out.get(key)
        if value is None:
            out.pop(key, None)
            continue
        out[key] = _merged(inner, value) if isinstance(value, Mapping) and isinstance(inner, dict) else value
    return out
