"""Patterns of paths and templates of names: `data/{subject}/{task}_{n:2}.sto`, `{subject}-{n:lower}`.

In a pattern `{name}` stands for one or more characters of one part of a path, `{name:3}` for exactly three,
`{name:digits}` for digits, `{name:letters}` for letters, `*` for anything in one part, `**` for any folders. A name
that occurs twice must be the same both times. In a template `{name:lower}`, `{name:upper}` change case and
`{cycle:02}` fills a number with zeros.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from myoshift import registry
from myoshift.errors import ConfigError

PLACE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"([A-Za-z_]\w*)(?::(\w+))?")
_KINDS = {"digits": r"\d+", "letters": r"[^\W\d_]+"}


def names(template: str) -> tuple[str, ...]:
    """The placeholders of a pattern or template, each once, in order.

    Raises
    ------
    ConfigError
        When one is not a plain name, or a brace stands alone.
    """
    return tuple(dict.fromkeys(_split(inner, template)[0] for inner in _inner(template)))


@cache
def pattern(text: str) -> re.Pattern[str]:
    """The regular expression that a whole relative path must match.

    Raises
    ------
    ConfigError
        As `names`; and when a `{name:what}` is neither a length nor one of `digits`, `letters`.
    """
    _inner(text)
    out, at, seen = [], 0, set[str]()
    for match in PLACE.finditer(text):
        out.append(_glob(text[at : match.start()]))
        name, kind = _split(match[1], text)
        out.append(f"(?P={name})" if name in seen else f"(?P<{name}>{_characters(kind, text)})")
        seen.add(name)
        at = match.end()
    return re.compile("".join(out) + _glob(text[at:]))


def fill(template: str, values: Mapping[str, str], where: str = "") -> str:
    """The template with its placeholders replaced.

    Raises
    ------
    ConfigError
        When one has no value; the message names those that there are.
    """
    return PLACE.sub(lambda match: _value(match[1], template, values, where), template)


def _value(inner: str, template: str, values: Mapping[str, str], where: str) -> str:
    name, change = _split(inner, template)
    if name not in values:
        unknown = registry.unknown("placeholder", name, values)
        raise ConfigError(f"{template!r}: {unknown.what}", where=where, why=unknown.why, mend="name one of a pattern")
    value = values[name]
    if change in ("lower", "upper"):
        return value.lower() if change == "lower" else value.upper()
    return value.zfill(int(change)) if change and change.isdigit() else value


def _inner(text: str) -> list[str]:
    if re.search(r"[{}]", PLACE.sub("", text)):
        raise ConfigError(f"a brace stands alone in {text!r}", mend="write placeholders as {subject}")
    return PLACE.findall(text)


def _split(inner: str, text: str) -> tuple[str, str]:
    match = _NAME.fullmatch(inner)
    if not match:
        raise ConfigError(
            f"no placeholder: {{{inner}}} in {text!r}", mend="write {subject}, {n:3}, {n:digits} or {n:letters}"
        )
    return match[1], match[2] or ""


def _characters(kind: str, text: str) -> str:
    if kind.isdigit():
        return rf"[^/]{{{int(kind)}}}"
    if kind and kind not in _KINDS:
        raise ConfigError(f"no kind of placeholder: {kind!r} in {text!r}", mend="write a length, digits or letters")
    return _KINDS.get(kind, "[^/]+")


def _glob(text: str) -> str:
    parts = re.split(r"(\*\*/|\*)", text)
    return "".join({"**/": "(?:[^/]+/)*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)
