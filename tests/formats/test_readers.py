from __future__ import annotations

import re
from pathlib import Path

from myoshift import formats

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


def rows():
    """Kinds, readers and options of each row of the table in the page."""
    for line in PAGE.read_text().splitlines():
        if line.startswith("| `"):
            yield [set(re.findall(r"`([^`]+)`", re.sub(r"\([^|]*?\)", "", cell))) for cell in line.split("|")[1:4]]


def test_the_page_lists_every_reader_with_its_options():
    listed = {kind: (readers, options) for kinds, readers, options in rows() for kind in kinds}
    assert listed.keys() == formats.READERS.keys()
    for kind, (readers, options) in listed.items():
        assert options == set(formats.options(kind)), kind
        assert all(hasattr(formats, name) or name == "refuse_pickle" for name in readers)
        own = formats.READERS[kind].__name__
        assert own in readers or own == "_read_any_hdf5"


def test_every_suffix_and_name_has_a_reader():
    assert {*formats.SUFFIXES.values(), *formats.NAMES.values(), *formats.WORDS} <= formats.READERS.keys()
