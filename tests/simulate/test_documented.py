"""The table of ranges in the documents is the one that is drawn from."""

from __future__ import annotations

from pathlib import Path

from myoshift.formats.settings import Strict
from myoshift.simulate.randomise import Config, Range

PAGE = Path(__file__).parents[2] / "docs" / "virtual_labs.md"


def rows(settings, place=""):
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, Range):
            spread = "" if value.mean is None else f"{value.mean:g} +- {value.sd:.3g}"
            bounds = f"{value.low:.3g} | {value.high:.3g}"
            yield f"| `{place}{name}` | {bounds} | {spread} | {value.basis} | {value.source} |"
        elif isinstance(value, Strict):
            yield from rows(value, f"{place}{name}.")


def table():
    head = ["| range | low | high | mean +- SD | basis | source |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows(Config())])


def test_the_table_of_ranges():
    text = PAGE.read_text()
    shown = text.partition("<!-- ranges -->\n")[2].partition("\n<!-- end of ranges -->")[0]
    assert shown == table(), f"put this table into {PAGE.name}:\n{table()}"
