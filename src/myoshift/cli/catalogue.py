"""The page of all methods, in Markdown, out of their cards, classes and measured gains."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from itertools import groupby
from typing import Any

from myoshift import registry
from myoshift.testing import toys
from myoshift.training import Choice, LogRange, Range, Supervised, search_space

HEAD = """# Methods

This page is what `myoshift list methods --markdown` prints; after a change, write it anew. With `--json` there are
name, family, reference, needs and cost alone. The literature is on [its own page](related_work.md).

Every method here is one row of a leaderboard, under the same protocols and scores. Those **trained by gradient**
share one loop and one network and differ in their loss; **estimators** do all themselves.

**Needs** names what a method uses of a split, and no split hands out more than it grants:

* `source`: labelled recordings of the laboratories to learn from.
* `domains`: the source has two institutions or more, and the method tells them apart.
* `unlabelled`: motion of the target's laboratory without any EMG, of other people or of those who are tested (the
  protocol says which).
* `calibration`: a few labelled seconds of the person who is tested.
* nothing: motion to predict from is enough.

**Toy shift**: five analytic worlds change one known thing between laboratories each (`gain`, `delay`, `posture`,
`muscle_set`, `concept`). The figure is how much higher the correlation is than that of training on the source alone
in the world that a method is meant for: mean and 95 % interval over people of the target. "No gain expected" is a
statement with a figure, too: the method was measured there, and the interval does not lie above 0. Whoever takes it
has been told. What each does in all five worlds is in [results/toys.csv](results/toys.csv), on recordings in
[findings.md](findings.md).
"""
SHARED = """## Settings of every method that is trained by gradient

Each has these beside its own. A search range stands in the annotation of the field; a benchmark that tunes draws
from it.
"""
NOTHING = "nothing"


def markdown(rows: Sequence[Mapping[str, str]]) -> str:
    """The whole page; `rows` are the cards of methods and estimators."""
    rows = sorted(rows, key=lambda row: row["family"])
    families = [(family, list(own)) for family, own in groupby(rows, key=lambda row: row["family"])]
    parts = [HEAD, _overview(rows), SHARED, _prose(Supervised), _settings(Supervised, fields(Supervised))]
    for family, own in families:
        parts += _family(family, own)
    return "\n".join(part.rstrip() + "\n" for part in parts if part)


def _overview(rows: Sequence[Mapping[str, str]]) -> str:
    lines = ["| method | family | needs | cost |", "|---|---|---|---|"]
    for row in rows:
        cells = [f"[`{row['name']}`](#{row['name']})", f"[{row['family']}](#family-{row['family']})"]
        lines.append(f"| {' | '.join([*cells, row.get('needs') or NOTHING, row.get('cost') or ''])} |")
    return "\n".join(lines)


def _family(family: str, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield f"## Family: {family}"
    yield f"[Related work](related_work.md#{family})"
    classes = {row["name"]: _class(row["name"]) for row in rows}
    for base in dict.fromkeys(base for cls in classes.values() for base in cls.__mro__ if inspect.isabstract(base)):
        own = ", ".join(f"`{name}`" for name, cls in classes.items() if issubclass(cls, base))
        if base.__module__.startswith("myoshift.methods"):
            yield f"`{base.__name__}`, which {own} derive{'' if ',' in own else 's'} from: {_prose(base)}"
    for row in rows:
        yield from _method(row, classes[row["name"]])


def _class(name: str) -> type[Any]:
    kind = "methods" if name in registry.names("methods") else "estimators"
    loaded: type[Any] = registry.load(kind, name)
    return loaded


def _method(row: Mapping[str, str], cls: type[Any]) -> Iterator[str]:
    yield f"### {row['name']}"
    yield _prose(cls)
    facts = [f"* Reference: {_linked(row['reference'])}"] if row.get("reference") else []
    facts.append(f"* Needs: {row.get('needs') or NOTHING}. Cost: {row.get('cost') or 'not stated'}.")
    yield "\n".join([*facts, *_toy(row["name"])])
    yield _settings(cls, _own(cls))


def _toy(name: str) -> Iterator[str]:
    """What it gained in the world that it is meant for; nothing for estimators, which the gate leaves out."""
    card = next((card for card in toys.cards() if card["method"] == name), None)
    if card:
        yield f"* Toy shift: {toys.statement(card)}."
    elif name in registry.names("methods"):
        meant = "none" if toys.meant(name) == "none" else f"`{toys.meant(name)}`"
        said = "what all are compared with" if name == toys.BASELINE else f"meant for {meant}; not measured yet"
        yield f"* Toy shift: {said}."


def _own(cls: type[Any]) -> tuple[Field[Any], ...]:
    """Fields that are no part of every method, or that have another default here."""
    common = {field.name: field.default for field in fields(Supervised)}
    given = {"problem", "seed", "config"}
    return tuple(
        field
        for field in fields(cls)
        if field.init and field.name not in given and common.get(field.name, MISSING) != field.default
    )


def _settings(cls: type[Any], own: Sequence[Field[Any]]) -> str:
    """Defaults, search ranges and meanings as a table, "" where there is nothing to set."""
    if not own:
        return ""
    ranges, meanings = search_space(cls), _meanings(cls)
    lines = ["| setting | default | search | what |", "|---|---|---|---|"]
    for field in own:
        cells = [
            f"`{field.name}`",
            f"`{_default(field)}`",
            _searched(ranges.get(field.name)),
            meanings.get(field.name, ""),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _default(field: Field[Any]) -> str:
    value = field.default if field.default_factory is MISSING else field.default_factory()
    return "required" if value is MISSING else f"{value:g}" if isinstance(value, float) else str(value)


def _searched(where: Range | Choice | None) -> str:
    if where is None:
        return ""
    if isinstance(where, Choice):
        return ", ".join(f"`{value}`" for value in where.values)
    return f"{where.low:g} to {where.high:g}{', logarithmic' if isinstance(where, LogRange) else ''}"


def _prose(cls: type[Any]) -> str:
    """The docstring of a class, without its numpy sections."""
    return _sections(cls)[0].strip().replace("``", "`")


def _meanings(cls: type[Any]) -> dict[str, str]:
    """What the `Parameters` of a class and of those that it derives from say, by name."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        for names, text in re.findall(r"^(\w[\w, ]*) : (.*(?:\n +.*)*)", _sections(base)[1], re.MULTILINE):
            found |= {name: re.sub(r"\s+", " ", text).replace("|", "\\|") for name in names.split(", ")}
    return found


def _sections(cls: type[Any]) -> tuple[str, str]:
    """What stands in a class's own docstring before the first numpy section, and under `Parameters`."""
    text = inspect.cleandoc(vars(cls).get("__doc__") or "")
    before, *parts = re.split(r"^(\w+)\n-{3,}\n", text, flags=re.MULTILINE)
    return before, dict(zip(parts[::2], parts[1::2], strict=True)).get("Parameters", "")


def _linked(reference: str) -> str:
    """A reference whose arXiv numbers and DOIs lead somewhere."""
    text = re.sub(r"arXiv (\d{4}\.\d{4,5})", r"[arXiv \1](https://arxiv.org/abs/\1)", reference)
    return re.sub(
        r"doi (10\.\d{4,}/[^\s;,]*[^\s;,.])", lambda m: f"[doi {m[1]}](https://doi.org/{_quoted(m[1])})", text
    )


def _quoted(doi: str) -> str:
    return doi.replace("(", "%28").replace(")", "%29")
