"""Settings as YAML files: plain data, read strictly, with errors that name the place and the nearest known key."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from myoshift.errors import ConfigError


class Strict(BaseModel):
    """Settings that do not change once they are read, and know every key they are given."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Settings = TypeVar("Settings", bound=BaseModel)


def read_settings(path: str | Path, kind: type[Settings]) -> Settings:
    """Read and check a YAML file; keys that it does not name keep their defaults.

    Raises
    ------
    ConfigError
        When the file cannot be read, is no mapping, a key is unknown or there twice, or a value makes no sense.
    """
    try:
        content = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=PlainLoader)
    except OSError as error:
        raise ConfigError("cannot read the settings", where=path, why=error.strerror or str(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError("cannot read the YAML", where=path, why=" ".join(str(error).split())) from error
    if not isinstance(content, dict | None):
        raise ConfigError("settings are a mapping of keys to values", where=path, why=f"found {content!r:.60}")
    try:
        return kind.model_validate(content or {})
    except ValidationError as error:
        raise complaint(error, kind, path) from error


class PlainLoader(yaml.SafeLoader):
    """Plain data: no tags that execute anything, and no key twice in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping; `ConstructorError` where a key is there twice."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} twice", node.start_mark)
        return super().construct_mapping(node, deep)


def complaint(error: ValidationError, kind: type[BaseModel], path: str | Path) -> ConfigError:
    """What pydantic found, in our own voice: an unknown key first, with the nearest known one."""
    first = min(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        found = f"{first['msg']}, found {first.get('input')!r:.60}"
        return ConfigError(f"key {place!r} makes no sense", where=path, why=found)
    nearest = difflib.get_close_matches(str(first["loc"][-1]), _keys(kind, first["loc"][:-1]), n=1, cutoff=0.0)
    return ConfigError(f"unknown key {place!r}", where=path, why=f"nearest known key: {nearest[0]}")


def _keys(kind: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The keys that are known at a place inside nested settings."""
    for part in place:
        if isinstance(part, str) and part in kind.model_fields:  # the others are keys of a mapping
            kind = _model(kind.model_fields[part].annotation) or kind
    return list(kind.model_fields)


def _model(annotation: Any) -> type[BaseModel] | None:
    """The settings inside an annotation such as `tuple[Protocol, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model(part))), None)
