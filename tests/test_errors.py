"""An error says what, where, why and how to mend."""

from __future__ import annotations

import pytest

from myoshift import errors


def test_message_reads_in_one_line():
    error = errors.DataFormatError("ragged row", where="walk.mot, row 7", why="3 cells, 4 names", mend="cut the row")
    assert str(error) == "walk.mot, row 7: ragged row (3 cells, 4 names). To mend: cut the row"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.MyoshiftError, 1),
        (errors.ConfigError, 2),
        (errors.DataFormatError, 3),
        (errors.UnknownNameError, 3),
        (errors.IntegrityError, 3),
        (errors.LeakageError, 3),
    ],
)
def test_exit_codes(kind, code):
    assert kind("x").exit_code == code
